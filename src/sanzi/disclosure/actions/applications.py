"""The public door: a household hands in a case of its own, gets a receipt, follows it.

A form comes with a token, so that what is sent twice is one case. How often a household and an
address may begin is limited by the day. What is filled and who takes it: `matters.actions.online`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.disclosure import rules
from sanzi.disclosure.actions import households
from sanzi.disclosure.errors import ReceiptNotOpened, TooManyApplications
from sanzi.disclosure.models import Application
from sanzi.kernel import clock, ids
from sanzi.matters import followed
from sanzi.matters.actions import online
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Household

TOKEN_LENGTH = (16, 40)


@dataclass(frozen=True)
class Sheet:
    """A form as it was sent: which power, the token it came with, from where, what it says."""

    matter_code: str
    token: str
    address: str
    wish: online.Wish


@dataclass(frozen=True)
class Receipt:
    """The number of a case, and the code that opens it; empty when the form came before."""

    number: str
    code: str


def hand_in(*, sheet: Sheet, by: Actor, at: datetime) -> Receipt:
    """Begin a case for a household and give its receipt; the same form again gives the same case.

    Raises: NotFound, TooManyApplications, what `online.hand_in` raises. Nothing is left then.
    """
    least, most = TOKEN_LENGTH
    if by.household_id is None or not least <= len(sheet.token) <= most:
        raise NotFound
    with transaction.atomic():
        household = Household.objects.select_for_update().get(pk=by.household_id)
        known = Application.objects.filter(token=sheet.token).first()
        if known is not None:
            if known.household_id != household.pk:
                raise NotFound
            return Receipt(known.case_number, "")
        address = households.index("door-address", f"{clock.local_date(at)}:{sheet.address}")
        _require_few(household, address, at)
        number = online.hand_in(matter_code=sheet.matter_code, wish=sheet.wish, by=by, at=at)
        code = ids.new_token(rules.RECEIPT_BITS)
        Application.objects.create(
            token=sheet.token,
            household=household,
            case_number=number,
            code_hash=_code_hash(number, code),
            address_index=address,
            handed_in_at=at,
        )
    return Receipt(number, code)


def _require_few(household: Household, address: str, at: datetime) -> None:
    today = Application.objects.filter(handed_in_at__gt=at - rules.TRIES_WINDOW)
    for who, rows, limit in (
        ("您家", today.filter(household=household), rules.APPLICATIONS_PER_HOUSEHOLD),
        ("这个网络", today.filter(address_index=address), rules.APPLICATIONS_PER_ADDRESS),
    ):
        if rows.count() >= limit:
            raise TooManyApplications(who=who, limit=limit)


def open_receipt(*, knock: households.Knock, code: str) -> Actor:
    """Return the applicant of a case by the number and the code of its receipt.

    Shapes: the number is the knock's name. Raises: TooManyTries, ReceiptNotOpened; the try is
        written down either way.
    """
    households.check_tries(knock)
    number = knock.name.strip()
    found = Application.objects.filter(
        case_number=number,
        code_hash=_code_hash(number, code),
        household__division_id=knock.division_code,
    ).first()
    households.note(knock, found.household if found else None, "receipt", is_granted=bool(found))
    if found is None:
        raise ReceiptNotOpened
    return followed.applicant(number)


def _code_hash(number: str, code: str) -> str:
    return households.index("receipt", f"{number}:{rules.normal_code(code)}")
