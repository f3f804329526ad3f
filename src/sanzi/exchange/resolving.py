"""What a row speaks of, found in the registers: people, places, programmes, firms. Reads only.

Asked once for a file, in a few statements, however many rows it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sanzi.kernel import clock
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Counterparty, Division, Person
from sanzi.record.outside.headers import normal
from sanzi.registers.subsidies.models import Award, Program

LOAD: Final = "exchange.load"
SEE: Final = "exchange.see"
CHUNK: Final = 900
AMBIGUOUS: Final = "?"
AWARD: Final = "YK"


@dataclass(frozen=True)
class Known:
    """A person of the register."""

    ext_id: str
    name: str
    division_code: str
    household: str


class Places:
    """Villages by code and by name, and which of them lie in the actor's scope."""

    def __init__(self, by: Actor) -> None:
        is_system = by.user_id is None and by.person_id is None
        self._prefixes = ("",) if is_system else tuple(sorted(scope.prefixes(by, LOAD)))
        rows = list(Division.objects.values_list("code", "name", "level", "parent_code"))
        names = {code: name for code, name, *_ in rows}
        self._codes = set(names)
        villages = [(code, name, up) for code, name, level, up in rows if level == "village"]
        self.villages = {code for code, *_ in villages if self.is_inside(code)}
        self.is_whole = len(self.villages) == len(villages)
        self._names: dict[str, set[str]] = {}
        for code, name, up in villages:
            for key in (normal(name), normal(names.get(up, "") + name)):
                self._names.setdefault(key, set()).add(code)

    def is_inside(self, code: str) -> bool:
        """Whether a place lies in the actor's scope."""
        return code.startswith(self._prefixes) if self._prefixes else False

    def find(self, text: str) -> str:
        """Return the code that a cell names; empty for none, `?` when there are several."""
        if text in self._codes:
            return text
        found = self._names.get(normal(text), set())
        inside = {one for one in found if self.is_inside(one)}
        one_of = inside or found
        return next(iter(one_of)) if len(one_of) == 1 else AMBIGUOUS if one_of else ""


@dataclass
class Lookups:
    """Everything a file's rows are held against; filled as rows come."""

    places: Places
    people: dict[str, Known] = field(default_factory=dict)
    programs: Sequence[Program] = ()
    firms: dict[str, Counterparty] = field(default_factory=dict)

    def learn_people(self, ids: Collection[str]) -> None:
        """Find the people of these resident ids."""
        index = {secrets.index("id_no", one): one for one in ids if one not in self.people}
        for part in _parts(list(index)):
            rows = Person.objects.filter(id_no_index__in=part).select_related("household")
            for one in rows.order_by("-pk"):
                self.people[index[one.id_no_index]] = Known(
                    one.ext_id,
                    one.name,
                    one.division_id or "",
                    one.household.ext_id if one.household else "",
                )

    def learn_firms(self, codes: Collection[str]) -> None:
        """Find the firms of these credit codes that we deal with already."""
        for part in _parts([one for one in codes if one not in self.firms]):
            for one in Counterparty.objects.filter(uscc__in=part).order_by("-pk"):
                self.firms[one.uscc] = one

    def program(self, text: str, period: str) -> Program | None:
        """Return the version of a programme, by code or name, that held in a period."""
        first, last = _days(period)
        named = [one for one in self.programs if text in (one.code, one.name, one.ext_id)]
        held = [
            one
            for one in named
            if one.valid_from_date <= last
            and (one.valid_until_date is None or one.valid_until_date >= first)
        ]
        return max(held, key=lambda one: one.valid_from_date, default=None)


def kept(firm: Counterparty) -> dict[str, Any]:
    """Return what we know of a firm, so that a file that is silent on it does not wipe it out."""
    return {
        "kind": firm.kind,
        "legal_rep_person_id": firm.legal_rep_person.ext_id if firm.legal_rep_person else None,
        "person_id": firm.person.ext_id if firm.person else None,
        "registered_date": firm.registered_date,
        "business_scope": firm.business_scope or None,
        "phone": secrets.reveal("phone", firm.sealed_phone) or None,
        "address_norm": firm.address_norm or None,
        "is_blacklisted": firm.is_blacklisted,
        "blacklist_until_date": firm.blacklist_until_date,
    }


def programs() -> list[Program]:
    """Return all versions of all programmes with the office that issued them."""
    return list(Program.objects.select_related("organisation").order_by("valid_from_date"))


def key_of(prefix: str, values: Mapping[str, str], key: Sequence[str]) -> str:
    """Return the id of a row, the same each time, from which nobody's number can be read."""
    said = "|".join(values.get(name, "") for name in key)
    return f"{prefix}{secrets.index('id_no', said)[:30]}"


def award_key(values: Mapping[str, str], key: Sequence[str]) -> str:
    """Return the id of a line of a subsidy: the same line of a later file has the same."""
    return key_of(AWARD, values, key)


@dataclass(frozen=True)
class Told:
    """What earlier files told of a line; `paid_date` is empty for one that had failed."""

    amount_fen: int
    paid_date: str


def awards(keys: list[str]) -> dict[str, Told]:
    """Return what earlier files told of these lines."""
    return {
        ext_id: Told(fen, clock.local_date(paid_at).isoformat() if paid_at else "")
        for part in _parts(keys)
        for ext_id, fen, paid_at in Award.objects.filter(ext_id__in=part).values_list(
            "ext_id", "amount_fen", "paid_at"
        )
    }


def _days(period: str) -> tuple[date, date]:
    year, _, month = period.partition("-")
    if not month:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    return date(int(year), int(month), 1), date(int(year), int(month), 28)


def _parts(all_of: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(all_of), CHUNK):
        yield all_of[start : start + CHUNK]
