"""What higher rooms do for cases: effects, checks, lists, prefilled payments, panels.

A matter file names them; a higher room registers them once, in its `apps.ready`. An effect runs
inside the transaction of the step it belongs to: what it refuses is refused whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sanzi.matters.catalogue import Matter
from sanzi.matters.lines import Mistake
from sanzi.orgs.actors import Actor


@dataclass(frozen=True)
class Turn:
    """A case at a moment, as an effect or a check sees it.

    Shapes: `form` and `entry` hold typed values (`fields.typed`), without the empty ones; `entry`
        is the form of the step that is being done, `papers` are (kind, digest) of the case's
        files, `entry_papers` of the step's. `entry_no` counts the entries of the step from 1.
    Units: fen; `at` aware UTC.
    """

    number: str
    organisation: str
    division_code: str
    matter_code: str
    step_key: str
    round: int
    amount_fen: int
    title: str
    form: Mapping[str, Any]
    by: Actor
    at: datetime
    entry: Mapping[str, Any] = field(default_factory=dict)
    entry_no: int = 0
    papers: tuple[tuple[str, str], ...] = ()
    entry_papers: tuple[tuple[str, str], ...] = ()
    decision_ext_id: str = ""


@dataclass(frozen=True)
class Prefill:
    """What a payment of a source begins with: the form of M10 and its payee lines, as typed."""

    form: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Panel:
    """What a register shows on the page of a case: a template and what it draws."""

    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True)
class PublicRows:
    """Rows of a register that are published with a case: already masked, in words."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Effect = Callable[[Turn], None]
Check = Callable[[Turn], None]
TierFinder = Callable[[Turn], str]
Choices = Callable[[str, str], list[tuple[str, str]]]
PayableCheck = Callable[[str, int, str], None]

_effects: dict[str, Effect] = {}
_gates: dict[str, str] = {}
_checks: dict[str, Check] = {}
_tiers: dict[str, TierFinder] = {}
_choices: dict[str, Choices] = {}
_named: dict[str, Callable[[str], str]] = {}
_prefills: dict[str, list[Callable[[str], Prefill]]] = {}
_payable: dict[str, list[PayableCheck]] = {}
_panels: dict[str, Callable[[str], Panel | None]] = {}
_skips: dict[str, Callable[[Turn], Collection[str]]] = {}
_sheets: dict[str, Callable[[str], PublicRows]] = {}


def effect(name: str, run: Effect, *, gate: str = "approve") -> None:
    """Register what a step or a moment of a case does; it refuses by raising a Refusal.

    `gate` judges what a step with a form of its own wrote.
    """
    _effects[name] = run
    _gates[name] = gate


def gate_of(name: str) -> str:
    """Return the gate of a step with this effect; a step without one is approved."""
    return _gates[name] if name else "approve"


def check(name: str, run: Check) -> None:
    """Register what is asked of a form: a problem while it is filled in, a refusal when handed in.

    The check raises a Refusal; `data["field"]` of it says at which field the sentence stands.
    """
    _checks[name] = run


def tier(name: str, find: TierFinder) -> None:
    """Register what finds the tier of a form where no amount does: it returns `T0` to `T4`.

    It is asked of half-filled forms too, and gives the lowest tier while nothing is known.
    """
    _tiers[name] = find


def choices(name: str, read: Choices, *, named: Callable[[str], str] | None = None) -> None:
    """Register a list for `lookup` fields: (organisation's ext id, division) -> (value, words).

    `named` says what a value is called that the list has stopped to offer: a thing that is sold.
    """
    _choices[name] = read
    if named is not None:
        _named[name] = named


def prefill(source_kind: str, read: Callable[[str], Prefill]) -> None:
    """Register what a payment from a case of this kind begins with, by the case's number.

    Several registers may speak for one kind; each returns an empty form for a case not its own.
    """
    _prefills.setdefault(source_kind, []).append(read)


