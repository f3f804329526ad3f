"""Tables of the treasury: deposits, debts, advances, investments, cards that were asked for."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments.models import BankAccount, VillageCard


class PlanState(models.TextChoices):
    """Where the plan of a deposit stands."""

    PLANNED = "planned", "等批准"
    APPROVED = "approved", "批准了"
    TENDERED = "tendered", "在招标"
    AWARDED = "awarded", "定了银行"
    PLACED = "placed", "存进去了"
    ENDED = "ended", "不存了"


class DepositPlan(models.Model):
    """What is to be placed, for how long, at what least rate. Units: fen, basis points, months.

    `rate_weight` is what the rate counts of a hundred, service the rest. `bank_code` is that of
    the branch that won; empty where nobody bid, and in cases begun before it was asked for.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    principal_fen = models.BigIntegerField()
    term_months = models.IntegerField()
    reserve_months = models.IntegerField()
    rate_floor_bp = models.IntegerField()
    rate_weight = models.IntegerField()
    tender_ext_id = models.CharField(max_length=40, blank=True)
    won_rate_bp = models.IntegerField(null=True)
    bank = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True)
    bank_code = models.CharField(max_length=12, blank=True)
    agreement_end_date = models.DateField(null=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.PLANNED)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "submitted_at"], name="deposit_plan_place"),
            models.Index(fields=["case_number"], name="deposit_plan_case"),
        )


class Deposit(models.Model):
    """One term deposit at a bank. Units: fen, basis points a year."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True)
    bank_code = models.CharField(max_length=12)
    principal_fen = models.BigIntegerField()
    rate_bp = models.IntegerField()
    start_date = models.DateField()
    maturity_date = models.DateField()
    tender_ext_id = models.CharField(max_length=40, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    interest_fen = models.BigIntegerField(null=True)
    interest_line = models.CharField(max_length=40, blank=True)
    early_decision_ext_id = models.CharField(max_length=40, blank=True)
    interest_note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(principal_fen__gt=0, maturity_date__gt=models.F("start_date")),
                name="deposit_figures",
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "maturity_date"], name="deposit_place"),
            models.Index(fields=["case_number"], name="deposit_case"),
        )


class DebtKind(models.TextChoices):
    """Kinds of debts, with the values of the record."""

    BANK_LOAN = "bank_loan", "银行贷款"
    PRIVATE_LOAN = "private_loan", "向个人或单位借款"
    PAYABLE = "payable", "欠付工程款等应付款"
    GUARANTEE = "guarantee", "替别人担保"
    LEND_OUT = "lend_out", "借给别人"


class DebtState(models.TextChoices):
    """Where a debt stands."""

    ASKED = "asked", "等批准"
    APPROVED = "approved", "批准了"
    STANDING = "standing", "在还"
    REPAID = "repaid", "还清了"
    ENDED = "ended", "不借了"


class Debt(models.Model):
    """What a body owes, or was lent out or guaranteed before. Units: fen, basis points a year."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    kind = models.CharField(max_length=12, choices=DebtKind.choices)
    purpose = models.CharField(max_length=120, blank=True)
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    principal_fen = models.BigIntegerField()
    rate_bp = models.IntegerField()
    balance_fen = models.BigIntegerField()
    ratio_percent = models.IntegerField(null=True)
    incurred_at = models.DateTimeField(null=True)
    due_date = models.DateField(null=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    contract_ext_id = models.CharField(max_length=40, blank=True)
    town_approved_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=DebtState.choices, default=DebtState.ASKED)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(balance_fen__gte=0, balance_fen__lte=models.F("principal_fen")),
                name="debt_balance_within",
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "due_date"], name="debt_place"),
            models.Index(fields=["case_number"], name="debt_case"),
        )


class DebtTurn(models.Model):
    """A day of the repayment plan of a debt, or what was repaid. Units: fen.

    `paid_date` is empty while it is only planned.
    """

    debt = models.ForeignKey(Debt, on_delete=models.PROTECT, related_name="turns")
    due_date = models.DateField(null=True)
    paid_date = models.DateField(null=True)
    principal_fen = models.BigIntegerField()
    interest_fen = models.BigIntegerField(default=0)


