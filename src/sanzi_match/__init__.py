"""The matching service of a province: a program of its own that uses only the kernel."""