def payable(source_kind: str, run: PayableCheck) -> None:
    """Register what holds a payment back: (source id, fen, number of the paying case).

    It runs when a payment from such a source is handed in and when it is approved for the last
    time, and refuses by raising a Refusal. Several registers may speak for one kind; each lets
    pass what is not its own.
    """
    _payable.setdefault(source_kind, []).append(run)


def panel(matter_code: str, read: Callable[[str], Panel | None]) -> None:
    """Register what the page of a case of this matter shows of its register, by its number."""
    _panels[matter_code] = read


def skips(name: str, read: Callable[[Turn], Collection[str]]) -> None:
    """Register which steps a case does not need, as it is handed in; its route keeps them."""
    _skips[name] = read


def skipped(name: str, turn: Turn) -> Collection[str]:
    """Return the keys of the steps a case does not need. Raises: KeyError for an unknown name."""
    return _skips[name](turn)


def sheet(name: str, read: Callable[[str], PublicRows]) -> None:
    """Register rows that a matter file publishes (`disclosure: [{sheet: name}]`), by case."""
    _sheets[name] = read


def sheet_of(name: str, number: str) -> PublicRows:
    """Return the registered rows of a case. Raises: KeyError for an unknown name."""
    return _sheets[name](number)


def run_effect(name: str, turn: Turn) -> None:
    """Do a registered effect. Raises: KeyError for an unknown name, what the effect refuses."""
    _effects[name](turn)


def run_check(name: str, turn: Turn) -> None:
    """Ask a registered check. Raises: KeyError for an unknown name, what the check refuses."""
    _checks[name](turn)


def tier_of(name: str, turn: Turn) -> str:
    """Ask a registered finder for the tier of a case. Raises: KeyError for an unknown name."""
    return _tiers[name](turn)


def require_payable(source_kind: str, source_id: str, amount_fen: int, number: str) -> None:
    """Ask the register of a source whether this much may be paid from it now.

    Raises: what the register refuses; nothing for a kind without a register.
    """
    for check_one in _payable.get(source_kind, ()):
        check_one(source_id, amount_fen, number)


def list_of(name: str, organisation: str, division_code: str) -> list[tuple[str, str]] | None:
    """Return what a registered list offers a body, None for a name that is not registered."""
    found = _choices.get(name)
    return None if found is None else found(organisation, division_code)


def name_of(name: str, value: str) -> str:
    """Return what a value is called that a list does not offer any more; empty if not known."""
    found = _named.get(name)
    return "" if found is None else found(value)


def prefill_of(source_kind: str, number: str) -> Prefill | None:
    """Return what a payment from a case begins with, None when its register says nothing."""
    read = (one(number) for one in _prefills.get(source_kind, ()))
    return next((found for found in read if found.form or found.lines), None)


def panel_of(matter_code: str, number: str) -> Panel | None:
    """Return what the case's page shows of its register, None when there is nothing."""
    found = _panels.get(matter_code)
    return None if found is None else found(number)


def unknown_names(matter: Matter) -> list[Mistake]:
    """Return the effects, checks, lists and sheets a matter names that nobody registered."""
    effects = [*matter.effects.values()]
    effects += [step.effect for step in matter.steps if step.kind == "record" and step.effect]
    fields = [*matter.fields, *(one for step in matter.steps for one in step.fields)]
    lists = [
        one.list for field in fields for one in (field, *field.columns) if one.type == "lookup"
    ]
    found = [f"没有叫“{name}”的动作" for name in effects if name not in _effects]
    found += [f"没有叫“{name}”的检查" for name in matter.checks if name not in _checks]
    if matter.tier_from and matter.tier_from not in _tiers:
        found.append(f"没有叫“{matter.tier_from}”的定档办法")
    found += [f"没有叫“{name}”的名单" for name in lists if name not in _choices]
    if matter.skips and matter.skips not in _skips:
        found.append(f"没有叫“{matter.skips}”的跳步规则")
    sheets = [one.sheet for one in matter.disclosure if one.sheet]
    found += [f"没有叫“{name}”的公开表" for name in sheets if name not in _sheets]
    return [Mistake(0, message) for message in found]
