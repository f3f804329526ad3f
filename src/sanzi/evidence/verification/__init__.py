"""Asking the tax office whether an invoice is real: one port, adapters behind it. No tables."""
