"""Writes of the room, one module a noun: orders, payees, releases, dispatch, statements, income."""
