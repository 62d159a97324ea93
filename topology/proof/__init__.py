"""The failover, proved: the network as routers see it, its routes, what fails, what must survive, and what helps."""
