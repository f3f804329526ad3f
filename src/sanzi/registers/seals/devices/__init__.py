"""Machines that hold seals: what is asked of any of them (`port`), one maker's wire (`http`)."""
