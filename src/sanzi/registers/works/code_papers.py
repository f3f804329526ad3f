"""The codes of projects and units on paper: one for the site or the door, a sheet for a village."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sanzi.deals.queries import asset_papers
from sanzi.kernel import papers

NAME_MAX = 40


@dataclass(frozen=True)
class Code:
    """A code to put up: whose, what it is, what one reads behind it, where it leads."""

    name: str
    sub: str
    words: str
    address: str


def pdf(title: str, codes: Sequence[Code]) -> bytes:
    """Return codes as PDF/A: one alone as a poster, several eight a page."""
    rows = [
        {
            "name": one.name[:NAME_MAX],
            "sub": one.sub[:NAME_MAX],
            "words": one.words,
            "address": one.address,
            "code": asset_papers.squares(one.address, error="q"),
        }
        for one in codes
    ]
    return papers.pdf("codes", {"title": title, "codes": rows})
