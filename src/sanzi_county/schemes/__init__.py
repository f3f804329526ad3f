"""Schemes that are planted with an answer sheet, each with lawful tellings that look alike."""
