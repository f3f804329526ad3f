"""Books in the forms of other programs: pure writers, fed a voucher at a time.

`forms.write` is the one way in; `queries/exporting.py` feeds it. Nothing here knows Django.
"""
