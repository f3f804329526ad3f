"""The year's archive of a book as a package of plain files: written, opened and checked here.

Pure: what goes in is handed over piece by piece; nothing here knows Django or a book.
"""
