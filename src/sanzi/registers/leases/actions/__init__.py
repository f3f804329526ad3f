"""Writes of leases, a module per subject."""
