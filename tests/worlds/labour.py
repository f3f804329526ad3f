"""A village with a rate card, a labour list and an approved request: what tests of labour need."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from PIL import ExifTags, Image

from sanzi.orgs.models import Person
from sanzi.registers.labour.actions import days, declarations, photos, requests
from sanzi.registers.labour.actions.days import RosterRow
from sanzi.registers.labour.actions.photos import Shot
from sanzi.registers.labour.actions.requests import RequestFields
from sanzi.registers.labour.models import LabourListing, LabourRequest, RateCard, RateUnit
from worlds import money as worlds_money
from worlds.money import Money
from worlds.village import COUNTY

ASKED = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
"""Monday nine in the morning, two days before the day of work."""
DAY = date(2026, 11, 18)
MORNING = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
EVENING = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
DECLARED = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
PLACE = (29_300_000, 120_060_000)
CASE = "999901101201-M09-2026-0001"


@dataclass
class Labour:
    """The village, and the workers on its list."""

    money: Money
    workers: list[Person]

    def actor(self, role: str, at: datetime = EVENING) -> Any:
        """Return the actor of a role."""
        return self.money.actor(role, at)


def build(workers: int = 4) -> Labour:
    """Build the village: a rate of 150 yuan a day, all payees on the labour list."""
    return around(worlds_money.build(workers))


def around(money: Money) -> Labour:
    """Add the rate card and the labour list to a village."""
    RateCard.objects.create(
        ext_id="LR-1", rate_code="general", title="普通工", division_code=COUNTY,
        value_fen=15_000, valid_from_date=date(2026, 1, 1), source_ref="县级标准",
    )  # fmt: skip
    for number, person in enumerate(money.payees, start=1):
        LabourListing.objects.create(
            ext_id=f"LL-{number}", person=person, division_code=person.division_id,
            since_date=date(2026, 1, 1),
        )  # fmt: skip
    return Labour(money, money.payees)


def piece_rate() -> str:
    """Lay down a rate of 40 yuan a piece; return its code."""
    made = RateCard.objects.create(
        ext_id="LR-PIECE", rate_code="piece", title="编竹篱", division_code=COUNTY, value_fen=4_000,
        unit=RateUnit.PIECE, valid_from_date=date(2026, 1, 1), source_ref="县级标准",
    )  # fmt: skip
    return made.rate_code


def by_piece(labour: Labour) -> str:
    """Bring a request of piece work, with its own budget, to its approval."""
    return approved(labour, rate_code=piece_rate(), budget_fen=120_000)


def fields(labour: Labour, **changed: Any) -> RequestFields:
    """Return an ordinary request: four people, two days, one ditch."""
    return replace(
        RequestFields(
            organisation=labour.money.organisation.ext_id,
            work_kind="ditch",
            reason="雨季前清理排水沟",
            place="村东排水沟",
            planned_start_at=datetime(2026, 11, 17, 0, 0, tzinfo=UTC),
            planned_end_at=datetime(2026, 11, 19, 9, 0, tzinfo=UTC),
            headcount_planned=4,
            person_days_planned=8,
            rate_code="general",
            dispatcher=labour.money.world.people["committee_member"].ext_id,
            checker=labour.money.world.people["supervision_head"].ext_id,
            lat_e6=PLACE[0],
            lng_e6=PLACE[1],
        ),
        **changed,
    )


def asked(labour: Labour, case_number: str = CASE, **changed: Any) -> str:
    """Hand a request in."""
    at = changed.pop("at", ASKED)
    return requests.open_request(
        fields=fields(labour, **changed),
        case_number=case_number,
        by=labour.actor("committee_member", at),
        at=at,
    )


def approved(labour: Labour, case_number: str = CASE, **changed: Any) -> str:
    """Hand a request in and let it be approved an hour later."""
    made = asked(labour, case_number, **changed)
    later = changed.get("at", ASKED) + timedelta(hours=1)
    requests.approve(case_number=case_number, by=labour.actor("village_secretary", later), at=later)
    return made


def row(person: Person, day: date = DAY, **changed: Any) -> RosterRow:
    """Return eight hours of a person, eight to five."""
    start = datetime(day.year, day.month, day.day, 0, 0, tzinfo=UTC)
    return replace(
        RosterRow(person.ext_id, start, start + timedelta(hours=9), 480, is_signed=True), **changed
    )


def shoot(
    labour: Labour, request: str, *phases: str, mark: int = 0, at: datetime = EVENING
) -> None:
    """Take photos of a day at the site, each another picture."""
    for number, phase in enumerate(phases or ("before", "after")):
        photos.add(
            request=request,
            work_date=DAY,
            shot=Shot(phase, "现场.jpg", picture(mark * 10 + number, taken=at)),
            by=labour.actor("committee_member", at),
            at=at,
        )


def enter(
    labour: Labour, request: str, *rows: RosterRow, at: datetime = EVENING, **said: Any
) -> int:
    """Put all workers, or these rows, on the roster of the day."""
    return days.enter_day(
        request=request,
        work_date=said.pop("day", DAY),
        rows=rows or [row(one) for one in labour.workers],
        by=labour.actor(said.pop("role", "committee_member"), at),
        at=at,
        **said,
    )


def check(labour: Labour, request: str, at: datetime = EVENING, **said: Any) -> int:
    """Check the day."""
    role = said.pop("role", "supervision_head")
    return days.check_day(request=request, work_date=DAY, by=labour.actor(role, at), at=at, **said)


def worked(labour: Labour, case_number: str = CASE, **changed: Any) -> str:
    """Bring a request to one day that was entered, signed and checked."""
    request = approved(labour, case_number, **changed)
    shoot(labour, request)
    enter(labour, request)
    check(labour, request)
    return request


def declared(labour: Labour, **changed: Any) -> str:
    """Bring a request to its declaration, the morning after."""
    request = worked(labour, **changed)
    declarations.declare(
        request=request, by=labour.actor("cashier_reporter", DECLARED), at=DECLARED
    )
    return request


def found(request: str) -> LabourRequest:
    """Return the request as it stands."""
    return LabourRequest.objects.get(ext_id=request)


def picture(
    mark: int,
    taken: datetime | None = None,
    place: tuple[int, int] | None = None,
    quality: int = 85,
) -> bytes:
    """Return a photo of noise that only its own mark gives, with what a phone writes into it."""
    state = mark * 7919 + 17
    points = bytearray()
    for _ in range(18 * 18):
        state = (state * 1_103_515_245 + 12_345) % 2**31
        points.append(state >> 16 & 255)
    small = Image.frombytes("L", (18, 18), bytes(points))
    made, told = io.BytesIO(), Image.Exif()
    if taken is not None:
        inner = told.get_ifd(ExifTags.IFD.Exif)
        local = taken + timedelta(hours=8)
        inner[ExifTags.Base.DateTimeOriginal] = local.strftime("%Y:%m:%d %H:%M:%S")
    if place is not None:
        where = told.get_ifd(ExifTags.IFD.GPSInfo)
        where[ExifTags.GPS.GPSLatitudeRef] = "N"
        where[ExifTags.GPS.GPSLatitude] = _parts(place[0])
        where[ExifTags.GPS.GPSLongitudeRef] = "E"
        where[ExifTags.GPS.GPSLongitude] = _parts(place[1])
    small.resize((360, 360), Image.Resampling.NEAREST).convert("RGB").save(
        made, "JPEG", quality=quality, exif=told
    )
    return made.getvalue()


def _parts(e6: int) -> tuple[float, float, float]:
    degrees, rest = divmod(e6, 1_000_000)
    minutes, rest = divmod(rest * 60, 1_000_000)
    return (float(degrees), float(minutes), rest * 60 / 1_000_000)
