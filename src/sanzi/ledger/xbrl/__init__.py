"""Statements as XBRL 2.1: a taxonomy of our own, made from the layouts, and instances of it.

No national taxonomy is published for these bodies. Each line of a statement is a concept; what
names, versions and schemes are called stands in `data/exports/xbrl.yaml`.
"""
