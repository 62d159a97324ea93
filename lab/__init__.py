"""The failover lab: the same topology as real routers and real IPsec, in network namespaces of one machine."""
