"""Azure Resource Manager over HTTP, in front of the simulated cloud: what Azure's own clients talk to.

The resource types, their names and their places in a path are those of `simulator.resources`; nothing is listed twice.
"""
