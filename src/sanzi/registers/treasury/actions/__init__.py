"""Writes of the treasury, one module for each power."""
