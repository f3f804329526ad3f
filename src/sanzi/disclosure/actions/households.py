"""A household's own page: sealed codes, one-time codes by phone, and every look written down.

Wrong name and wrong code cost the same steps and give the same answer; tries are limited per
person looked up and per address; no address is kept, only its index of the day.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from secrets import randbelow

from django.conf import settings
from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.disclosure import rules
from sanzi.disclosure.errors import HouseholdNotOpened, TooManyTries
from sanzi.disclosure.models import HouseholdCode, HouseholdLook, OneTimeCode
from sanzi.kernel import clock, digest, ids
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs import secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Household, Organisation, Person


@dataclass(frozen=True)
class Knock:
    """Somebody at the door of a household: the village, the name given, and from where."""

    division_code: str
    name: str
    address: str
    at: datetime

    @property
    def name_index(self) -> str:
        """The index under which tries for this name are counted."""
        return index("look-name", f"{self.division_code}:{self.name.strip()}")

    @property
    def address_index(self) -> str:
        """The index of the address, different each day."""
        return index("look-address", f"{clock.local_date(self.at)}:{self.address}")


def index(kind: str, value: str) -> str:
    """Return the keyed index of a value; each kind has its own."""
    return digest.hmac_sm3(bytes.fromhex(settings.SANZI.index_key), f"{kind}:{value}")


def _code_hash(code: str) -> str:
    return index("household-code", rules.normal_code(code))


@transaction.atomic()
def issue_code(*, household_ext_id: str, by: Actor, at: datetime) -> str:
    """Make a new code for a household and return it once; older codes end.

    The code goes into a sealed envelope; only its keyed hash is stored. Raises: NotFound.
    """
    household = orgs.access_household(by=by, ext_id=household_ext_id)
    code = ids.new_token(rules.CODE_BITS)
    HouseholdCode.objects.filter(household=household, revoked_at__isnull=True).update(
        revoked_at=at,
    )
    HouseholdCode.objects.create(
        household=household,
        code_hash=_code_hash(code),
        issued_at=at,
        issued_by_id=by.user_id,
    )
    tell(household, "disclosure.code.issued", by, at)
    return code


@transaction.atomic()
def revoke_codes(*, household_ext_id: str, by: Actor, at: datetime) -> int:
    """End every code of a household. Raises: NotFound."""
    household = orgs.access_household(by=by, ext_id=household_ext_id)
    count = HouseholdCode.objects.filter(household=household, revoked_at__isnull=True).update(
        revoked_at=at,
    )
    tell(household, "disclosure.code.revoked", by, at)
    return count


def tell(
    household: Household,
    kind: str,
    by: Actor,
    at: datetime,
    after: dict[str, object] | None = None,
) -> None:
    """Write down in the village's chain that something happened to a household's page."""
    chain = (
        Organisation.objects.filter(division_id=household.division_id)
        .order_by("id")
        .values_list("ext_id", flat=True)
        .first()
    )
    audit.write(
        chain=chain or household.division_id,
        kind=kind,
        by=by,
        at=at,
        subject=("household", household.ext_id),
        after=after,
    )


def open_by_code(*, knock: Knock, code: str) -> Household:
    """Open a household's page by a member's name and the household code.

    Raises: TooManyTries, HouseholdNotOpened. The look is written down either way.
    """
    check_tries(knock)
    held = (
        HouseholdCode.objects.select_related("household")
        .filter(
            code_hash=_code_hash(code),
            revoked_at__isnull=True,
            household__division_id=knock.division_code,
        )
        .first()
    )
    household = held.household if held else None
    return _answer(knock, household, "code")


def send_one_time_code(*, knock: Knock, phone: str) -> None:
    """Send a code to a registered phone, if name and phone belong together; say nothing of it.

    Raises: TooManyTries. The caller shows the same words whether a code was sent or not.
    """
    check_tries(knock)
    phone_index = secrets.index("phone", phone)
    person = (
        Person.objects.select_related("household")
        .filter(
            division_id=knock.division_code,
            phone_index=phone_index,
            name=knock.name.strip(),
            household__isnull=False,
        )
        .first()
    )
    code = f"{randbelow(1_000_000):06d}"
    with transaction.atomic():
        note(knock, None, "phone", is_granted=False)
        if person is None or person.household is None:
            return
        made = OneTimeCode.objects.create(
            household=person.household,
            phone_index=phone_index,
            code_hash=index("one-time", code),
            sent_at=knock.at,
            expires_at=knock.at + rules.ONE_TIME_LASTS,
        )
        notice = outbox.NewNotice(
            dedup_key=f"one-time:{made.pk}",
            channel=Channel.SMS,
            sealed_phone=person.sealed_phone,
            template="household_code",
            params={"code": code},
            expires_at=made.expires_at,
        )
        outbox.enqueue([notice], at=knock.at)


def open_by_one_time_code(*, knock: Knock, phone: str, code: str) -> Household:
    """Open a household's page by the code sent to its registered phone.

    Raises: TooManyTries, HouseholdNotOpened.
    """
    check_tries(knock)
    sent = (
        OneTimeCode.objects.select_related("household")
        .filter(
            phone_index=secrets.index("phone", phone),
            used_at__isnull=True,
            expires_at__gte=knock.at,
            wrong_count__lt=rules.ONE_TIME_WRONG_MAX,
            household__division_id=knock.division_code,
        )
        .order_by("-sent_at")
        .first()
    )
    given = index("one-time", code.strip())
    is_right = hmac.compare_digest(given, sent.code_hash if sent else "0" * 64)
    if sent is not None and is_right:
        OneTimeCode.objects.filter(pk=sent.pk).update(used_at=knock.at)
    elif sent is not None:
        OneTimeCode.objects.filter(pk=sent.pk).update(wrong_count=sent.wrong_count + 1)
    return _answer(knock, sent.household if sent and is_right else None, "phone")


def check_tries(knock: Knock) -> None:
    """Refuse after too many wrong answers for a name or from an address. Raises: TooManyTries."""
    since = knock.at - rules.TRIES_WINDOW
    wrong = HouseholdLook.objects.filter(at__gte=since, was_granted=False)
    if (
        wrong.filter(name_index=knock.name_index).count() >= rules.WRONG_PER_NAME_MAX
        or wrong.filter(address_index=knock.address_index).count() >= rules.WRONG_PER_ADDRESS_MAX
    ):
        raise TooManyTries


def _answer(knock: Knock, household: Household | None, how: str) -> Household:
    names = Person.objects.filter(
        household_id=household.pk if household else -1,
        death_date__isnull=True,
    ).values_list("name", flat=True)
    is_granted = any(
        hmac.compare_digest(name.encode(), knock.name.strip().encode()) for name in names
    )
    note(knock, household, how, is_granted=is_granted)
    if household is None or not is_granted:
        raise HouseholdNotOpened
    return household


def note(knock: Knock, household: Household | None, how: str, *, is_granted: bool) -> None:
    """Write a look down, opened or not."""
    HouseholdLook.objects.create(
        household=household,
        name_index=knock.name_index,
        address_index=knock.address_index,
        at=knock.at,
        how=how,
        was_granted=is_granted,
    )
