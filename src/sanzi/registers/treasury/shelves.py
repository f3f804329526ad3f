"""What the room puts on the shelf: deposits, debts, advances, investments, cards asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from sanzi.kernel import money
from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.registers.treasury.models import (
    Advance,
    AdvanceState,
    CardIssue,
    CardIssueState,
    Debt,
    DebtState,
    Deposit,
    DepositPlan,
    Investment,
    InvestmentState,
    PlanState,
)

GROUP = "资金"


def put_registers() -> None:
    """Put the registers on the shelf; called once from `apps.ready`."""
    for one in (PLANS, DEPOSITS, DEBTS, ADVANCES, INVESTMENTS, CARDS):
        shelf.put(one)


def _rows(model: Any, order: str, *joined: str) -> Callable[[], QuerySet[Any]]:
    def read() -> QuerySet[Any]:
        rows: QuerySet[Any] = model.objects.select_related("organisation", *joined)
        return rows.order_by(order, "-pk")

    return read


def _creditor(one: Debt | Advance) -> str:
    party = one.counterparty or one.person
    return party.name if party else ""


def _deposit_head(one: Deposit) -> str:
    return f"{money.format_yuan(one.principal_fen)}元，{one.maturity_date}到期"


PLANS = Register(
    key="deposit_plans",
    title="存款方案",
    sub="打算存多少、存多久、哪家银行中标。",
    group=GROUP,
    rows=_rows(DepositPlan, "-submitted_at", "bank"),
    head=lambda one: f"{money.format_yuan(one.principal_fen)}元，{one.term_months}个月",
    line=("bank", "floor"),
    amount="principal",
    search=("bank__name__icontains",),
    states=tuple(PlanState.choices),
    state_field="state",
    columns=(
        Column("principal", "金额", "principal_fen", "money"),
        Column("term", "几个月", "term_months", "number"),
        Column("floor", "最低利率", "rate_floor_bp", "percent"),
        Column("weight", "利率占几分", "rate_weight", "number"),
        Column("bank", "中标银行", "bank.name"),
        Column("bank_code", "中标网点行号", "bank_code"),
        Column("won", "中标利率", "won_rate_bp", "percent"),
        Column("tender", "招标编号", "tender_ext_id"),
        Column("submitted", "申请", "submitted_at", "moment"),
        Column("approved", "批准", "approved_at", "moment"),
        Column("agreed", "协议到期", "agreement_end_date", "day"),
    ),
)

DEPOSITS = Register(
    key="deposits",
    title="定期存款",
    sub="存在哪里、利率多少、哪天到期、利息到了没有。",
    group=GROUP,
    rows=_rows(Deposit, "maturity_date", "account"),
    head=_deposit_head,
    line=("rate", "maturity"),
    amount="principal",
    search=("bank_code__startswith",),
    columns=(
        Column("principal", "本金", "principal_fen", "money"),
        Column("rate", "年利率", "rate_bp", "percent"),
        Column("bank", "银行行号", "bank_code"),
        Column("tail", "账户尾号", "account.tail"),
        Column("start", "起存日", "start_date", "day"),
        Column("maturity", "到期日", "maturity_date", "day"),
        Column("tender", "招标编号", "tender_ext_id"),
        Column("withdrawn", "取回", "withdrawn_at", "moment"),
        Column("interest", "利息", "interest_fen", "money"),
        Column("note", "利息说明", "interest_note"),
    ),
    empty="还没有定期存款。存款方案批了、存进去，这里就有。",
)

DEBTS = Register(
    key="debts",
    title="债务",
    sub="向谁借、还欠多少、哪天还清。",
    group=GROUP,
    rows=_rows(Debt, "due_date", "counterparty", "person"),
    head="purpose",
    line=("creditor", "due"),
    amount="balance",
    search=("purpose__icontains", "counterparty__name__icontains", "person__name__icontains"),
    states=tuple(DebtState.choices),
    state_field="state",
    columns=(
        Column("kind", "种类", "get_kind_display"),
        Column("creditor", "向谁借", _creditor),
        Column("principal", "本金", "principal_fen", "money"),
        Column("rate", "年利率", "rate_bp", "percent"),
        Column("balance", "还欠", "balance_fen", "money"),
        Column("ratio", "负债率（%）", "ratio_percent", "number"),
        Column("incurred", "借到", "incurred_at", "moment"),
        Column("due", "还清日", "due_date", "day"),
        Column("decision", "决议", "decision_ext_id"),
        Column("contract", "合同", "contract_ext_id"),
        Column("town", "镇里同意", "town_approved_at", "moment"),
    ),
    parts=(
        Part(
            key="plan",
            title="还款计划",
            columns=(
                Column("due", "哪天", "due_date", "day"),
                Column("principal", "本金", "principal_fen", "money"),
            ),
            rows=lambda one: one.turns.filter(paid_date__isnull=True).order_by("due_date", "pk"),
            empty="没有计划：以前就欠着的。",
        ),
        Part(
            key="repaid",
            title="还过的",
            columns=(
                Column("paid", "哪天", "paid_date", "day"),
                Column("principal", "本金", "principal_fen", "money"),
                Column("interest", "利息", "interest_fen", "money"),
            ),
            rows=lambda one: one.turns.filter(paid_date__isnull=False).order_by("paid_date", "pk"),
            empty="还没还过。",
        ),
    ),
)

ADVANCES = Register(
    key="advances",
    title="备用金与借款",
    sub="谁领了多少、哪天前清、清了没有。",
    group=GROUP,
    rows=_rows(Advance, "due_date", "counterparty", "person"),
    head="purpose",
    line=("who", "due"),
    amount="left",
    search=("purpose__icontains", "counterparty__name__icontains", "person__name__icontains"),
    states=tuple(AdvanceState.choices),
    state_field="state",
    columns=(
        Column("kind", "种类", "get_kind_display"),
        Column("who", "谁领", _creditor),
        Column("amount", "金额", "amount_fen", "money"),
        Column("cleared", "清了", "cleared_fen", "money"),
        Column("returned", "其中交回", "returned_fen", "money"),
        Column("left", "还没清", lambda one: one.amount_fen - one.cleared_fen, "money"),
        Column("issued", "付出", "issued_at", "moment"),
        Column("due", "哪天前清", "due_date", "day"),
    ),
)

INVESTMENTS = Register(
    key="investments",
    title="对外投资",
    sub="投给谁、占几股、每年收益多少。",
    group=GROUP,
    rows=_rows(Investment, "-start_date", "counterparty"),
    head="project",
    line=("firm", "share"),
    amount="amount",
    search=("project__icontains", "counterparty__name__icontains"),
    states=tuple(InvestmentState.choices),
    state_field="state",
    columns=(
        Column("kind", "方式", "get_kind_display"),
        Column("firm", "投给谁", "counterparty.name"),
        Column("amount", "金额", "amount_fen", "money"),
        Column("share", "占股", "share_bp", "percent"),
        Column("exit", "怎么退出", "exit_rule"),
        Column("decision", "决议", "decision_ext_id"),
        Column("contract", "合同", "contract_ext_id"),
        Column("start", "从哪天", "start_date", "day"),
        Column("end", "到哪天", "end_date", "day"),
        Column("returned", "累计收益", "returned_fen", "money"),
        Column("last", "最近一次收益", "last_return_date", "day"),
    ),
    parts=(
        Part(
            key="returns",
            title="每年收益",
            columns=(
                Column("year", "哪一年", "year", "number"),
                Column("amount", "收益", "amount_fen", "money"),
                Column("told", "登记", "told_date", "day"),
            ),
            rows=lambda one: one.returns.order_by("year"),
            empty="还没登记过收益。",
        ),
    ),
)

CARDS = Register(
    key="card_issues",
    title="村务卡申请",
    sub="谁申请的、批了多少、卡在用还是销了。",
    group=GROUP,
    rows=_rows(CardIssue, "-asked_at", "holder", "card"),
    head="holder.name",
    line=("kind", "tail"),
    amount="limit",
    search=("holder__name__icontains", "card__tail"),
    states=tuple(CardIssueState.choices),
    state_field="state",
    columns=(
        Column("kind", "种类", "get_kind_display"),
        Column("limit", "批准额度", "limit_fen", "money"),
        Column("tail", "尾号", "card.tail"),
        Column("bill_day", "几日出账", "bill_day", "number"),
        Column("due_day", "几日还款", "due_day", "number"),
        Column("asked", "申请", "asked_at", "moment"),
        Column("approved", "批准", "approved_at", "moment"),
        Column("closed", "销卡", "card.closed_date", "day"),
    ),
)
