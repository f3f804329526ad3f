"""Writes of village posts: pay, hiring, leaving."""
