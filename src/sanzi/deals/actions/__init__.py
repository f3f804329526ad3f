"""Writes of deals, a module per subject."""
