"""Levies: planned within the cap, voted, approved by town and county, collected, used (M28).

Source: 国办发〔2007〕4号: voted by the villagers, capped a head by the province, the poor exempt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids, money
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.registers.subsidies import rules
from sanzi.registers.subsidies.errors import (
    LevyNotDue,
    LevyOverCap,
    LevyOverspent,
    NotNow,
    SubsidyWrong,
)
from sanzi.registers.subsidies.models import (
    Levy,
    LevyExempt,
    LevyLine,
    LevyStatus,
    LineKind,
)
from sanzi.registers.subsidies.queries import fitness


@dataclass(frozen=True)
class LevyFields:
    """The plan. Units: fen and days a head; `exempt` is the reason by person."""

    organisation: str
    project: str
    per_head_fen: int
    days_per_head: int
    head_count: int
    exempt: Mapping[str, str]


@dataclass(frozen=True)
class Gift:
    """What one household gave. Units: fen."""

    person: str
    amount_fen: int
    days: int
    receipt_no: str


@dataclass(frozen=True)
class Use:
    """What money was used for. Units: fen."""

    words: str
    amount_fen: int


def judge(*, fields: LevyFields, at: datetime) -> dict[str, Person]:
    """Return the exempt people of a plan that may be handed in.

    Raises: NotFound, SubsidyWrong, LevyOverCap.
    """
    figures = rules.on(clock.local_date(at))
    if fields.per_head_fen > figures.levy_per_head_max_fen:
        raise LevyOverCap(
            asked=money.format_yuan(fields.per_head_fen),
            cap=money.format_yuan(figures.levy_per_head_max_fen), unit="元", field="per_head",
        )  # fmt: skip
    if fields.days_per_head > figures.levy_days_per_head_max:
        raise LevyOverCap(
            asked=fields.days_per_head, cap=figures.levy_days_per_head_max, unit="个工",
            field="days",
        )  # fmt: skip
    if fields.per_head_fen + fields.days_per_head <= 0:
        raise SubsidyWrong(what="方案", why="钱和工不能都是0", field="per_head")
    if not len(fields.exempt) < fields.head_count:
        raise SubsidyWrong(what="人数", why="要比减免的人多", field="heads")
    people = fitness.named(fields.exempt)
    if len(people) != len(fields.exempt):
        raise NotFound
    return people


@transaction.atomic
def plan(*, fields: LevyFields, case_number: str, decision: str, by: Actor, at: datetime) -> None:
    """Enter a plan, in place of an earlier form. Raises: what `judge` raises, NotFound."""
    people = judge(fields=fields, at=at)
    body = Organisation.objects.filter(ext_id=fields.organisation).first()
    if body is None:
        raise NotFound
    Levy.objects.filter(case_number=case_number).delete()
    found = Levy.objects.create(
        ext_id=ids.new_id("YS", at), organisation=body, division_code=body.division_id,
        case_number=case_number, project=fields.project[:60], per_head_fen=fields.per_head_fen,
        days_per_head=fields.days_per_head, head_count=fields.head_count,
        exempt_count=len(people), decision_ext_id=decision, submitted_at=at,
    )  # fmt: skip
    LevyExempt.objects.bulk_create(
        LevyExempt(levy=found, person=one, reason=fields.exempt[key][:60])
        for key, one in people.items()
    )
    _tell(found, "planned", by, at, {"per_head_fen": found.per_head_fen})


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the county agreed. Raises: NotFound, NotNow."""
    found = _locked(case_number, LevyStatus.PLANNED, "批")
    found.approved_at = at
    _move(found, LevyStatus.APPROVED, by, at)


