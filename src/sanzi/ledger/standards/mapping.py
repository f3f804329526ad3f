"""From the accounts of one standard to those of another: `data/standards/maps`, as pure functions.

Nothing is guessed: where the old account does not say which new one is meant, a person chooses.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sanzi.kernel import money
from sanzi.ledger.map_errors import (
    MapAccountUnknown,
    MapChoiceMissing,
    MapChoiceWrong,
    MapNoPlace,
    MapTotalGiven,
)
from sanzi.ledger.standards import loading
from sanzi.ledger.standards.files import File
from sanzi.ledger.standards.heads import provenance
from sanzi.ledger.standards.shapes import Account, Provenance, Standard

RULES = ("same", "renamed", "moved", "net", "ask", "none")
SIDES = ("", "debit", "credit")

Choices = Mapping[str, str | Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """Where one account goes. `when` limits it to balances of one side; `options` are for ask."""

    from_code: str
    to_code: str
    rule: str
    why: str
    when: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """One balance under its new account, debit positive, and why it stands there."""

    code: str
    amount_fen: int
    why: str
    from_code: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must say of one old account. `options` are (code, name) of the new standard."""

    from_code: str
    name: str
    amount_fen: int
    question: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AccountMap:
    """One map: the two standards and its rows, each for one old account."""

    old: Standard
    new: Standard
    rows: tuple[Row, ...]
    provenance: tuple[Provenance, ...]

    def row(self, code: str, amount_fen: int) -> Row:
        """Return the row for a balance: the longest that begins its code, of its side.

        Raises: MapAccountUnknown.
        """
        side = "debit" if amount_fen > 0 else "credit"
        fitting = [
            row for row in self.rows if code.startswith(row.from_code) and row.when in {"", side}
        ]
        if not fitting:
            raise MapAccountUnknown(account_code=code, standard=self.old.title)
        return max(fitting, key=lambda row: len(row.from_code))

    def questions(self, balances: Mapping[str, int]) -> list[Question]:
        """Return what must be asked before these balances can be translated, by old code.

        Raises: MapAccountUnknown.
        """
        rows = {code: self.row(code, amount) for code, amount in balances.items() if amount}
        return [
            Question(
                from_code=code,
                name=self.old.accounts[row.from_code].name,
                amount_fen=balances[code],
                question=row.why,
                options=tuple((each, self.new.accounts[each].name) for each in row.options),
            )
            for code, row in sorted(rows.items())
            if row.rule == "ask"
        ]

    def translate(self, balances: Mapping[str, int], choices: Choices | None = None) -> list[Moved]:
        """Return the balances under the new standard, in the order of the old codes.

        Shapes: balances are signed fen by the lowest old accounts, debit positive. A choice stands
        under the old code: the new code that takes all of it, or amounts by new code, signed like
        the balance, that add up to it. The sum over all is kept to the fen.
        Raises: MapTotalGiven, MapAccountUnknown, MapChoiceMissing, MapChoiceWrong, MapNoPlace.
        """
        _require_lowest(balances)
        found: list[Moved] = []
        for code in sorted(balances):
            amount = balances[code]
            if amount:
                found += self._moved(code, amount, choices or {})
        return found

    def _moved(self, code: str, amount: int, choices: Choices) -> Iterator[Moved]:
        row = self.row(code, amount)
        if row.rule == "none":
            raise MapNoPlace(account=self._named(code, row), yuan=_yuan(amount), why=row.why)
        if row.rule != "ask":
            yield Moved(row.to_code, amount, row.why, code)
            return
        choice = choices.get(code, choices.get(row.from_code))
        if not choice:
            options = "、".join(f"{each} {self.new.accounts[each].name}" for each in row.options)
            account = self._named(code, row)
            raise MapChoiceMissing(
                account=account, yuan=_yuan(amount), question=row.why, options=options
            )
        parts = {choice: amount} if isinstance(choice, str) else choice
        for new_code in parts:
            if new_code not in row.options:
                why = f"{new_code}不在可选的科目里"
                raise MapChoiceWrong(account=self._named(code, row), why=why)
        if sum(parts.values()) != amount:
            why = f"分开的合计是{_yuan(sum(parts.values()))}元，余额是{_yuan(amount)}元"
            raise MapChoiceWrong(account=self._named(code, row), why=why)
        for new_code, part in sorted(parts.items()):
            if part:
                yield Moved(new_code, part, row.why, code)

    def _named(self, code: str, row: Row) -> str:
        return f"{code} {self.old.accounts[row.from_code].name}"


