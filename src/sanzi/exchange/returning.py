"""What the treasury gets back: for each line of our rosters whether the bank paid it, and why not.

Headings are those that the one-card source reads. Names and numbers are masked, as all that one
person takes away; the number of our payment tells the line.
"""

from __future__ import annotations

from typing import Final

from sanzi.exchange.resolving import SEE
from sanzi.kernel import clock, masking
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.payments.models import Payment, PaymentStatus
from sanzi.record.sheets import Column, Row, Sheet
from sanzi.registers.subsidies.models import Award, AwardStatus

SOURCE: Final = "card_subsidies"
MOST: Final = 50_000
PAID, FAILED, OPEN = "发到了", "没发到", "还没有结果"
SAID: Final = {
    PaymentStatus.SETTLED: PAID,
    PaymentStatus.REJECTED: FAILED,
    PaymentStatus.NOT_EXECUTED: FAILED,
    PaymentStatus.RETURNED: FAILED,
    PaymentStatus.CANCELLED: FAILED,
}
COLUMNS: Final = (
    Column("年度或月份", "mid", 10), Column("补贴项目", width=14), Column("批次", width=18),
    Column("行政区划", "mid", 14), Column("对象姓名", width=10), Column("证件号码", width=20),
    Column("社保卡账号", width=20), Column("数量", "mid", 10), Column("补贴金额", "money"),
    Column("发放结果", "mid", 10), Column("失败原因", width=24), Column("到账日期", "mid", 12),
    Column("付款行编号", width=24),
)  # fmt: skip


def return_sheet(*, by: Actor, period: str) -> Sheet:
    """Return the lines of a period in the actor's scope with what the bank made of them."""
    awards = (
        Award.objects.filter(
            scope.within(by, SEE), period=period, status=AwardStatus.APPROVED
        )
        .exclude(case_number="")
        .select_related("person", "program")
        .order_by("division_code", "case_number", "pk")
    )  # fmt: skip
    lines = list(awards[:MOST])
    paid = _payments({one.case_number for one in lines})
    return Sheet(
        title=f"{period}补贴发放结果", name="发放结果", columns=COLUMNS,
        rows=[_row(one, paid.get((one.case_number, one.person_id))) for one in lines],
        left="返回财政", notes=("姓名和号码已遮住；要全的，走数据导出，由两个人批准。",),
    )  # fmt: skip


def periods(*, by: Actor) -> list[str]:
    """Return the periods that have lines in the actor's scope, the newest first."""
    rows = Award.objects.filter(scope.within(by, SEE), status=AwardStatus.APPROVED)
    found = rows.exclude(case_number="").values_list("period", flat=True)
    return sorted(set(found), reverse=True)


def _payments(cases: set[str]) -> dict[tuple[str, int], Payment]:
    """Return the newest payment for each case and person."""
    rows = Payment.objects.filter(order__case_number__in=cases, payee_person__isnull=False)
    return {
        (one.order.case_number, one.payee_person_id or 0): one
        for one in rows.select_related("order").order_by("pk")
    }


def _row(one: Award, payment: Payment | None) -> Row:
    person = one.person
    id_no = secrets.reveal("id_no", person.sealed_id_no)
    result = SAID.get(PaymentStatus(payment.status), OPEN) if payment else OPEN
    day = payment.paid_at if payment and result == PAID else None
    return Row(
        [
            one.period, one.program.code, one.case_number, one.division_code,
            masking.name(one.payee_name), masking.resident_id(id_no) if id_no else "",
            f"尾号{payment.account_tail}" if payment and payment.account_tail else "",
            f"{one.quantity_milli / 1000:g}", one.amount_fen, result,
            payment.reason_text if payment and result == FAILED else "",
            clock.local_date(day).isoformat() if day else "",
            payment.ext_id if payment else "",
        ]
    )  # fmt: skip
