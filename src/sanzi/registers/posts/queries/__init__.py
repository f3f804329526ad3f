"""Reads of village posts: what pay a month asks for, what a leaver holds."""
