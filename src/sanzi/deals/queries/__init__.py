"""Reads of deals, one file per subject."""
