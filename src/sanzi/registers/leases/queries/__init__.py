"""Reads of leases, a module per subject."""