def translate(
    balances: Mapping[str, int],
    choices: Choices | None = None,
    *,
    old: str = "vce2004",
    new: str = "rce2023",
) -> list[Moved]:
    """Return balances of one standard under another; see `AccountMap.translate`."""
    return get(old, new).translate(balances, choices)


@cache
def get(old: str, new: str) -> AccountMap:
    """Return the map between two standards; a profile without one has the map of its base.

    Raises: UnknownStandard; BadStandard, naming the first mistake.
    """
    path = loading.FOLDER / "maps" / f"{old}-{new}.yaml"
    profile = loading.get(new)
    if profile.based_on and not path.exists():
        return for_profile(get(old, profile.based_on), profile)
    return load(path)


def sources(new: str) -> list[str]:
    """Return the standards from which a map leads to this one, or to the base of a profile.

    Raises: UnknownStandard.
    """
    targets = {new, loading.get(new).based_on}
    folder = loading.FOLDER / "maps"
    return [
        old
        for old in loading.codes()
        if any((folder / f"{old}-{target}.yaml").exists() for target in targets if target)
    ]


def for_profile(base: AccountMap, profile: Standard) -> AccountMap:
    """Return the map of a base as far as a profile opens the accounts it leads to.

    Where one option is left nothing is asked; where none is left, a balance is refused.
    """
    rows = tuple(_narrowed(row, profile) for row in base.rows)
    return AccountMap(base.old, profile, rows, base.provenance)


def _narrowed(row: Row, profile: Standard) -> Row:
    targets = row.options or tuple(filter(None, [row.to_code]))
    kept = tuple(code for code in targets if code in profile.accounts)
    if kept == targets:
        return row
    if not kept:
        closed = profile.closed.get(targets[0])
        why = closed.blocked if closed else f"“{profile.title}”没有开放{targets[0]}"
        return replace(row, rule="none", to_code="", why=why, options=())
    if len(kept) == 1:
        why = f"只开放了{kept[0]}"
        return replace(row, rule="moved", to_code=kept[0], why=why, options=())
    return replace(row, options=kept)


def load(path: Path) -> AccountMap:
    """Read one map.

    Raises: BadStandard; also when an account of the old standard has no row.
    """
    file = File.read(path)
    file.only("from", "to", "provenance", "rows")
    for key in ("from", "to"):
        is_known = file.text(key) in loading.codes()
        file.require(is_known, key, f"must be of {', '.join(loading.codes())}")
    old, new = loading.get(file.text("from")), loading.get(file.text("to"))
    rows = tuple(_row(part, old, new) for part in file.parts("rows"))
    for code in old.accounts:
        sides = [row.when for row in rows if row.from_code == code]
        is_whole = sides == [""] or sorted(sides) == ["credit", "debit"]
        told = "must have one row" if sides else "has no row"
        file.require(is_whole, "rows", f"{code} {old.accounts[code].name} {told}")
    return AccountMap(old, new, rows, provenance(file))


def _row(part: File, old: Standard, new: Standard) -> Row:
    part.only("from", "to", "rule", "why", "when", "question", "options")
    code, rule = part.text("from"), part.one_of("rule", RULES)
    part.require(code in old.accounts, "from", f"{code} is not in {old.code}")
    options = tuple(part.list_of("options"))
    part.require((rule == "ask") == bool(options), "options", "goes with the rule ask")
    is_placed = "to" in part.data
    part.require(is_placed == (rule not in {"ask", "none"}), "to", f"with rule {rule}")
    targets = options or ((part.text("to"),) if is_placed else ())
    for target in targets:
        is_lowest = target in new.accounts and new.accounts[target].is_leaf
        part.require(is_lowest, "to", f"{target} is no lowest account of {new.code}")
    if rule in {"same", "renamed"}:
        part.require(targets == (code,), "to", f"must be {code} with rule {rule}")
        is_alike = _is_alike(old.accounts[code], new.accounts[code])
        part.require(is_alike, "rule", f"{code} is of another class or side in {new.code}")
    words = part.text(
        "question" if rule == "ask" else "why", "同一科目" if rule == "same" else None
    )
    return Row(code, "" if options else "".join(targets), rule, words, _when(part), options)


def _is_alike(one: Account, other: Account) -> bool:
    return (one.account_class, one.side) == (other.account_class, other.side)


def _when(part: File) -> str:
    return part.one_of("when", SIDES, "")


def _require_lowest(balances: Mapping[str, int]) -> None:
    codes = sorted(balances)
    for above, below in itertools.pairwise(codes):
        if below.startswith(above):
            raise MapTotalGiven(account_code=above, below=below)


def _yuan(amount_fen: int) -> str:
    return money.format_yuan(amount_fen)
