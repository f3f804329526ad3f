"""What a roster must be: who may be on it, how much, once; refused before it is handed in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.payments.models import BankAccount
from sanzi.registers.subsidies import rules
from sanzi.registers.subsidies.errors import (
    AwardExclusive,
    AwardTwice,
    BeneficiaryBarred,
    BeneficiaryDead,
    NoCard,
    OverArea,
    OverRate,
    RosterEmpty,
    RosterTwice,
    SubsidyWrong,
)
from sanzi.registers.subsidies.models import Award, AwardStatus, Program
from sanzi.registers.subsidies.queries import awards as reads
from sanzi.registers.subsidies.queries import fitness

LINES = "people"
PAYROLL, MOVED_OUT = "payroll", "moved_out"


@dataclass(frozen=True)
class Claim:
    """One person of the form. Units: thousandths of the programme's unit."""

    person: str
    quantity_milli: int
    basis_ref: str = ""


@dataclass(frozen=True)
class RosterFields:
    """The form: the claims written down, on top of the last period's list or alone."""

    organisation: str
    program: str
    period: str
    claims: Sequence[Claim] = ()
    is_like_last: bool = False
    gone: Sequence[str] = ()


@dataclass(frozen=True)
class Line:
    """One award to be. Units: fen, thousandths of the unit."""

    person: Person
    quantity_milli: int
    amount_fen: int
    account: BankAccount
    basis_ref: str
    is_near_cadre: bool


@dataclass(frozen=True)
class Judged:
    """A roster that may be handed in."""

    organisation: Organisation
    program: Program
    period: str
    lines: tuple[Line, ...]


def judge(*, fields: RosterFields, at: datetime, case_number: str) -> Judged:
    """Return the roster of a form with what the registers know.

    Raises: NotFound, SubsidyWrong, RosterEmpty, RosterTwice, OverRate, BeneficiaryDead,
        BeneficiaryBarred, AwardTwice, AwardExclusive, OverArea, NoCard. Source: 财办〔2020〕37号.
    """
    body = Organisation.objects.filter(ext_id=fields.organisation).first()
    if body is None:
        raise NotFound
    program = _program(fields, body.division_id, at)
    other = reads.rival(program, body.division_id, fields.period, case_number)
    if other is not None:
        raise RosterTwice(
            period=fields.period, program=program.name, number=other.case_number, field="period"
        )
    claims = _claims(fields, program, body.division_id)
    people = fitness.named(claims)
    for ext_id in claims:
        if ext_id not in people or people[ext_id].division_id != body.division_id:
            raise SubsidyWrong(what="名单", why="有人不在本村的人员名册里", field=LINES)
    _require_quantities(program, claims, people)
    _require_fit(program, fields.period, list(people.values()))
    _require_once(program, fields.period, list(people.values()), case_number)
    _require_land(program, fields.period, claims, people)
    cards = _cards(list(people.values()))
    near = fitness.near_cadres(body.division_id, clock.local_date(at))
    return Judged(
        body,
        program,
        fields.period,
        tuple(
            Line(
                person=people[key],
                quantity_milli=one.quantity_milli,
                amount_fen=rules.due_fen(one.quantity_milli, program.rate_fen),
                account=cards[people[key].pk],
                basis_ref=one.basis_ref,
                is_near_cadre=people[key].pk in near,
            )
            for key, one in claims.items()
        ),
    )


def _program(fields: RosterFields, division_code: str, at: datetime) -> Program:
    if rules.span(fields.period) is None:
        raise SubsidyWrong(what="期间", why="要写2026或2026-03这样", field="period")
    offered = reads.programs_on(clock.local_date(at), division_code)
    found = next((one for one in offered if one.ext_id == fields.program), None)
    if found is None:
        raise SubsidyWrong(what="补贴项目", why="现在没有这一项", field="program")
    return found


def _claims(fields: RosterFields, program: Program, division_code: str) -> dict[str, Claim]:
    """Return the claims by person: the last list without those gone, then what was written."""
    twice = [key for key, n in Counter(one.person for one in fields.claims).items() if n > 1]
    if twice:
        raise SubsidyWrong(what="名单", why="同一个人写了两行", field=LINES)
    found: dict[str, Claim] = {}
    if fields.is_like_last:
        earlier = reads.last_awards(program, division_code, fields.period)
        left = {one.pk for one in _still_there([one.person for one in earlier], fields.period)}
        found = {
            one.person.ext_id: Claim(one.person.ext_id, one.quantity_milli, one.basis_ref)
            for one in earlier
            if one.person_id in left and one.person.ext_id not in fields.gone
        }
    found.update({one.person: one for one in fields.claims})
    if not found:
        raise RosterEmpty(field=LINES)
    return found


