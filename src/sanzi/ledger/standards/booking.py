"""What a template books for an event, before it is a voucher: accounts, sides and amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sanzi.ledger.errors import EventIncomplete, SubjectNotAllowed
from sanzi.ledger.standards.shapes import AMOUNT, Entry, EntryLine

_FIELD = re.compile(r"\{([a-z_]+)\}")
_TITLES = {AMOUNT: "金额"}


class Booked(NamedTuple):
    """One line that a template books. Red templates give negative amounts on their own side."""

    side: str
    account_code: str
    amount_fen: int
    summary: str
    aux_kind: str = ""
    aux_id: str = ""
    ref: str = ""


def booked(entry: Entry, event: Mapping[str, Any]) -> list[Booked]:
    """Return the lines of an event in the template's order; whether they balance is not asked.

    Shapes: event as in `rules.from_event`.
    Raises: EventIncomplete, SubjectNotAllowed.
    """
    items: Sequence[Mapping[str, Any]] = event.get("items", [event])
    summary = fill(entry, entry.summary, event)
    made: list[Booked] = []
    for line in entry.lines:
        if line.is_each:
            made += _each(entry, line, event, items, summary)
            continue
        amount = _total(entry, line, event, items)
        if not amount:
            continue
        aux_id = fill(entry, line.aux_id, event) if line.aux_kind else ""
        account = _account(entry, line, event)
        made.append(
            Booked(line.side, account, _sign(entry) * amount, summary, line.aux_kind, aux_id)
        )
    return made


def fill(entry: Entry, text: str, *sources: Mapping[str, Any]) -> str:
    """Return a text with its {fields} filled from the first source that has them."""

    def value(match: re.Match[str]) -> str:
        for source in sources:
            found = str(source.get(match[1]) or "")
            if found:
                return found
        raise EventIncomplete(rule_code=entry.rule_code, field=match[1])

    return _FIELD.sub(value, text)


def _each(
    entry: Entry,
    line: EntryLine,
    event: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]],
    summary: str,
) -> list[Booked]:
    sign, made = _sign(entry), []
    own = line.account.strip("{}") if line.within else ""
    is_shared, shared = not any(own in item for item in items), ""
    for item in items:
        amount = int(item.get(line.amount) or 0)
        if amount:
            account = shared or _account(entry, line, item, event)
            shared = account if is_shared else ""
            made.append(
                Booked(
                    side=line.side,
                    account_code=account,
                    amount_fen=sign * amount,
                    summary=str(item.get("summary") or summary),
                    aux_kind=str(item.get("aux_kind") or ""),
                    aux_id=str(item.get("aux_id") or ""),
                    ref=str(item.get("ref") or ""),
                )
            )
        elif not line.is_optional:
            raise _lacks(entry, line)
    if not made and not line.is_optional:
        raise _lacks(entry, line)
    return made


def _sign(entry: Entry) -> int:
    return -1 if entry.is_red else 1


def _total(
    entry: Entry, line: EntryLine, event: Mapping[str, Any], items: Sequence[Mapping[str, Any]]
) -> int:
    """Return the event's own amount of this name, or else the sum of the items'."""
    amounts = [event] if line.amount in event else items
    found = [int(each.get(line.amount) or 0) for each in amounts]
    if not line.is_optional and not (found and all(found)):
        raise _lacks(entry, line)
    return sum(found)


def _account(entry: Entry, line: EntryLine, *sources: Mapping[str, Any]) -> str:
    if not line.within:
        return line.account
    account_code = fill(entry, line.account, *sources)
    if not account_code.startswith(line.within):
        raise SubjectNotAllowed(account_code=account_code)
    return account_code


def _lacks(entry: Entry, line: EntryLine) -> EventIncomplete:
    return EventIncomplete(rule_code=entry.rule_code, field=_TITLES.get(line.amount, line.amount))
