"""Reading how a standard closes its year: the part `closing` of `standard.yaml`."""

from __future__ import annotations

from collections.abc import Mapping

from sanzi.ledger.standards.files import File
from sanzi.ledger.standards.shapes import Account, Closing, Share

RESERVE, MEMBERS, OTHER = "reserve", "members", "other"
ORDER = (RESERVE, "voluntary_reserve", "welfare", "investors", MEMBERS, OTHER)
"""Shares in the order of the law, after the losses of earlier years are made up."""


def closing(part: File, chart: Mapping[str, Account]) -> Closing:
    """Read the part; raises BadStandard, naming the first mistake."""
    part.only("result", "undistributed", "pending", "loss_cover", "shares")
    found = Closing(
        result=_leaf(part, "result", chart),
        undistributed=_leaf(part, "undistributed", chart),
        pending=tuple(part.list_of("pending")),
        loss_cover=part.text("loss_cover", ""),
        shares=tuple(_share(one, chart) for one in part.parts("shares")),
    )
    for code in (*found.pending, *filter(None, [found.loss_cover])):
        part.require(code in chart, "pending", f"{code} is not in the chart")
    keys = [ORDER.index(one.key) for one in found.shares]
    part.require(keys == sorted(set(keys)), "shares", f"must stand in the order {ORDER}")
    return found


def _share(part: File, chart: Mapping[str, Account]) -> Share:
    part.only("key", "title", "account", "against")
    against = tuple(part.list_of("against"))
    for code in against:
        part.require(code in chart, "against", f"{code} is not in the chart")
    part.require(bool(against), "against", "must name an account")
    return Share(
        key=part.one_of("key", ORDER),
        title=part.text("title"),
        account=_leaf(part, "account", chart),
        against=against,
    )


def _leaf(part: File, key: str, chart: Mapping[str, Account]) -> str:
    code = part.text(key)
    part.require(code in chart and chart[code].is_leaf, key, f"{code} is no lowest account")
    return code
