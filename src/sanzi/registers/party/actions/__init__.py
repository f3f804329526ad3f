"""Writes of party work: members who grow, dues and funds, awards."""