@transaction.atomic
def collect(*, case_number: str, gifts: Sequence[Gift], by: Actor, at: datetime) -> None:
    """Note what households gave, each with its receipt; nobody more than the plan asks of him.

    Raises: NotFound, NotNow, LevyNotDue.
    """
    found = _locked(case_number, LevyStatus.APPROVED, "收")
    people = fitness.named(one.person for one in gifts)
    exempt = set(found.exempt.values_list("person_id", flat=True))
    for one in gifts:
        person = people.get(one.person)
        if person is None or person.division_id != found.division_code:
            raise LevyNotDue(name=person.name if person else "有人", why="不是本村的人")
        _require_due(found, person, one, exempt)
        if found.lines.filter(receipt_no=one.receipt_no).exists():
            raise LevyNotDue(name=person.name, why=f"的收据{one.receipt_no}用过了")
        LevyLine.objects.create(
            ext_id=ids.new_id("YL", at), levy=found, kind=LineKind.COLLECTED, person=person,
            amount_fen=one.amount_fen, days=one.days, receipt_no=one.receipt_no[:30], done_at=at,
        )  # fmt: skip
        found.collected_fen += one.amount_fen
    found.save(update_fields=["collected_fen"])
    _tell(found, "collected", by, at, {"amount_fen": sum(one.amount_fen for one in gifts)})


def _require_due(found: Levy, person: Person, gift: Gift, exempt: set[int]) -> None:
    """Refuse more than the heads of a household owe, without those who are exempt."""
    if person.household_id is None:
        heads = 1 if person.pk not in exempt else 0
        given = found.lines.filter(person=person)
    else:
        home = Person.objects.filter(household=person.household, death_date__isnull=True)
        heads = home.exclude(pk__in=exempt).count()
        given = found.lines.filter(person__household=person.household)
    if heads == 0:
        raise LevyNotDue(name=person.name, why="家是减免的，不收")
    told = given.aggregate(fen=Sum("amount_fen"), days=Sum("days"))
    if gift.amount_fen <= 0 and gift.days <= 0:
        raise LevyNotDue(name=person.name, why="家没有写收了多少")
    if (told["fen"] or 0) + gift.amount_fen > heads * found.per_head_fen:
        fen = money.format_yuan(heads * found.per_head_fen)
        raise LevyNotDue(name=person.name, why=f"家{heads}个人，最多收{fen}元")
    if (told["days"] or 0) + gift.days > heads * found.days_per_head:
        raise LevyNotDue(
            name=person.name, why=f"家{heads}个人，最多{heads * found.days_per_head}个工"
        )


@transaction.atomic
def use(*, case_number: str, uses: Sequence[Use], by: Actor, at: datetime) -> None:
    """Note what the money was used for; never more than was collected.

    Raises: NotFound, NotNow, SubsidyWrong, LevyOverspent.
    """
    found = _locked(case_number, LevyStatus.APPROVED, "用")
    for one in uses:
        if one.amount_fen <= 0:
            raise SubsidyWrong(what="用掉的金额", why="要大于0")
        if found.used_fen + one.amount_fen > found.collected_fen:
            raise LevyOverspent(
                collected=money.format_yuan(found.collected_fen),
                used=money.format_yuan(found.used_fen),
                more=money.format_yuan(one.amount_fen),
            )  # fmt: skip
        LevyLine.objects.create(
            ext_id=ids.new_id("YL", at), levy=found, kind=LineKind.USED, words=one.words[:60],
            amount_fen=one.amount_fen, done_at=at,
        )  # fmt: skip
        found.used_fen += one.amount_fen
    found.save(update_fields=["used_fen"])
    _tell(found, "used", by, at, {"amount_fen": sum(one.amount_fen for one in uses)})


@transaction.atomic
def finish(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that all is used and told. Raises: NotFound, NotNow."""
    _move(_locked(case_number, LevyStatus.APPROVED, "办结"), LevyStatus.USED, by, at)


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it came to nothing."""
    found = Levy.objects.filter(case_number=case_number).first()
    if found is not None:
        _move(found, LevyStatus.ENDED, by, at)


def _locked(case_number: str, status: LevyStatus, verb: str) -> Levy:
    found = (
        Levy.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    if found.status != status:
        raise NotNow(title=found.project, status=found.get_status_display(), verb=verb)
    return found


def _move(found: Levy, status: LevyStatus, by: Actor, at: datetime) -> None:
    found.status = status
    found.save()
    _tell(found, status.value, by, at, {})


def _tell(found: Levy, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"subsidies.levy.{what}",
        by=by,
        at=at,
        subject=("levy", found.ext_id),
        after={"project": found.project, **after},
    )