class AdvanceKind(models.TextChoices):
    """Kinds of advances, with the values of the record."""

    RESERVE = "reserve", "备用金"
    BORROW = "borrow", "办事借款"
    PREPAY = "prepay", "预付款"


class AdvanceState(models.TextChoices):
    """Where an advance stands."""

    ASKED = "asked", "等批准"
    APPROVED = "approved", "批准了，等付"
    OUT = "out", "在外"
    CLEARED = "cleared", "清了"
    ENDED = "ended", "不借了"


class Advance(models.Model):
    """Money given before the proof: a reserve, a loan to a handler, a prepayment. Units: fen."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    kind = models.CharField(max_length=8, choices=AdvanceKind.choices)
    purpose = models.CharField(max_length=60, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True)
    contract_ext_id = models.CharField(max_length=40, blank=True)
    amount_fen = models.BigIntegerField()
    cleared_fen = models.BigIntegerField(default=0)
    returned_fen = models.BigIntegerField(default=0)
    back_date = models.DateField(null=True)
    issued_at = models.DateTimeField(null=True)
    due_date = models.DateField()
    state = models.CharField(max_length=8, choices=AdvanceState.choices, default=AdvanceState.ASKED)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(cleared_fen__gte=0)
                & models.Q(cleared_fen__lte=models.F("amount_fen")),
                name="advance_cleared_within",
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "due_date"], name="advance_place"),
            models.Index(fields=["case_number"], name="advance_case"),
        )


class InvestmentKind(models.TextChoices):
    """How money, land or buildings are put into an undertaking."""

    EQUITY = "equity", "入股公司"
    COOP = "coop", "入合作社"
    LIMITED = "limited", "做有限合伙人"
    GENERAL = "general", "做普通合伙人"
    JOINT = "joint", "联合建设、保底分红"


class InvestmentState(models.TextChoices):
    """Where an investment stands."""

    ASKED = "asked", "等批准"
    APPROVED = "approved", "批准了"
    STANDING = "standing", "在投"
    CLOSED = "closed", "退出了"
    ENDED = "ended", "不投了"


class Investment(models.Model):
    """A share in an undertaking of others. Units: fen, share in basis points."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    project = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=InvestmentKind.choices)
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT)
    amount_fen = models.BigIntegerField()
    share_bp = models.IntegerField()
    exit_rule = models.CharField(max_length=300, blank=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    contract_ext_id = models.CharField(max_length=40, blank=True)
    approved_at = models.DateTimeField(null=True)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    returned_fen = models.BigIntegerField(default=0)
    last_return_date = models.DateField(null=True)
    state = models.CharField(
        max_length=8, choices=InvestmentState.choices, default=InvestmentState.ASKED
    )

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "start_date"], name="investment_place"),
            models.Index(fields=["case_number"], name="investment_case"),
        )


class InvestmentReturn(models.Model):
    """What an undertaking paid for a year. Units: fen; `bank_line` is the line that brought it."""

    investment = models.ForeignKey(Investment, on_delete=models.PROTECT, related_name="returns")
    year = models.IntegerField()
    amount_fen = models.BigIntegerField()
    bank_line = models.CharField(max_length=40, blank=True)
    told_date = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["investment", "year"], name="return_once"),)


class CardKind(models.TextChoices):
    """Kinds of village cards."""

    CREDIT = "credit", "信用额度，先刷后还"
    RESERVE = "reserve", "预存额度，刷完再存"


class CardIssueState(models.TextChoices):
    """Where the wish for a card stands."""

    ASKED = "asked", "等批准"
    APPROVED = "approved", "批准了，等银行"
    ISSUED = "issued", "在用"
    CLOSED = "closed", "销卡了"
    ENDED = "ended", "不办了"


class CardIssue(models.Model):
    """A card that a village asked for; the card itself is the payments room's. Units: fen."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    holder = models.ForeignKey(Person, on_delete=models.PROTECT)
    kind = models.CharField(max_length=8, choices=CardKind.choices)
    limit_fen = models.BigIntegerField()
    bill_day = models.IntegerField()
    due_day = models.IntegerField()
    card = models.OneToOneField(VillageCard, on_delete=models.PROTECT, null=True)
    asked_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=8, choices=CardIssueState.choices, default=CardIssueState.ASKED
    )

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "asked_at"], name="card_issue_place"),
            models.Index(fields=["case_number"], name="card_issue_case"),
        )
