"""A witness of a county's public log: a program of its own that anybody may run.

It remembers the last signed head it saw, fetches the tiles of the next, and cosigns only what
begins with what it remembers. It takes the log's addresses and nothing else of the platform.
"""
