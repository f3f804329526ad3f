"""The way of money: granted as a fund, allocated to a town, received, passed on to a village.

No step is taken back: what was written by mistake is told by the next document, and the log keeps
every step. Source: 预算法 第五十二条.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Sum

from sanzi.audit import actions as audit
from sanzi.kernel import clock, divisions, ids, money
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division, Organisation, OrganisationKind
from sanzi.payments.actions import funds as fund_rows
from sanzi.payments.actions.funds import FundFields
from sanzi.payments.models import Fund
from sanzi.registers.funds.errors import (
    AllocatedTooMuch,
    DayOutOfOrder,
    MoneyWrong,
    PassedTooMuch,
    ProjectElsewhere,
    TransferNotNow,
)
from sanzi.registers.funds.models import TownProject, Transfer
from sanzi.registers.funds.rules import LEVELS

GRANT: Final = "funds.grant"
ONWARD: Final = "funds.pass_on"
_CODE: Final = re.compile(r"[A-Za-z0-9-]{2,24}")


@dataclass(frozen=True)
class TransferFields:
    """An allocation of a fund. Units: fen.

    Shapes: `village` is empty for money that stays in the town; `project` may be empty.
    """

    fund: str
    town: str
    village: str
    amount_fen: int
    issued_date: date
    project: str = ""


@transaction.atomic
def enter_fund(*, fields: FundFields, by: Actor, at: datetime) -> str:
    """Enter a fund that was granted; returns its code.

    Raises: NotFound, MoneyWrong, DayOutOfOrder. Nothing is written then.
    """
    body = Organisation.objects.filter(ext_id=fields.organisation).first()
    if body is None:
        raise NotFound
    scope.require(by, GRANT, body.division_id)
    if not _CODE.fullmatch(fields.code.strip()):
        raise MoneyWrong(what="资金代码", why="用2到24个字母、数字和短横", field="code")
    if Fund.objects.filter(code=fields.code.strip()).exists():
        raise MoneyWrong(what="资金代码", why=f"{fields.code.strip()}登记过了", field="code")
    if not fields.name.strip():
        raise MoneyWrong(what="资金名称", why="没写", field="name")
    if fields.source_level not in LEVELS:
        raise MoneyWrong(what="哪一级给的", why="只能从列表里选", field="source_level")
    _require_sum(fields.amount_fen)
    require_past(fields.granted_date, "下达的日子", at, "granted_date")
    if fields.use_by_date is not None and fields.use_by_date < fields.granted_date:
        raise MoneyWrong(what="用到哪天", why="早于下达的日子", field="use_by_date")
    made = fund_rows.create(
        fields=fields, body=body, allocated_at=moment_of(fields.granted_date, at)
    )
    after = {"amount_fen": made.amount_fen, "day": fields.granted_date.isoformat()}
    _tell(body.ext_id, "fund.entered", ("fund", made.code), by, at, after=after)
    return made.code


@transaction.atomic
def receive_fund(*, code: str, day: date, by: Actor, at: datetime) -> None:
    """Note the day on which a fund came that nobody allocates further.

    Raises: NotFound, TransferNotNow, DayOutOfOrder. Nothing is written then.
    """
    fund = _locked_fund(code, by, ONWARD)
    if Transfer.objects.filter(fund_code=fund.code).exists():
        raise TransferNotNow(state="分到镇村了", verb="整笔收", field="day")
    if fund.received_at is not None:
        raise TransferNotNow(state="已经到账", verb="再收一次", field="day")
    when = _after(day, fund.allocated_at, "到账的日子", "下达", at)
    fund_rows.note_received(fund, when)
    after = {"amount_fen": fund.amount_fen, "day": day.isoformat()}
    _tell(fund.organisation.ext_id, "fund.received", ("fund", code), by, at, after=after)


@transaction.atomic
def allocate(*, fields: TransferFields, by: Actor, at: datetime) -> str:
    """Allocate a part of a fund to a town, for one of its villages or for itself.

    Returns the id. Raises: NotFound, MoneyWrong, AllocatedTooMuch, DayOutOfOrder,
        ProjectElsewhere. Nothing is written then.
    """
    fund = _locked_fund(fields.fund, by, GRANT)
    body = _require_town(fields.town, by)
    if fields.village and not (
        Division.objects.filter(code=fields.village, level="village").exists()
        and divisions.is_within(fields.village, fields.town)
    ):
        raise MoneyWrong(what="哪个村", why="不在这个镇", field="village")
    _require_sum(fields.amount_fen)
    project = _project(fields.project, fields.town)
    rows = Transfer.objects.filter(fund_code=fund.code)
    sent = rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    if sent + fields.amount_fen > fund.amount_fen:
        raise AllocatedTooMuch(
            fund=fund.name or fund.code,
            granted=money.format_yuan(fund.amount_fen),
            sent=money.format_yuan(sent),
            more=money.format_yuan(fields.amount_fen),
            left=money.format_yuan(max(fund.amount_fen - sent, 0)),
            field="amount",
        )
    issued = _after(
        fields.issued_date, fund.allocated_at, "下达到镇的日子", "资金下达", at, field="issued_date"
    )
    made = Transfer.objects.create(
        ext_id=ids.new_id("XD", at),
        organisation=body,
        division_code=fields.village or fields.town,
        town_code=fields.town,
        fund_code=fund.code,
        amount_fen=fields.amount_fen,
        issued_at=issued,
        project=project,
    )
    after = {"amount_fen": made.amount_fen, "day": fields.issued_date.isoformat()}
    _tell(body.ext_id, "transfer.issued", ("transfer", made.ext_id), by, at, after=after)
    return made.ext_id


@transaction.atomic
def receive(*, transfer: str, day: date, by: Actor, at: datetime) -> None:
    """Note the day on which an allocation came to the town.

    Raises: NotFound, TransferNotNow, DayOutOfOrder. Nothing is written then.
    """
    found = _locked(transfer, by)
    if found.town_received_at is not None:
        raise TransferNotNow(state="镇里已经收到", verb="再收一次", field="day")
    found.town_received_at = _after(day, found.issued_at, "收到的日子", "下达", at)
    found.save(update_fields=["town_received_at"])
    after = {"amount_fen": found.amount_fen, "day": day.isoformat()}
    _tell(
        found.organisation.ext_id, "transfer.received", ("transfer", transfer), by, at, after=after
    )  # fmt: skip


@transaction.atomic
def pass_on(*, transfer: str, amount_fen: int, day: date, by: Actor, at: datetime) -> None:
    """Note what was passed on to the village and when; in parts, never above what came.

    Raises: NotFound, TransferNotNow, MoneyWrong, PassedTooMuch, DayOutOfOrder. Nothing is
        written then.
    """
    found = _locked(transfer, by)
    if found.town_received_at is None:
        raise TransferNotNow(state="镇里还没有收到", verb="拨付", field="amount")
    if found.division_code == found.town_code:
        raise TransferNotNow(state="是给镇里自己用的", verb="拨到村", field="amount")
    _require_sum(amount_fen)
    if found.passed_fen + amount_fen > found.amount_fen:
        raise PassedTooMuch(
            received=money.format_yuan(found.amount_fen),
            passed=money.format_yuan(found.passed_fen),
            more=money.format_yuan(amount_fen),
            left=money.format_yuan(found.amount_fen - found.passed_fen),
            field="amount",
        )
    last = found.passed_on_at or found.town_received_at
    what = "上一次拨付" if found.passed_on_at else "镇里收到"
    found.passed_on_at = _after(day, last, "拨付的日子", what, at)
    found.passed_fen += amount_fen
    found.save(update_fields=["passed_on_at", "passed_fen"])
    fund = Fund.objects.select_related("organisation").filter(code=found.fund_code).first()
    if fund is not None and fund.organisation.division_id == found.division_code:
        fund_rows.note_received(fund, found.passed_on_at)
    after = {"amount_fen": amount_fen, "day": day.isoformat(), "passed_fen": found.passed_fen}
    _tell(
        found.organisation.ext_id, "transfer.passed_on", ("transfer", transfer), by, at, after=after
    )  # fmt: skip


def require_past(day: date, what: str, at: datetime, field: str) -> None:
    """Refuse a day that is still to come. Raises: DayOutOfOrder."""
    if day > clock.local_date(at):
        raise DayOutOfOrder(what=what, day=clock.date_said(day), why="还没到", field=field)


def moment_of(day: date, at: datetime) -> datetime:
    """Return the instant that stands for a day: now for today, else its first moment here."""
    if day == clock.local_date(at):
        return at
    return clock.midnight(day).astimezone(UTC)


def town_body(town: str) -> Organisation:
    """Return the body of a town that keeps its fiscal money: its agency, or its first office.

    Raises: NotFound.
    """
    rows = Organisation.objects.filter(division_id=town, division__level="town")
    found = rows.filter(kind=OrganisationKind.TOWN_AGENCY).order_by("pk").first()
    found = found or rows.order_by("pk").first()
    if found is None:
        raise NotFound
    return found


def _after(
    day: date, before: datetime | None, what: str, earlier: str, at: datetime, *, field: str = "day"
) -> datetime:
    """Return the instant of a day that must follow another. Raises: DayOutOfOrder."""
    require_past(day, what, at, field)
    if before is None:
        return moment_of(day, at)
    first = clock.local_date(before)
    if day < first:
        why = f"早于{earlier}的{clock.date_said(first)}"
        raise DayOutOfOrder(what=what, day=clock.date_said(day), why=why, field=field)
    return max(moment_of(day, at), before)


def _require_sum(fen: int) -> None:
    if not 0 < fen <= money.MAX_FEN:
        raise MoneyWrong(what="金额", why="要大于0", field="amount")


def _require_town(town: str, by: Actor) -> Organisation:
    scope.require(by, GRANT, town)
    return town_body(town)


def _project(ext_id: str, town: str) -> TownProject | None:
    if not ext_id:
        return None
    found = TownProject.objects.filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    if found.division_code != town:
        raise ProjectElsewhere(
            project=found.name,
            town=orgs.village_name(found.division_code),
            other=orgs.village_name(town),
            field="project",
        )
    return found


def _locked_fund(code: str, by: Actor, permission: str) -> Fund:
    rows = Fund.objects.select_for_update(of=("self",)).select_related("organisation")
    found = rows.filter(code=code).first()
    if found is None:
        raise NotFound
    scope.require(by, permission, found.organisation.division_id)
    return found


def _locked(ext_id: str, by: Actor) -> Transfer:
    rows = Transfer.objects.select_for_update(of=("self",)).select_related("organisation")
    found = rows.filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    scope.require(by, ONWARD, found.town_code)
    return found


def _tell(
    chain: str, what: str, subject: tuple[str, str], by: Actor, at: datetime,
    *,
    after: Mapping[str, object],
) -> None:  # fmt: skip
    audit.write(chain=chain, kind=f"funds.{what}", by=by, at=at, subject=subject, after=after)