def _still_there(people: Sequence[Person], period: str) -> list[Person]:
    """Return those who are neither dead nor moved out: the list is carried over without them."""
    span = rules.span(period)
    died = fitness.deaths(people)
    return [
        one
        for one in people
        if one.household_status != MOVED_OUT
        and not (span and one.pk in died and died[one.pk] < span[0])
    ]


def _require_quantities(
    program: Program, claims: dict[str, Claim], people: dict[str, Person]
) -> None:
    for key, one in claims.items():
        if not 0 < one.quantity_milli <= rules.QUANTITY_MAX_MILLI:
            raise SubsidyWrong(what=f"{people[key].name}的数量", why="要大于0", field=LINES)
        if program.cap_milli is not None and one.quantity_milli > program.cap_milli:
            raise OverRate(
                name=people[key].name, quantity=_number(one.quantity_milli),
                cap=_number(program.cap_milli), unit=program.unit, field=LINES,
            )  # fmt: skip
        if rules.due_fen(one.quantity_milli, program.rate_fen) < 1:
            raise SubsidyWrong(
                what=f"{people[key].name}的数量", why="算下来不到一分钱", field=LINES
            )


def _require_fit(program: Program, period: str, people: Sequence[Person]) -> None:
    span = rules.span(period)
    if span is None:
        return
    died = fitness.deaths(people)
    said = fitness.statuses(people, *span)
    for one in people:
        day = died.get(one.pk)
        if day is not None and day < span[0]:
            words = clock.date_said(day)
            raise BeneficiaryDead(name=one.name, day=words, period=period, field=LINES)
        kinds = {status.kind for status in said.get(one.pk, [])}
        moved = one.household_status == MOVED_OUT or MOVED_OUT in kinds
        why = ""
        if program.excludes_payroll and PAYROLL in kinds:
            why = "在财政供养名单上"
        elif program.excludes_moved_out and moved:
            why = "登记为已迁出"
        if why:
            raise BeneficiaryBarred(name=one.name, why=why, program=program.name, field=LINES)


def _require_once(
    program: Program, period: str, people: Sequence[Person], case_number: str
) -> None:
    """Refuse who has the same award already, or one that excludes it, anywhere in the county."""
    keys = [one.pk for one in people]
    rows = Award.objects.exclude(status=AwardStatus.REMOVED).exclude(case_number=case_number or "-")
    rows = rows.select_related("program", "person")
    same = rows.filter(program__code=program.code, period=period)
    hit = same.filter(person_id__in=keys).first()
    if hit is None and program.needs_land:
        homes = [one.household_id for one in people if one.household_id is not None]
        hit = same.filter(household_id__in=homes).first()
    if hit is not None:
        village = orgs.village_name(hit.division_code)
        raise AwardTwice(
            name=hit.person.name, village=village, period=period, program=program.name, field=LINES
        )
    if not program.exclusive_group:
        return
    others = rows.filter(
        program__exclusive_group=program.exclusive_group, person_id__in=keys
    ).exclude(program__code=program.code)
    for one in others.order_by("pk"):
        if rules.overlap(one.period, period):
            raise AwardExclusive(
                name=one.person.name, period=period, other=one.program.name, program=program.name,
                field=LINES,
            )  # fmt: skip


def _require_land(
    program: Program, period: str, claims: dict[str, Claim], people: dict[str, Person]
) -> None:
    span = rules.span(period)
    if not program.needs_land or span is None:
        return
    asked: dict[int | None, int] = defaultdict(int)
    for key, one in claims.items():
        asked[people[key].household_id] += one.quantity_milli
    rights = fitness.land_centi([key for key in asked if key is not None], span[0])
    percent = rules.on(span[0]).area_tolerance_percent
    for person in people.values():
        home = person.household_id
        right = rights.get(home, 0) if home is not None else 0
        if rules.is_over_area(asked[home], right, percent):
            raise OverArea(
                name=person.name, asked=_number(asked[home]), right=_number(right * 10), field=LINES
            )


def _cards(people: Sequence[Person]) -> dict[int, BankAccount]:
    """Return the own card of everybody; two households never share one."""
    found = fitness.cards(one.pk for one in people)
    homes: dict[str, int | None] = {}
    for one in people:
        card = found.get(one.pk)
        if card is None:
            raise NoCard(name=one.name, why="没有登记自己的银行卡", field=LINES)
        if card.holder_name != one.name:
            raise NoCard(name=one.name, why="登记的银行卡户名不是本人", field=LINES)
        other = homes.setdefault(card.number_index, one.household_id)
        if other != one.household_id:
            raise NoCard(name=one.name, why="和别家用同一张卡", field=LINES)
    return found


def _number(milli: int) -> str:
    return f"{milli / rules.MILLI:g}"
