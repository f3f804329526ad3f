"""Writes of village labour: standards, requests, photos, days, declarations."""
