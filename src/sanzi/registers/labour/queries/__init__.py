"""Reads of village labour: standards, requests with their days, wages."""
