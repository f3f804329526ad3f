"""White slips as data and rules: for what, up to how much, with which papers. No Django.

Source: data/evidence/white_slips.yaml; every limit has the day from which it holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from sanzi.evidence import errors
from sanzi.kernel import money, yamls

SLIPS_FILE = Path(__file__).resolve().parent.parent / "data" / "evidence" / "white_slips.yaml"
PAPERS = {
    "self_made": "收款人、证明人签字的收条",
    "photo": "现场照片",
    "supervision_sign": "村监会签字",
}
_QUANTITY = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")


class BadSlips(Exception):
    """The file of slips is wrong; the sentence names the kind."""


@dataclass(frozen=True)
class SlipLimit:
    """The most for one slip and for one person in a year, from a day on. Units: fen."""

    from_date: date
    item_fen: int
    person_year_fen: int


@dataclass(frozen=True)
class SlipKind:
    """One purpose for which a slip may stand."""

    key: str
    title: str
    papers: tuple[str, ...]
    limits: tuple[SlipLimit, ...]


@dataclass(frozen=True)
class SlipRules:
    """All kinds, and the most of a village in a year by the day from which it holds."""

    kinds: dict[str, SlipKind]
    village_year: tuple[tuple[date, int], ...]


@dataclass(frozen=True)
class SlipFields:
    """A slip as it is filled in. Units: fen; `quantity_text` has at most two decimals."""

    kind: str
    line_no: int
    payee_name: str
    id_no: str
    quantity_text: str
    unit: str
    unit_price_fen: int
    amount_fen: int
    reason: str
    handler_name: str
    witness_name: str
    slip_date: date | None = None


def read_rules(path: Path) -> SlipRules:
    """Read the file of slips. Raises: BadSlips, naming the first kind that is wrong."""
    content = yamls.read(path)
    kinds = {}
    for key, raw in content["kinds"].items():
        limits = tuple(
            SlipLimit(one["from"], int(one["item_fen"]), int(one["person_year_fen"]))
            for one in raw["limits"]
        )
        if not limits or any(one.item_fen > one.person_year_fen for one in limits):
            raise BadSlips(f"{key}: limits are missing, or one slip may be more than a year's")
        if not set(raw["papers"]) <= set(PAPERS):
            raise BadSlips(f"{key}: papers must be of {', '.join(sorted(PAPERS))}")
        kinds[key] = SlipKind(key, raw["title"], tuple(raw["papers"]), limits)
    caps = tuple((one["from"], int(one["amount_fen"])) for one in content["village_year"])
    return SlipRules(kinds, caps)


@cache
def rules() -> SlipRules:
    """Return what holds."""
    return read_rules(SLIPS_FILE)


def limit_on(kind: SlipKind, on: date) -> SlipLimit | None:
    """Return the limit in force on a day, None before the first."""
    held = [one for one in kind.limits if one.from_date <= on]
    return max(held, key=lambda one: one.from_date, default=None)


def village_cap(on: date) -> int | None:
    """Return the most of a village in a year that is in force on a day, in fen."""
    held = [one for one in rules().village_year if one[0] <= on]
    return max(held)[1] if held else None


def check(slip: SlipFields) -> SlipFields:
    """Return a slip that is whole and multiplies out.

    Raises: SlipKindNotAllowed, BadSlip with the field.
    """
    if slip.kind not in rules().kinds:
        raise errors.SlipKindNotAllowed
    texts = {
        "收款人": slip.payee_name, "单位": slip.unit, "事由": slip.reason,
        "经办人": slip.handler_name, "证明人": slip.witness_name,
    }  # fmt: skip
    for label, text in texts.items():
        if not text.strip():
            raise errors.BadSlip(field=label, why="没有填")
    if not _QUANTITY.fullmatch(slip.quantity_text):
        raise errors.BadSlip(field="数量", why="要填数字，最多两位小数")
    total = Decimal(slip.quantity_text) * slip.unit_price_fen
    if total.quantize(Decimal(1)) != slip.amount_fen:
        shown = money.format_yuan(int(total.quantize(Decimal(1))))
        raise errors.BadSlip(field="金额", why=f"数量乘单价是{shown}元")
    people = [slip.payee_name.strip(), slip.handler_name.strip(), slip.witness_name.strip()]
    if len(set(people)) < len(people):
        raise errors.SlipSamePeople
    return slip
