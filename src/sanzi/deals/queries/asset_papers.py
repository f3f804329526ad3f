"""Labels of assets on paper: a sheet of A4 with the code of each thing, to cut and stick."""

from __future__ import annotations

from collections.abc import Sequence

import segno

from sanzi.kernel import papers

NAME_MAX = 24


def label_of(*, name: str, number: str, tag: str, address: str) -> dict[str, object]:
    """Return what stands on a label: name, number, code as words and as squares."""
    return {
        "name": name[:NAME_MAX],
        "number": f"{number}号",
        "tag": f"{tag[:4]} {tag[4:]}",
        "code": squares(address),
    }


def squares(address: str, *, error: str = "m") -> list[str]:
    """Return the code of an address as rows of 0 and 1, for the papers that draw it."""
    drawn = segno.make(address, error=error, micro=False)
    return ["".join("1" if dark else "0" for dark in row) for row in drawn.matrix]


def labels_pdf(labels: Sequence[dict[str, object]]) -> bytes:
    """Return the labels as PDF/A, 24 a page; one page with a word when there is none."""
    return papers.pdf("labels", {"title": "资产标签", "labels": list(labels)})
