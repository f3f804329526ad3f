"""Money of the villages that is placed, owed, advanced and invested, with wrongs planted.

In every second town the second village lent its name to a guarantee years ago, the third has a
million at a bank that nobody competed for, the fourth an advance to an officer that was never
cleared; the sixth put money into an undertaking that should have been left by now and never paid
anything.
Three banks may compete for what is idle; the first village has a term account at two of them.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sanzi_county import codes
from sanzi_county.bodies import FARM, OPENED, RURAL
from sanzi_county.codes import Numbers
from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN
from sanzi_county.money import Plan
from sanzi_county.world import Village
from sanzi_county.write import Sink

GUARANTEE, UNTENDERED, LATE = 2, 3, 4
"""Which villages of a town, counted from 1, guaranteed, placed without a tender, and are late."""
INVESTED, SUNK = (1, 5), 6
"""Which villages put money into the workshops of the town, and which into what pays nothing."""
BANKS: Final = (
    ("清河农村商业银行", RURAL), ("农业银行清河支行", FARM),
    ("建设银行清河支行", codes.bank_code(codes.BANK_BUILD)),
)  # fmt: skip
"""Name and code of every bank that a village may ask for an offer."""


def write_banks(sink: Sink, numbers: Numbers) -> None:
    """The banks, as counterparties that nobody of the county owns."""
    for place, (name, _) in enumerate(BANKS, start=1):
        sink.add(
            "counterparty", counterparty_id=f"YH{place}", kind="company", name=name,
            uscc=numbers.uscc("91"), registered_date=date(2005, place, 18),
            business_scope="吸收公众存款；发放贷款", is_blacklisted=False,
        )  # fmt: skip


def term_accounts(sink: Sink, village: Village, numbers: Numbers) -> None:
    """A term account of the collective at two of the banks, still empty.

    The sandbox bank does not keep them: an account without a day's statement closes no month.
    """
    body = village.collective
    for place, (_, bank) in enumerate(BANKS[:2], start=1):
        number = numbers.org_account()
        sink.add(
            "account", account_id=f"{body.account_id}T{place}", account_no=number,
            org_id=body.org_id, holder_name=body.name, kind="term", bank_code=bank,
            opened_date=OPENED, decision_no=f"{village.name}2018年第{place}号", is_registered=True,
        )  # fmt: skip


def write(sink: Sink, plan: Plan, until: date) -> None:
    """The rows of one village."""
    village = plan.village
    base: dict[str, object] = {"org_id": village.collective.org_id, "village_id": village.code}
    _deposits(sink, plan, base, until, is_large=village.tells(UNTENDERED))
    _advances(sink, plan, base, until, is_late=village.tells(LATE))
    _debts(sink, plan, base, until, is_guarantor=village.tells(GUARANTEE))
    if plan.place in INVESTED:
        sink.add(
            "investment", **base, investment_id=f"TZ{village.key}1", project="镇里飞地厂房",
            decision_id=_invested(plan, "入股镇里飞地厂房", date(until.year - 2, 4, 20)),
            kind="joint", counterparty_id=_firm(plan), amount_fen=300_000 * YUAN, share_bp=1500,
            approved_at=at(date(until.year - 2, 5, 6), 10), start_date=date(until.year - 2, 6, 1),
            end_date=date(until.year + 3, 6, 1), returned_fen=30_000 * YUAN,
            last_return_date=date(until.year - 1, 12, 20), status="standing",
        )  # fmt: skip
    if village.tells(SUNK):
        sink.add(
            "investment", **base, investment_id=f"TZ{village.key}1", project="养殖合作社入股",
            decision_id=_invested(plan, "入股养殖合作社", date(until.year - 4, 2, 20)),
            kind="coop", counterparty_id=_firm(plan), amount_fen=120_000 * YUAN, share_bp=2000,
            approved_at=at(date(until.year - 4, 3, 6), 10), start_date=date(until.year - 4, 4, 1),
            end_date=date(until.year - 1, 4, 1), returned_fen=0, status="standing",
        )  # fmt: skip


def _invested(plan: Plan, title: str, day: date) -> str:
    return plan.sources.decision(plan.village.collective, "M20", title, day)


def _deposits(
    sink: Sink, plan: Plan, base: dict[str, object], until: date, *, is_large: bool
) -> None:
    key = plan.village.key
    begun = until - 200 * DAY
    if is_large:
        for model in ("fund-idle-no-competition", "fund-deposit-rate-low"):
            plan.sources.plant(model, "deposit", f"CK{key}1", "一百二十万没有招标，利率也低")
    sink.add(
        "deposit", **base, deposit_id=f"CK{key}1", bank_code=RURAL,
        principal_fen=(1_200_000 if is_large else 300_000) * YUAN,
        rate_bp=110 if is_large else 145, start_date=begun, maturity_date=begun + 365 * DAY,
    )  # fmt: skip
    said: dict[str, object] = {
        **base, "term_months": 12, "reserve_months": 3, "rate_floor_bp": 110, "rate_weight": 80,
    }  # fmt: skip
    sink.add(
        "deposit_plan", **said, plan_id=f"CF{key}1",
        principal_fen=(1_200_000 if is_large else 300_000) * YUAN,
        agreement_end_date=begun + 365 * DAY, submitted_at=at(begun - 12 * DAY, 9),
        approved_at=at(begun - 5 * DAY, 15), status="placed",
    )  # fmt: skip
    sink.add(
        "deposit_plan", **said, plan_id=f"CF{key}2", principal_fen=220_000 * YUAN,
        submitted_at=at(until - 4 * DAY, 9), status="planned",
    )  # fmt: skip
    first = until - 500 * DAY
    sink.add(
        "deposit", **base, deposit_id=f"CK{key}2", bank_code=RURAL, principal_fen=200_000 * YUAN,
        rate_bp=150, start_date=first, maturity_date=first + 365 * DAY,
        withdrawn_at=at(first + 365 * DAY, 10), interest_fen=3_000 * YUAN,
    )  # fmt: skip


def _advances(
    sink: Sink, plan: Plan, base: dict[str, object], until: date, *, is_late: bool
) -> None:
    village = plan.village
    sink.add(
        "advance", **base, advance_id=f"JK{village.key}1", kind="reserve", purpose="防汛值班用品",
        person_id=village.officer("committee_member").person_id, amount_fen=3_000 * YUAN,
        cleared_fen=3_000 * YUAN, issued_at=at(until - 60 * DAY, 10), due_date=until - 52 * DAY,
        status="cleared",
    )  # fmt: skip
    if is_late:
        for model in ("cadre-loan", "payment-advance-overdue"):
            plan.sources.plant(model, "advance", f"JK{village.key}2", "书记借三万六，半年没有还")
        sink.add(
            "advance", **base, advance_id=f"JK{village.key}2", kind="borrow", purpose="个人周转",
            person_id=village.officer("village_secretary").person_id, amount_fen=36_000 * YUAN,
            cleared_fen=0, issued_at=at(until - 200 * DAY, 10), due_date=until - 170 * DAY,
            status="out",
        )  # fmt: skip


def _debts(
    sink: Sink, plan: Plan, base: dict[str, object], until: date, *, is_guarantor: bool
) -> None:
    key = plan.village.key
    since = date(until.year - 1, 9, 10)
    sink.add(
        "debt", **base, debt_id=f"ZQ{key}1", kind="payable", purpose="文化礼堂工程尾款",
        counterparty_id=_firm(plan), principal_fen=80_000 * YUAN, rate_bp=0,
        balance_fen=30_000 * YUAN, incurred_at=at(since, 10), due_date=date(until.year, 12, 31),
        town_approved_at=at(since - 5 * DAY, 10), status="standing",
    )  # fmt: skip
    if is_guarantor:
        plan.sources.plant("fund-illegal-loan", "debt", f"ZQ{key}2", "替厂家担保，还没有解除")
        sink.add(
            "debt", **base, debt_id=f"ZQ{key}2", kind="guarantee", purpose="替厂家贷款担保",
            counterparty_id=_firm(plan), principal_fen=200_000 * YUAN, rate_bp=0,
            balance_fen=200_000 * YUAN, incurred_at=at(date(until.year - 2, 3, 8), 10),
            due_date=date(until.year + 1, 3, 8), status="standing",
        )  # fmt: skip


def _firm(plan: Plan) -> str:
    return plan.firm("building").counterparty_id
