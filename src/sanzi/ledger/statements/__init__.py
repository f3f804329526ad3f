"""Statements as data: formulas, layouts, and the rows and checks they give. No Django here."""
