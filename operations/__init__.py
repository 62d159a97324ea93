"""What acts on a live stack through the Pulumi CLI, on Azure as on the simulated one."""
