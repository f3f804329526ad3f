"""The daily comparison of the account register with the accounts that the banks know.

Each account stands once in the comparison, under its number. What differs is seen on the register,
goes into the record as `account_listing`, and the nightly model makes an alert of it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.bank.errors import GatewayError
from sanzi.bank.port import BankGateway, KnownAccount
from sanzi.kernel import clock, ids
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.models import Division, Organisation
from sanzi.payments.actions import gateways
from sanzi.payments.models import AccountListing, BankAccount, Standing

logger = logging.getLogger(__name__)

HOUR = time(6, 0)


@dataclass(frozen=True)
class Compared:
    """What a comparison found: accounts looked at, and those on which the two sides differ."""

    account_count: int
    differing_count: int


def work(at: datetime) -> int:
    """Compare once a day, after six in the morning; return how many accounts differ."""
    local = at.astimezone(clock.SHANGHAI)
    if local.time() < HOUR:
        return 0
    start = clock.midnight(local.date())
    if AccountListing.objects.filter(checked_at__gte=start).exists():
        return 0
    return compare(at=at).differing_count


def compare(*, at: datetime, by: Actor = SYSTEM) -> Compared:
    """Hold every bank's list against our accounts at that bank.

    A bank that gives no list, or does not answer, leaves its accounts as they were.
    """
    looked = differ = 0
    for bank, own in _by_bank():
        try:
            if not bank.capabilities().can_list_accounts:
                continue
            known = bank.accounts()
        except GatewayError as problem:
            logger.warning("list of accounts: %s", problem)
            continue
        standings = _take(known, own, by=by, at=at)
        looked += len(standings)
        differ += sum(one != Standing.SAME for one in standings)
    return Compared(looked, differ)


def _by_bank() -> Iterable[tuple[BankGateway, list[BankAccount]]]:
    """Return each bank with the accounts of bodies that it keeps; a bank without any, too."""
    own = BankAccount.objects.filter(organisation__isnull=False).select_related("organisation")
    found: dict[int, tuple[BankGateway, list[BankAccount]]] = {}
    for connection in gateways.connected():
        bank = gateways.by_name(connection.name)
        if bank is not None:
            found[id(bank)] = (bank, [])
    for account in own.order_by("pk"):
        try:
            bank = gateways.of(account)
        except GatewayError:
            continue  # No line to that bank: nothing to compare with, and nothing to say.
        found.setdefault(id(bank), (bank, []))[1].append(account)
    return list(found.values())


@transaction.atomic
def _take(
    known: Iterable[KnownAccount], own: list[BankAccount], *, by: Actor, at: datetime
) -> list[Standing]:
    """Write how each account stands, and tell in the log what is new."""
    ours = {one.number_index: one for one in own}
    theirs = {secrets.index("account", one.account): one for one in known}
    before = {
        one.number_index: one
        for one in AccountListing.objects.select_for_update().filter(
            number_index__in=[*ours, *theirs]
        )
    }
    names = _bodies()
    standings = []
    fresh: list[AccountListing] = []
    for index in dict.fromkeys([*theirs, *ours]):
        standing = _standing(ours.get(index), theirs.get(index))
        if standing is None:
            continue
        standings.append(standing)
        old = before.get(index)
        row = AccountListing(ext_id=ids.new_id("AB", at), number_index=index)
        if old is not None:
            row = old
        is_news = standing != (old.standing if old is not None else Standing.SAME)
        _fill(row, ours.get(index), theirs.get(index), names)
        row.standing, row.checked_at = standing, at
        if is_news or old is None:
            row.since_at = at
        if is_news:
            _tell(row, by, at)
        if old is None:
            fresh.append(row)
        else:
            row.save()
    AccountListing.objects.bulk_create(fresh, batch_size=500)
    return standings


def _standing(own: BankAccount | None, theirs: KnownAccount | None) -> Standing | None:
    """Return how an account stands; None when it is over on both sides or never was with us."""
    is_theirs = theirs is not None and theirs.closed_date is None
    is_ours = own is not None and own.closed_date is None
    if is_ours and is_theirs:
        return Standing.SAME
    if is_theirs:
        return Standing.UNKNOWN_HERE if own is None else Standing.CLOSED_HERE
    if is_ours:
        return Standing.NOT_AT_BANK if theirs is None else Standing.CLOSED_AT_BANK
    return None if own is None else Standing.SAME


def _fill(
    row: AccountListing,
    own: BankAccount | None,
    theirs: KnownAccount | None,
    names: dict[str, tuple[int, str]],
) -> None:
    """Copy what both sides say; the bank's word first, as it is its list."""
    row.account = own
    if own is not None:
        row.organisation, row.sealed_number, row.tail = (
            own.organisation,
            own.sealed_number,
            own.tail,
        )
        row.division_code = own.organisation.division_id if own.organisation else ""
        row.holder_name, row.bank_code = own.holder_name, own.bank_code
    if theirs is None:
        row.opened_date = row.closed_date = None
        return
    row.holder_name, row.bank_code = theirs.name[:120], theirs.bank_code or row.bank_code
    row.opened_date, row.closed_date = theirs.opened_date, theirs.closed_date
    if own is None:
        row.sealed_number = row.sealed_number or secrets.seal("account", theirs.account)
        row.tail = secrets.normalise(theirs.account)[-4:]
        row.organisation_id, row.division_code = _whose(theirs.name, names)


def _bodies() -> dict[str, tuple[int, str]]:
    rows = Organisation.objects.values_list("name", "pk", "division_id")
    return {name: (pk, division) for name, pk, division in rows}


def _whose(holder: str, names: dict[str, tuple[int, str]]) -> tuple[int | None, str]:
    """Return the body whose name a holder's name is or ends with; else the county alone."""
    fitting = [name for name in names if holder == name or holder.endswith(name)]
    if fitting:
        return names[max(fitting, key=len)]
    root = Division.objects.filter(level="county").values_list("code", flat=True).first()
    return None, root or ""


def _tell(row: AccountListing, by: Actor, at: datetime) -> None:
    """Write a difference that is new into the log of its body, or of the county."""
    body = row.organisation or Organisation.objects.filter(division_id=row.division_code).first()
    if body is None:
        return
    audit.write(
        chain=body.ext_id,
        kind="payments.accounts.compared",
        by=by,
        at=at,
        subject=("account_listing", row.ext_id),
        after={"standing": row.standing, "tail": row.tail},
    )
