"""The one visual language: tags, icons, shapes and the typed parts that templates draw.

Not a face: every face may import it; it imports only the kernel.
How to use it: docs/how-to/build-a-page.md.
"""
