"""The adapter for banks that speak in the manner of a Chinese direct link: XML in GBK over HTTP.

The dialect is one of our own, written down in docs/how-to/add-a-bank.md; a real bank's adapter
starts as a copy of this package.
"""
