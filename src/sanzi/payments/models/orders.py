"""What may be spent, what a case asks the bank to do, and what became of each payment.

A `PaymentOrder` is what one case asks the bank to do; a `Payment` is one payee in it, and one
row of the record.
"""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments.models.accounts import BankAccount


class Fund(models.Model):
    """An earmarked fund and what it may be spent on."""

    code = models.CharField(max_length=40, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    name = models.CharField(max_length=120, blank=True)
    source_level = models.CharField(max_length=10, blank=True)
    purpose_subjects = models.CharField(max_length=200, blank=True)
    amount_fen = models.BigIntegerField()
    allocated_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    use_by_date = models.DateField(null=True)


class BudgetLine(models.Model):
    """A voted line of the yearly budget."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    year = models.IntegerField()
    subject_code = models.CharField(max_length=16)
    name = models.CharField(max_length=60, blank=True)
    amount_fen = models.BigIntegerField()
    decision_ext_id = models.CharField(max_length=40, blank=True)
    approved_at = models.DateTimeField(null=True)


class OrderState(models.TextChoices):
    """Where a payment order stands."""

    DRAFT = "DRAFT", "草稿"
    SUBMITTED = "SUBMITTED", "审批中"
    APPROVED = "APPROVED", "已批准"
    INSTRUCTED = "INSTRUCTED", "待复核付款"
    RELEASED = "RELEASED", "已交银行"
    SETTLED = "SETTLED", "已付清"
    PART_SETTLED = "PART_SETTLED", "部分付清"
    CANCELLED = "CANCELLED", "已作废"


class PaymentOrder(models.Model):
    """What one case asks the bank to do: one debit account, one purpose, 1..n payments.

    `approved_digest` is SM3 over organisation, debit account, payees, accounts and amounts as
    the approvers saw them; dispatch recomputes it and refuses any difference.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    case_number = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    matter_code = models.CharField(max_length=4)
    debit_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True)
    purpose = models.CharField(max_length=60, blank=True)
    subject_code = models.CharField(max_length=16, blank=True)
    source_kind = models.CharField(max_length=16, blank=True)
    source_id = models.CharField(max_length=40, blank=True)
    contract_id = models.CharField(max_length=40, blank=True)
    handler = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    method = models.CharField(max_length=10, default="transfer")
    fund_code = models.CharField(max_length=40, blank=True)
    budget_line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, null=True)
    amount_fen = models.BigIntegerField(default=0)
    payment_count = models.IntegerField(default=0)
    state = models.CharField(
        max_length=12,
        choices=OrderState.choices,
        default=OrderState.DRAFT,
    )
    approved_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    made_by_id = models.BigIntegerField(null=True)
    released_by_id = models.BigIntegerField(null=True)
    released_at = models.DateTimeField(null=True)
    stopped_reason = models.CharField(max_length=60, blank=True)
    is_backfilled = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "created_at"], name="order_place"),
            models.Index(fields=["budget_line"], name="order_budget_line"),
            models.Index(fields=["source_id"], name="order_source"),
            models.Index(fields=["contract_id"], name="order_contract"),
            models.Index(
                fields=["state"],
                condition=models.Q(state__in=["INSTRUCTED", "RELEASED"]),
                name="order_in_flight",
            ),
        )


class PaymentStatus(models.TextChoices):
    """Where one payment stands; the record has the same words in lower case."""

    DRAFT = "DRAFT", "草稿"
    SUBMITTED = "SUBMITTED", "审批中"
    APPROVED = "APPROVED", "已批准"
    SUBMITTING = "SUBMITTING", "正在送银行"
    ACCEPTED = "ACCEPTED", "银行已收"
    UNKNOWN = "UNKNOWN", "银行还没有回话"
    SETTLED = "SETTLED", "已到账"
    REJECTED = "REJECTED", "银行拒付"
    NOT_EXECUTED = "NOT_EXECUTED", "银行没有执行"
    RETURNED = "RETURNED", "退汇"
    CANCELLED = "CANCELLED", "已作废"


class Payment(models.Model):
    """One payee of an order: who, which account, how much, and what became of it."""

    ext_id = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="payments")
    line_no = models.IntegerField()
    payee_kind = models.CharField(max_length=12)
    payee_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    payee_counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True)
    payee_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    payee_name = models.CharField(max_length=120)
    sealed_account = models.TextField(blank=True)
    account_index = models.CharField(max_length=64, blank=True)
    account_tail = models.CharField(max_length=4, blank=True)
    bank_code = models.CharField(max_length=12, blank=True)
    amount_fen = models.BigIntegerField()
    note = models.CharField(max_length=60, blank=True)
    status = models.CharField(
        max_length=12,
        choices=PaymentStatus.choices,
        default=PaymentStatus.DRAFT,
    )
    reason_class = models.CharField(max_length=24, blank=True)
    reason_text = models.CharField(max_length=120, blank=True)
    payee_check = models.CharField(max_length=12, blank=True)
    payee_check_name = models.CharField(max_length=120, blank=True)
    payee_checked_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    bank_ref = models.CharField(max_length=40, blank=True)
    attempt_no = models.IntegerField(default=0)
    voucher_ext_id = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order", "line_no"], name="payment_line_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payment_positive"),
        )
        indexes = (
            models.Index(fields=["account_index"], name="payment_account"),
            models.Index(fields=["paid_at"], name="payment_paid_at"),
        )
