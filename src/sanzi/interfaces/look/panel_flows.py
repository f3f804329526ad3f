"""What a flow is drawn of: its nodes with what comes and goes, and no more bands than one reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sanzi.insight.cockpit.shapes import Key, PanelPage

SOURCES_MAX: Final = 8
TITLE_MAX: Final = 14
OTHERS: Final = "其他各项"


@dataclass
class Node:
    """One node of a flow with what comes in and goes out."""

    key: Key
    column: int = 0
    come: int = 0
    go: int = 0
    y: float = 0.0
    used_in: float = 0.0
    used_out: float = 0.0

    @property
    def weight(self) -> int:
        """The larger side, at least something."""
        return max(self.come, self.go, 1)


def fewer(page: PanelPage, links: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Return the bands with all but the largest sources that name themselves put together."""
    named = {one.code for one in page.panel.nodes}
    own = list(dict.fromkeys(source for source, _, _ in links if source not in named))
    rest = set(own[SOURCES_MAX:])
    found: dict[tuple[str, str], int] = {}
    for source, target, value in links:
        slot = (OTHERS if source in rest else source, target)
        found[slot] = found.get(slot, 0) + value
    return [(source, target, value) for (source, target), value in found.items()]


def nodes_of(page: PanelPage, links: Sequence[tuple[str, str, int]]) -> dict[str, Node]:
    """Return the nodes of bands, each in the column after all that lead to it."""
    named = {end for source, target, _ in links for end in (source, target)}
    known = {one.code: one for one in page.panel.nodes}
    own = [source for source, _, _ in links if source not in known]
    nodes = {one: Node(Key(one, one[:TITLE_MAX], ())) for one in own}
    nodes |= {code: Node(one) for code, one in known.items() if code in named}
    for source, target, value in links:
        nodes[source].go += value
        nodes[target].come += value
    for _ in nodes:
        for source, target, _value in links:
            nodes[target].column = max(nodes[target].column, nodes[source].column + 1)
    first = min((one.column for one in nodes.values()), default=0)
    for one in nodes.values():
        one.column -= first
    return nodes
