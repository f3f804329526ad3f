"""The points behind a clue, out of the finding as it was frozen: bars, dots, and who is tied.

The statement of the model itself gives the points, as text in one of its figures; there is no
second reading of the record that could say something else. Only names are looked up now. Peers
stay without a name: what another village spent is a point, not an accusation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sanzi.kernel import masking
from sanzi.orgs import people_queries
from sanzi.record import extraction
from sanzi.record.extraction import Only
from sanzi.supervision import known
from sanzi.supervision.models import Alert
from sanzi.supervision.shapes import Picture

PIECE: Final = 1000
"""Quantities of the record are thousandths."""
MARKS: Final = {
    "account": "同一个收款账号", "device": "同一台设备", "phone": "同一个电话",
    "address": "同一个地址", "officer": "同一个电话",
}  # fmt: skip
KINDS: Final = {"C": "供应商", "P": "个人"}


@dataclass(frozen=True)
class Bar:
    """One value; `expected` is what it would be by the law of numbers, None without one."""

    label: str
    value: int
    expected: int | None
    is_this: bool


@dataclass(frozen=True)
class Bars:
    """Values side by side; `middle` is the median that counts. `unit` is fen or count."""

    unit: str
    bars: tuple[Bar, ...]
    middle: int | None


@dataclass(frozen=True)
class Dots:
    """The peers' values, the median among them, and the one that is found. All in fen."""

    peers: tuple[int, ...]
    middle: int
    here: int


@dataclass(frozen=True)
class Node:
    """Somebody, or what several share."""

    key: str
    name: str
    about: str
    is_mark: bool


@dataclass(frozen=True)
class Edge:
    """A tie from one node to another, with what passed."""

    left: str
    right: str
    title: str


@dataclass(frozen=True)
class Net:
    """A few nodes and their ties; a ring has arrows."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    is_ring: bool


Clue = Bars | Dots | Net


def clue_of(alert: Alert) -> Clue | None:
    """Return what the picture of a clue shows; None for a rule, or an alert without points."""
    model = known.model_of(alert.model_code, alert.model_version)
    if model.picture is None or not alert.figures.get(model.picture.of):
        return None
    return _READ[model.picture.kind](model.picture, alert.figures)


def _items(picture: Picture, figures: Mapping[str, Any]) -> list[str]:
    return str(figures[picture.of]).split(";")


def _season(picture: Picture, figures: Mapping[str, Any]) -> Bars:
    bars = []
    for item in _items(picture, figures):
        month, _, fen = item.partition("=")
        bars.append(Bar(month, int(fen), None, is_this=False))
    bars.append(Bar(str(figures["period_name"]), int(figures[picture.here]), None, is_this=True))
    return Bars("fen", tuple(bars), int(figures[picture.middle]))


def _digits(picture: Picture, figures: Mapping[str, Any]) -> Bars:
    total = int(figures["total"])
    bars = []
    for item in _items(picture, figures):
        digit, _, rest = item.partition("=")
        seen, _, share = rest.partition(":")
        expected = (int(share) * total + PIECE // 2) // PIECE
        bars.append(Bar(digit, int(seen), expected, is_this=int(digit) == figures[picture.here]))
    return Bars("count", tuple(bars), None)


def _dots(picture: Picture, figures: Mapping[str, Any]) -> Dots:
    peers = sorted(int(one) for one in _items(picture, figures))
    return Dots(tuple(peers), int(figures[picture.middle]), int(figures[picture.here]))


def _prices(picture: Picture, figures: Mapping[str, Any]) -> Dots:
    """Return prices of one piece in fen, cut to whole ones; only the picture divides."""
    peers = []
    for item in _items(picture, figures):
        fen, _, milli = item.partition("/")
        peers.append(int(fen) * PIECE // int(milli))
    here = int(figures[picture.here]) * PIECE // int(figures["quantity_milli"])
    middle = int(figures[picture.middle]) * PIECE // int(figures["middle_milli"])
    return Dots(tuple(sorted(peers)), middle, here)


def _shared(picture: Picture, figures: Mapping[str, Any]) -> Net:
    found = [item.split("|") for item in _items(picture, figures)]
    names = _names([(kind, who) for _, kind, who in found])
    mark = MARKS[str(figures.get(picture.mark) or picture.mark)]
    nodes = [Node("mark", mark, "", is_mark=True)]
    nodes += [Node(who, names[who], KINDS[kind], is_mark=False) for _, kind, who in found]
    edges = [Edge(who, "mark", day) for day, _, who in found]
    return Net(tuple(nodes), tuple(edges), is_ring=False)


def _ring(picture: Picture, figures: Mapping[str, Any]) -> Net:
    edges = [item.split("|") for item in _items(picture, figures)]
    names = _names([("P", one) for edge in edges for one in edge[:2]])
    order = [edges[0][0]]
    after = {giver: taker for giver, taker, *_ in edges}
    while len(order) < len(edges):
        order.append(after[order[-1]])
    sums = {giver: int(fen) for giver, _, _, fen in edges}
    return Net(
        tuple(Node(one, names[one], "经办人", is_mark=False) for one in order),
        tuple(Edge(one, after[one], str(sums[one])) for one in order),
        is_ring=True,
    )


def _names(wanted: list[tuple[str, str]]) -> dict[str, str]:
    people = people_queries.names_of([who for kind, who in wanted if kind == "P"])
    names = extraction.arrow_schema("counterparty").names
    firms = sorted({who for kind, who in wanted if kind == "C"})
    rows = [
        dict(zip(names, one, strict=True))
        for one in extraction.fetch("counterparty", Only("counterparty_id", firms))
    ]
    said = {str(one["counterparty_id"]): _firm(one) for one in rows}
    said.update({who: masking.name(name) for who, name in people.items()})
    return {who: said.get(who, "未知") for _, who in wanted}


def _firm(row: Mapping[str, Any]) -> str:
    name = str(row["name"])
    return masking.name(name) if row["kind"] == "person" else name


_READ: Final[Mapping[str, Callable[[Picture, Mapping[str, Any]], Clue]]] = {
    "season": _season,
    "dots": _dots,
    "digits": _digits,
    "prices": _prices,
    "shared": _shared,
    "ring": _ring,
}
