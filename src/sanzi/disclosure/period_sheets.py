"""What books and registers say of a period, as sheets to publish: one maker for each item.

Persons are masked, firms and those who hold a post are named. A maker that finds nothing says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sanzi.deals.models.assets import Asset, AssetStatus
from sanzi.deals.models.contracts import Contract, ContractStatus
from sanzi.disclosure import month_sheets, periods, register_sheets
from sanzi.disclosure.errors import NothingInPeriod
from sanzi.disclosure.sheet_parts import YUAN, Asked, Made, day, party, table
from sanzi.kernel import clock, masking
from sanzi.matters import catalogue
from sanzi.matters.models import Case, CaseState
from sanzi.orgs.roles import title as role_title
from sanzi.payments.models.cards import CardLine
from sanzi.registers.posts.models import Pay, PayStatus
from sanzi.registers.seals.models import SealUse, UseStatus
from sanzi.registers.treasury.models import Debt, DebtState
from sanzi.supervision import known
from sanzi.supervision.models import Alert


def make(item: str, village: str, every: str, period: str) -> Made | None:
    """Return the sheet of an item, None where there is nothing to show. Raises: KeyError."""
    start, end = periods.bounds_of(every, period)
    return MAKERS[item](Asked(village, period, start, end))


def _sums(asked: Asked) -> Made | None:
    today = clock.local_date(asked.end)
    try:
        body, total = month_sheets.sheet(asked.village, month_sheets.SUMS, asked.period, today)
    except NothingInPeriod:
        return None
    return Made(body["facts"], body["tables"], total)


def _debts(asked: Asked) -> Made | None:
    found = Debt.objects.filter(division_code=asked.village, state=DebtState.STANDING)
    rows = [
        [str(one.get_kind_display()), party(one.counterparty, one.person), YUAN(one.balance_fen),
         f"{one.due_date}" if one.due_date else "没有约定"]
        for one in found.select_related("counterparty", "person").order_by("ext_id")
    ]  # fmt: skip
    if not rows:
        return None
    columns = ["什么债", "和谁", "还有多少（元）", "哪天到期"]
    return Made(tables=[table("债权债务和担保", columns, rows)])


def _cards(asked: Asked) -> Made | None:
    found = CardLine.objects.filter(
        card__organisation__division_id=asked.village,
        booked_at__gte=asked.start,
        booked_at__lt=asked.end,
    )
    lines = list(found.order_by("booked_at", "ext_id"))
    rows = [
        [day(one.booked_at), str(one.get_kind_display()), one.merchant, YUAN(one.amount_fen)]
        for one in lines
    ]
    if not rows:
        return None
    columns = ["日期", "怎么花的", "商户", "金额（元）"]
    return Made(tables=[table("村务卡消费", columns, rows)])


def _assets(asked: Asked) -> Made | None:
    gone = (AssetStatus.DISPOSED, AssetStatus.SCRAPPED)
    found = Asset.objects.filter(division_code=asked.village).exclude(status__in=gone)
    rows = [
        [one.number, one.name, one.place, str(one.get_status_display()), YUAN(one.book_value_fen)]
        for one in found.order_by("organisation_id", "number", "pk")
    ]
    if not rows:
        return None
    columns = ["编号", "名称", "在哪里", "怎么用", "账面价值（元）"]
    total = sum(found.values_list("book_value_fen", flat=True))
    return Made([["一共几项", str(len(rows))]], [table("资产资源", columns, rows)], total)


def _contracts(asked: Asked) -> Made | None:
    found = Contract.objects.filter(division_code=asked.village, status=ContractStatus.APPROVED)
    rows = [
        [one.title, party(one.counterparty, one.person),
         f"{one.start_date or ''}到{one.end_date or ''}",
         YUAN(one.amount_fen) if one.amount_fen is not None else "按实结算"]
        for one in found.select_related("counterparty", "person").order_by("sign_date", "ext_id")
    ]  # fmt: skip
    if not rows:
        return None
    columns = ["合同", "和谁", "期限", "价款（元）"]
    return Made(tables=[table("在履行的合同", columns, rows)])


def _pay(asked: Asked) -> Made | None:
    found = Pay.objects.filter(
        division_code=asked.village, period=asked.period, status=PayStatus.APPROVED
    )
    lines = list(found.select_related("person").order_by("ext_id"))
    rows = [
        [role_title(one.role_code) if one.role_code else "没有岗位",
         one.person.name if one.role_code else masking.name(one.person.name),
         str(one.get_kind_display()), YUAN(one.amount_fen)]
        for one in lines
    ]  # fmt: skip
    if not rows:
        return None
    columns = ["岗位", "姓名", "什么钱", "金额（元）"]
    total = sum(one.amount_fen for one in lines)
    return Made(tables=[table("干部报酬和误工补贴", columns, rows)], total_fen=total)


def _seals(asked: Asked) -> Made | None:
    found = SealUse.objects.filter(
        division_code=asked.village,
        status=UseStatus.STAMPED,
        stamped_at__gte=asked.start,
        stamped_at__lt=asked.end,
    )
    rows = [
        [day(one.stamped_at), one.item_title or "其他", one.seal_class,
         masking.name(one.applicant.name) if one.applicant else "", str(one.copies_stamped)]
        for one in found.select_related("applicant").order_by("stamped_at", "ext_id")
    ]  # fmt: skip
    if not rows:
        return None
    columns = ["哪天", "什么事", "类别", "谁来盖的", "几份"]
    return Made(tables=[table("公章使用", columns, rows)])


def _services(asked: Asked) -> Made | None:
    found = Case.objects.filter(
        division_code=asked.village,
        household__isnull=False,
        state__in=(CaseState.DONE, CaseState.SETTLED),
        closed_at__gte=asked.start,
        closed_at__lt=asked.end,
    )
    counts: dict[str, int] = {}
    for code in found.values_list("matter_code", flat=True):
        counts[code] = counts.get(code, 0) + 1
    if not counts:
        return None
    titles = {code: matter.title for code, matter in catalogue.matters().items()}
    rows = [[titles[code], str(counts[code])] for code in sorted(counts)]
    facts = [["一共办了几件", str(sum(counts.values()))]]
    return Made(facts, [table("替村民办的事", ["什么事", "几件"], rows)])


def _alerts(asked: Asked) -> Made | None:
    of_village = Alert.objects.filter(known.is_open(), division_code=asked.village)
    opened = of_village.filter(opened_at__gte=asked.start, opened_at__lt=asked.end)
    disposed = of_village.filter(disposed_at__gte=asked.start, disposed_at__lt=asked.end)
    if not opened.exists() and not disposed.exists():
        return None
    rows = [
        [word, str(opened.filter(severity=code).count()),
         str(disposed.filter(severity=code).count())]
        for code, word in (("block", "阻断"), ("hold", "暂缓"), ("warn", "提醒"))
    ]  # fmt: skip
    return Made(tables=[table("预警处置", ["哪一种", "新来几条", "处置了几条"], rows)])


MAKERS: Final[dict[str, Callable[[Asked], Made | None]]] = {
    "A01": _assets,
    "A03": _contracts,
    "F02": _sums,
    "F03": register_sheets.budgets,
    "F05": _debts,
    "F07": _cards,
    "G01": _seals,
    "G02": _services,
    "G03": _alerts,
    "P01": register_sheets.party_posts,
    "P03": register_sheets.party_money,
    "S03": register_sheets.aid,
    "V04": _pay,
    "V05": register_sheets.powers,
    "V06": register_sheets.supervision,
}
