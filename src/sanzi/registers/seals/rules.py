"""What may be stamped, by which seals, with whose word; when a machine's clock is wrong. Pure.

The lists are dated data of the county: `data/seals/items.yaml` and `services.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sanzi.kernel import yamls

FOLDER = Path(__file__).resolve().parents[2] / "data" / "seals"
TIERS = {"A": "T0", "B": "T1", "C": "T2"}
NEVER = "D"
NOT_KEEPERS = frozenset({"village_secretary", "committee_head", "coop_director"})
"""Who approves does not keep. Source: 国办发〔2001〕52号."""
NAME_PARTS = ("name", "village", "household", "purpose", "day")


@dataclass(frozen=True)
class Item:
    """One thing on the list. Units: fen. `why` and `go` speak where it is never stamped."""

    code: str
    title: str
    seal_class: str
    seals: tuple[str, ...] = ()
    contract: bool = False
    decision: str = ""
    decision_from_fen: int = 0
    why: str = ""
    go: str = ""


@dataclass(frozen=True)
class SealList:
    """The list in force from a day on. Units: hours, seconds."""

    valid_from_date: date
    window_hours: int
    skew_seconds: int
    copies_max: int
    items: Mapping[str, Item] = field(default_factory=dict)


@dataclass(frozen=True)
class ServiceItem:
    """What the desk draws up, on which seal item it stands, and its draft."""

    code: str
    title: str
    seal_item: str
    seal_kind: str
    text: str


@dataclass(frozen=True)
class ServiceList:
    """The services offered from a day on. Units: work days."""

    valid_from_date: date
    workdays: int
    items: Mapping[str, ServiceItem] = field(default_factory=dict)


def seal_list(on: date) -> SealList:
    """Return the list of what may be stamped on a day; the oldest for a day before all."""
    found: SealList = _in_force(_seal_lists(), on)
    return found


def services(on: date) -> ServiceList:
    """Return the services offered on a day; the oldest list for a day before all."""
    found: ServiceList = _in_force(_service_lists(), on)
    return found


def tier(item: Item | None, *, is_offsite: bool) -> str:
    """Return the tier of an item; out of the village everything asks as much as class C.

    Of an item nobody knows, the lowest: the check refuses it.
    """
    if item is None or item.seal_class == NEVER:
        return TIERS["A"]
    return TIERS["C"] if is_offsite else TIERS[item.seal_class]


def needs_decision(item: Item, contract_fen: int | None) -> bool:
    """Return whether a passed decision must stand behind the paper. Units: fen."""
    if item.decision == "from_sum":
        return contract_fen is None or contract_fen >= item.decision_from_fen
    return item.decision == "always"


def is_clock_wrong(
    told_at: datetime, received_at: datetime, skew_seconds: int, *, is_late: bool
) -> bool:
    """Return whether a machine's time can't be right: ahead of us, or behind without a reason."""
    skew = timedelta(seconds=skew_seconds)
    return told_at > received_at + skew or (not is_late and told_at < received_at - skew)


def draft(item: ServiceItem, known: Mapping[str, str]) -> str:
    """Return the text of a paper with what is known of its applicant."""
    return item.text.format_map({key: known.get(key, "") for key in NAME_PARTS})


def _in_force(lists: tuple[Any, ...], on: date) -> Any:
    return ([one for one in lists if one.valid_from_date <= on] or list(lists[:1]))[-1]


@cache
def _seal_lists() -> tuple[SealList, ...]:
    raw = yamls.read(FOLDER / "items.yaml")["lists"]
    return tuple(
        SealList(
            one["valid_from_date"], one["window_hours"], one["skew_seconds"], one["copies_max"],
            {item["code"]: _item(item) for item in one["items"]},
        )
        for one in raw
    )  # fmt: skip


def _item(raw: Mapping[str, Any]) -> Item:
    said = {key: value for key, value in raw.items() if key not in ("class", "seals")}
    return Item(seal_class=raw["class"], seals=tuple(raw.get("seals", ())), **said)


@cache
def _service_lists() -> tuple[ServiceList, ...]:
    raw = yamls.read(FOLDER / "services.yaml")["lists"]
    return tuple(
        ServiceList(
            one["valid_from_date"], one["workdays"],
            {item["code"]: ServiceItem(**item) for item in one["items"]},
        )
        for one in raw
    )  # fmt: skip
