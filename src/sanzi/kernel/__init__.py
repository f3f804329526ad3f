"""The kernel: money, codes, digests, ciphers, ids, days and refusals.

Pure Python that knows neither Django nor any room. Every room may import it; it imports none.
"""
