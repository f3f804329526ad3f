"""Works and purchases as open contracting data: facts, then OCDS releases and OC4IDS projects."""
