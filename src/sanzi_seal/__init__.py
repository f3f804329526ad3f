"""A simulator of seal machines: a program of its own that imports nothing of the platform."""
