"""How a machine gets the Pulumi CLI, and how the demo and the tests run it apart from the user's own work.

`python -m toolchain path` prints the folder to put on PATH. Nothing else of the project imports this folder,
except the demo, the lifecycle tests and the benchmarks.
"""
