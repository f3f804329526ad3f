"""Relief goods: asked for by list, shown, handed out by two, counted at the end (power M27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.registers.subsidies import rules
from sanzi.registers.subsidies.errors import (
    BatchShort,
    BeneficiaryDead,
    CountDiffers,
    NotNow,
    NotShownEnough,
    OverNeed,
    SubsidyWrong,
    TwoHands,
)
from sanzi.registers.subsidies.models import ReliefBatch, ReliefLine, ReliefStatus
from sanzi.registers.subsidies.queries import fitness

HANDS = 2


@dataclass(frozen=True)
class Need:
    """One person of the list. Units: thousandths."""

    person: str
    quantity_milli: int
    reason: str


@dataclass(frozen=True)
class BatchFields:
    """The form. Units: thousandths."""

    organisation: str
    batch_no: str
    giver: str
    item: str
    unit: str
    received_milli: int
    received_date: date
    is_urgent: bool
    needs: Sequence[Need]


def number(milli: int) -> str:
    """Return thousandths as people write them."""
    return f"{milli / rules.MILLI:g}"


def judge(*, fields: BatchFields, at: datetime) -> dict[str, Person]:
    """Return the people of a list that may be handed in, by ext id.

    Raises: SubsidyWrong, BatchShort, BeneficiaryDead.
    """
    keys = [one.person for one in fields.needs]
    if not keys or len(set(keys)) != len(keys):
        raise SubsidyWrong(what="名单", why="没有人，或同一个人写了两行", field="needs")
    day = clock.local_date(at)
    if fields.received_date > day:
        raise SubsidyWrong(what="收到日期", why="不能在今天以后", field="received_date")
    if fields.received_milli <= 0 or any(one.quantity_milli <= 0 for one in fields.needs):
        raise SubsidyWrong(what="数量", why="要大于0", field="needs")
    asked = sum(one.quantity_milli for one in fields.needs)
    if asked > fields.received_milli:
        raise BatchShort(
            item=fields.item, have=number(fields.received_milli), unit=fields.unit,
            verb="名单上合计", asked=number(asked), field="needs",
        )  # fmt: skip
    people = fitness.named(keys)
    body = Organisation.objects.filter(ext_id=fields.organisation).first()
    if body is None or any(key not in people for key in keys):
        raise NotFound
    died = fitness.deaths(people.values())
    for one in people.values():
        if one.pk in died:
            gone = died[one.pk]
            words = clock.date_said(gone)
            raise BeneficiaryDead(name=one.name, day=words, period="这批东西", field="needs")
    return people


@transaction.atomic
def request(*, fields: BatchFields, case_number: str, by: Actor, at: datetime) -> None:
    """Enter a batch and its list, in place of an earlier form. Raises: what `judge` raises."""
    people = judge(fields=fields, at=at)
    body = Organisation.objects.get(ext_id=fields.organisation)
    ReliefBatch.objects.filter(case_number=case_number).delete()
    found = ReliefBatch.objects.create(
        ext_id=ids.new_id("JW", at), organisation=body, division_code=body.division_id,
        case_number=case_number, batch_no=fields.batch_no[:30], giver=fields.giver[:60],
        item=fields.item[:40], unit=fields.unit, received_milli=fields.received_milli,
        received_date=fields.received_date, is_urgent=fields.is_urgent, submitted_at=at,
    )  # fmt: skip
    ReliefLine.objects.bulk_create(
        ReliefLine(
            ext_id=ids.new_id("JL", at), batch=found, person=people[one.person],
            reason=one.reason[:60], need_milli=one.quantity_milli,
        )
        for one in fields.needs
    )  # fmt: skip
    _tell(found, "requested", by, at, {"lines": len(fields.needs)})


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note the approval. Raises: NotFound, NotNow."""
    found = _locked(case_number, ReliefStatus.REQUESTED, "批")
    found.approved_at = at
    _move(found, ReliefStatus.APPROVED, by, at, {})


@transaction.atomic
def show(*, case_number: str, by: Actor, at: datetime) -> None:
    """Hang the list out. Raises: NotFound, NotNow."""
    found = _locked(case_number, ReliefStatus.APPROVED, "公示")
    found.publicity_start_at = at
    _move(found, ReliefStatus.SHOWN, by, at, {})


@transaction.atomic
def hand_out(
    *, case_number: str, given: Mapping[str, int], hands: Sequence[str], by: Actor, at: datetime
) -> None:
    """Hand goods to persons of the list; urgent ones need not wait for the days of publicity.

    Shapes: `given` is thousandths by person; `hands` are the two who hand out.
    Raises: NotFound, NotNow, NotShownEnough, TwoHands, OverNeed.
    """
    found = _locked(case_number, ReliefStatus.SHOWN, "发放")
    days = rules.on(clock.local_date(at)).relief_publicity_days
    until = rules.shown_until(found.publicity_start_at or at, days)
    if at < until and not found.is_urgent:
        raise NotShownEnough(days=days, until=clock.minute_text(until), verb="发放")
    people = fitness.named(hands)
    if len(people) < HANDS:
        raise TwoHands(why=f"只有{len(people)}个，要{HANDS}个")
    if set(people) & set(given):
        raise TwoHands(why="里有自己领东西的")
    lines = {one.person.ext_id: one for one in found.lines.select_related("person")}
    first, second = [people[key] for key in dict.fromkeys(hands)][:HANDS]
    for key, quantity in given.items():
        line = lines.get(key)
        left = line.need_milli - line.given_milli if line else 0
        if line is None or not 0 < quantity <= left:
            named = line.person if line else fitness.named([key]).get(key)
            raise OverNeed(
                name=named.name if named else "有人", left=number(left), unit=found.unit,
                asked=number(quantity),
            )  # fmt: skip
        line.given_milli += quantity
        line.signed_at, line.giver, line.witness = at, first, second
        line.save(update_fields=["given_milli", "signed_at", "giver", "witness"])
    found.given_milli += sum(given.values())
    found.save(update_fields=["given_milli"])
    _tell(found, "handed", by, at, {"to": sorted(given)})


@transaction.atomic
def count(*, case_number: str, counted_milli: int, by: Actor, at: datetime) -> None:
    """Count what is left; it must be what the list says. Raises: NotFound, NotNow, CountDiffers."""
    found = _locked(case_number, ReliefStatus.SHOWN, "盘点")
    book = found.received_milli - found.given_milli
    if counted_milli != book:
        raise CountDiffers(book=number(book), count=number(counted_milli), unit=found.unit)
    found.counted_milli, found.counted_at = counted_milli, at
    _move(found, ReliefStatus.CLOSED, by, at, {"left": counted_milli})


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it came to nothing."""
    found = ReliefBatch.objects.filter(case_number=case_number).first()
    if found is not None:
        _move(found, ReliefStatus.ENDED, by, at, {})


def _locked(case_number: str, status: ReliefStatus, verb: str) -> ReliefBatch:
    found = (
        ReliefBatch.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    if found.status != status:
        raise NotNow(title=found.item, status=found.get_status_display(), verb=verb)
    return found


def _move(
    found: ReliefBatch, status: ReliefStatus, by: Actor, at: datetime, after: Mapping[str, object]
) -> None:
    found.status = status
    found.save()
    _tell(found, status.value, by, at, after)


def _tell(
    found: ReliefBatch, what: str, by: Actor, at: datetime, after: Mapping[str, object]
) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"subsidies.relief.{what}",
        by=by,
        at=at,
        subject=("relief_batch", found.ext_id),
        after={"batch": found.batch_no, **after},
    )
