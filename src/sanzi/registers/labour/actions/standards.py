"""The rate card of a place and the labour list of a village: dated rows, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.kernel import clock, divisions, ids, money
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division, Organisation, Person
from sanzi.registers.labour.errors import ListWrong
from sanzi.registers.labour.models import LabourListing, RateCard, RateUnit

RATE = "labour.rate"
LIST = "labour.list"
VALUE_MAX_FEN = 200_000


@dataclass(frozen=True)
class Rate:
    """A rate as it is set. Units: fen for a day of eight hours or a piece."""

    code: str
    title: str
    division_code: str
    value_fen: int
    unit: str
    valid_from_date: date
    source_ref: str


@transaction.atomic
def set_rate(*, rate: Rate, by: Actor, at: datetime) -> str:
    """Add a dated row to the rate card; the row before it ends the day before. Return its id.

    Raises: NotFound, ListWrong.
    """
    scope.require(by, RATE, rate.division_code)
    _require_rate(rate)
    body = _chain(rate.division_code)
    earlier = RateCard.objects.select_for_update().filter(
        rate_code=rate.code, division_code=rate.division_code
    )
    if earlier.filter(valid_from_date__gte=rate.valid_from_date).exists():
        raise ListWrong(why="这一档从那天起或更晚已经有标准")
    last_day = rate.valid_from_date - timedelta(days=1)
    earlier.filter(Q(valid_until_date__isnull=True) | Q(valid_until_date__gt=last_day)).update(
        valid_until_date=last_day
    )
    made = RateCard.objects.create(
        ext_id=ids.new_id("LR", at),
        rate_code=rate.code.strip(),
        title=rate.title.strip()[:40],
        division_code=rate.division_code,
        value_fen=rate.value_fen,
        unit=rate.unit,
        valid_from_date=rate.valid_from_date,
        source_ref=rate.source_ref.strip()[:120],
    )
    audit.write(
        chain=body,
        kind="labour.rate.set",
        by=by,
        at=at,
        subject=("rate_card", made.ext_id),
        after={
            "code": made.rate_code,
            "value_fen": made.value_fen,
            "from": str(rate.valid_from_date),
        },
    )
    return made.ext_id


def _require_rate(rate: Rate) -> None:
    if not 1 <= rate.value_fen <= VALUE_MAX_FEN:
        raise ListWrong(why=f"标准要在0.01元到{money.format_yuan(VALUE_MAX_FEN)}元之间")
    if rate.unit not in RateUnit.values:
        raise ListWrong(why="单位只能是一天或一件")
    if not rate.code.strip().isidentifier() or len(rate.code.strip()) > 24:
        raise ListWrong(why="代码只用英文字母、数字和下划线，最多24个")
    if not rate.title.strip() or not rate.source_ref.strip():
        raise ListWrong(why="名称和依据都要写")


@transaction.atomic
def list_person(
    *,
    person: str,
    division_code: str,
    by: Actor,
    at: datetime,
    health_until_date: date | None = None,
) -> str:
    """Put a villager on the labour list from today; return the row's id.

    Raises: NotFound, ListWrong.
    """
    scope.require(by, LIST, division_code)
    found = Person.objects.filter(ext_id=person, division_id=division_code).first()
    if found is None:
        raise NotFound
    today = clock.local_date(at)
    if found.death_date is not None:
        raise ListWrong(why=f"{found.name}登记为已故")
    standing = LabourListing.objects.select_for_update().filter(
        Q(until_date__isnull=True) | Q(until_date__gte=today),
        person=found,
        division_code=division_code,
    )
    if standing.exists():
        raise ListWrong(why=f"{found.name}已经在名单上")
    try:
        with transaction.atomic():
            made = LabourListing.objects.create(
                ext_id=ids.new_id("LL", at),
                person=found,
                division_code=division_code,
                since_date=today,
                health_until_date=health_until_date,
            )
    except IntegrityError as taken:
        raise ListWrong(why=f"{found.name}今天刚从名单上去掉，明天再加") from taken
    _told(made, "listed", by, at)
    return made.ext_id


@transaction.atomic
def unlist_person(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Take a villager off the list: yesterday was the last day. Raises: NotFound, ListWrong."""
    found = LabourListing.objects.select_for_update().filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    scope.require(by, LIST, found.division_code)
    last_day = clock.local_date(at) - timedelta(days=1)
    if found.until_date is not None and found.until_date <= last_day:
        raise ListWrong(why="已经不在名单上了")
    found.until_date = last_day
    found.save(update_fields=["until_date"])
    _told(found, "unlisted", by, at)


def _told(row: LabourListing, verb: str, by: Actor, at: datetime) -> None:
    audit.write(
        chain=_chain(row.division_code),
        kind=f"labour.listing.{verb}",
        by=by,
        at=at,
        subject=("labour_listing", row.ext_id),
        after={"person": row.person.ext_id},
    )


def _chain(division_code: str) -> str:
    """Return the audit chain of a place: its first body, or the first one above it."""
    if not Division.objects.filter(pk=division_code).exists():
        raise NotFound
    place: str | None = division_code
    while place is not None:
        rows = Organisation.objects.filter(division_id=place).order_by("pk")
        found = rows.values_list("ext_id", flat=True).first()
        if found:
            return found
        place = divisions.parent(place)
    raise NotFound
