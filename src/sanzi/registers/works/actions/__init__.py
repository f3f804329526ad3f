"""Writes of works: projects, promises, site, payments."""
