"""Writes of deals, one file per subject."""
