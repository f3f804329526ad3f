"""Accounts that a county adds to a chart: drawn up by one person, approved by another.

Official accounts are never changed, renamed or closed, and no code is ever given another meaning.
Source: 财会〔2024〕12号 第二十条（二） (standard accounts, which may be extended).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from sanzi.kernel import ids
from sanzi.ledger import standards
from sanzi.ledger.actions import proposals
from sanzi.ledger.errors import (
    BadAddition,
    CodeTaken,
    NoStandard,
    OfficialAccount,
    ParentInUse,
)
from sanzi.ledger.models import ChartAddition, OpeningBalance, VoucherLine
from sanzi.ledger.queries import charts
from sanzi.ledger.standards import Account, BadStandard, Standard, said
from sanzi.orgs.actors import Actor

KIND = "chart_addition"
NAME_MAX = 60


@dataclass(frozen=True)
class NewAccount:
    """What is asked for. `account_class` and `side` stand at the first level only."""

    standard_code: str
    code: str
    name: str
    valid_from_date: dt.date
    requires: Sequence[str] = ()
    account_class: str = ""
    side: str = ""


def propose_account(*, account: NewAccount, by: Actor, at: dt.datetime) -> str:
    """Draw up an account below an official one, or a first-level one; returns its ext id.

    Raises: NotFound, NoStandard, OfficialAccount, CodeTaken, BadAddition, ParentInUse,
    FirstDayPast. Nothing is written when raised.
    """
    person = proposals.require(by, proposals.PROPOSE)
    _require_fit(account)
    proposals.require_ahead(account.valid_from_date, at)
    with transaction.atomic():
        taken = ChartAddition.objects.filter(
            standard_code=account.standard_code, code=account.code, refused_reason=""
        ).first()
        if taken is not None:
            raise CodeTaken(account_code=taken.code, name=taken.name)
        made = ChartAddition.objects.create(
            ext_id=ids.new_id("CA", at),
            standard_code=account.standard_code,
            code=account.code,
            name=account.name.strip(),
            account_class=account.account_class,
            side=account.side,
            requires=list(account.requires),
            made_by_id=person,
            made_at=at,
            valid_from_date=account.valid_from_date,
        )
        after = {"standard": made.standard_code, "code": made.code, "name": made.name}
        proposals.tell(made, KIND, "proposed", by=by, at=at, after=after)
    return made.ext_id


def approve_account(*, ext_id: str, by: Actor, at: dt.datetime) -> None:
    """Approve an account; it is open from its first day on.

    Raises: NotFound, ProposalDecided, MakerApproves, FirstDayPast, and as `propose_account` when
    the chart has moved since. Nothing is written when raised.
    """
    with transaction.atomic():
        row = proposals.locked(ChartAddition, ext_id, by)
        _require_fit(
            NewAccount(
                standard_code=row.standard_code,
                code=row.code,
                name=row.name,
                valid_from_date=row.valid_from_date,
                requires=row.requires,
                account_class=row.account_class,
                side=row.side,
            )
        )
        proposals.approve(row, KIND, by=by, at=at)


def refuse_account(*, ext_id: str, reason: str, by: Actor, at: dt.datetime) -> None:
    """Refuse an account with the reason; its code is free again.

    Raises: NotFound, ProposalDecided, MakerApproves, ReasonMissing.
    """
    with transaction.atomic():
        proposals.refuse(ChartAddition, KIND, ext_id=ext_id, reason=reason, by=by, at=at)


def _require_fit(account: NewAccount) -> None:
    if account.standard_code not in standards.codes():
        known = "、".join(standards.get(code).title for code in standards.codes())
        raise NoStandard(standard=account.standard_code, known=known)
    official = standards.get(account.standard_code)
    base = standards.get(official.based_on) if official.based_on else official
    there = official.accounts.get(account.code) or official.closed.get(account.code)
    there = there or base.accounts.get(account.code)
    if there is not None:
        raise OfficialAccount(account=f"{there.code}{there.name}")
    chart = charts.chart_of_standard(account.standard_code, None)
    if account.code in chart.accounts:
        raise CodeTaken(account_code=account.code, name=chart.accounts[account.code].name)
    _require_written(account, chart)
    above = chart.ancestors(account.code)
    if above:
        _require_free(chart, chart.accounts[above[-1]], account.valid_from_date)


def _require_written(account: NewAccount, chart: Standard) -> None:
    def require(is_right: bool, why: str) -> None:  # noqa: FBT001 - a sentence and its condition
        if not is_right:
            raise BadAddition(account_code=account.code, why=why)

    lengths = "、".join(str(end) for end in chart.shape.ends)
    require(chart.shape.is_code(account.code), f"编码只能是{lengths}位数字")
    require(bool(account.name.strip()), "没有写名称")
    require(len(account.name.strip()) <= NAME_MAX, f"名称超过{NAME_MAX}个字")
    above = chart.ancestors(account.code)
    require(not above or above[-1] in chart.accounts, "上一级科目还没有")
    is_class = account.account_class in standards.CLASSES and account.side in standards.SIDES
    require(bool(above) or is_class, "一级科目要写明类别和余额方向")
    require(not above or not (account.account_class or account.side), "明细科目的类别和方向随上级")
    known = set(standards.AUX_KINDS)
    require(set(account.requires) <= known, "没有这种核算对象")
    try:
        standards.account_from(_row(account), to=chart)
    except BadStandard as problem:
        raise BadAddition(
            account_code=account.code, why=said.in_chinese(problem.problem)
        ) from problem


def _row(account: NewAccount) -> dict[str, object]:
    row: dict[str, object] = {
        "code": account.code,
        "name": account.name.strip(),
        "requires": list(account.requires),
    }
    if account.account_class:
        row |= {"class": account.account_class, "side": account.side}
    return row


def _require_free(chart: Standard, parent: Account, day: dt.date) -> None:
    """Refuse details below an account that is booked on directly."""
    if not parent.is_leaf:
        return
    shown = f"{parent.code}{parent.name}"
    for entry in chart.entries.values():
        if any(line.account == parent.code for line in entry.lines):
            why = f"记账规则“{entry.title}”直接记在它上面"
            raise ParentInUse(parent=shown, why=why, advice="请在别的科目下加。")
    if parent.code in {code for codes in chart.accounts_for.values() for code in codes}:
        raise ParentInUse(parent=shown, why="报表和结账直接用它", advice="请在别的科目下加。")
    books = {"voucher__book__standard_code": chart.code, "account_code": parent.code}
    lines = VoucherLine.objects.filter(**books)
    is_new_year = (day.month, day.day) == (1, 1)
    if is_new_year:
        lines = lines.filter(voucher__date__gte=day)
    opened = OpeningBalance.objects.filter(book__standard_code=chart.code, account_code=parent.code)
    if lines.exists() or (not is_new_year and opened.exists()):
        raise ParentInUse(
            parent=shown,
            why="今年已经有账记在它上面",
            advice=f"请把生效日定在{day.year + 1}年1月1日，或在别的科目下加。",
        )
