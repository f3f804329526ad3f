"""A sandbox bank with faults: a program of its own that knows nothing of the platform.

It speaks ISO 20022 over HTTP, keeps its money in one SQLite file, and can be told to fail in
every way that a real bank link fails. Start with docs/how-to/use-the-sandbox-bank.md.
"""
