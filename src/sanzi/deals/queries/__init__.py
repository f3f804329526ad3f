"""Reads of deals, a module per subject."""
