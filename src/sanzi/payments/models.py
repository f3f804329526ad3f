"""Tables of money: accounts, budgets, orders and their payments, bank instructions, income.

A `PaymentOrder` is what one case asks the bank to do; a `Payment` is one payee in it, and one
row of the record. An `Instruction` is one message to the bank, its bytes stored before the send.
"""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Counterparty, Organisation, Person


class AccountKind(models.TextChoices):
    """Kinds of bank accounts, with the values of the record."""

    BASIC = "basic", "基本存款账户"
    LAND_COMPENSATION = "land_compensation", "土地补偿费专户"
    GENERAL = "general", "一般存款账户"
    TERM = "term", "定期存款"
    PERSONAL = "personal", "个人账户"
    ONE_CARD = "one_card", "一卡通"


class BankAccount(models.Model):
    """A bank account of an organisation, a person or a counterparty."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True)
    sealed_number = models.TextField()
    number_index = models.CharField(max_length=64)
    tail = models.CharField(max_length=4)
    holder_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=AccountKind.choices)
    bank_code = models.CharField(max_length=12)
    opened_date = models.DateField(null=True)
    closed_date = models.DateField(null=True)
    is_registered = models.BooleanField(default=True)
    last_entry_seq = models.BigIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["number_index"], name="account_number"),)


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


class InstructionState(models.TextChoices):
    """Where a message to the bank stands (state machine of a payment instruction)."""

    READY = "READY", "待发"
    SENDING = "SENDING", "发送中"
    UNKNOWN = "UNKNOWN", "没有回话"
    ACCEPTED = "ACCEPTED", "银行已收"
    FINAL = "FINAL", "已有结果"
    REFUSED = "REFUSED", "没有发出"


class Instruction(models.Model):
    """One message to the bank. Key and bytes are stored before the first send, never changed."""

    msg_id = models.CharField(max_length=35, unique=True)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="instructions")
    debit_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    body = models.BinaryField()
    body_digest = models.CharField(max_length=64)
    line_count = models.IntegerField()
    amount_fen = models.BigIntegerField()
    state = models.CharField(
        max_length=10,
        choices=InstructionState.choices,
        default=InstructionState.READY,
    )
    attempt_count = models.IntegerField(default=0)
    poll_count = models.IntegerField(default=0)
    settlement_count = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    first_sent_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    unknown_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["debit_account"],
                condition=models.Q(state="SENDING"),
                name="one_sending_per_account",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_at"],
                condition=~models.Q(state__in=["FINAL", "REFUSED"]),
                name="instruction_queue",
            ),
        )


class InstructionLine(models.Model):
    """One payment in one message. A payment has at most one line whose fate is open or good."""

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="lines")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    instr_id = models.CharField(max_length=35, unique=True)
    e2e_id = models.CharField(max_length=35, unique=True)
    amount_fen = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=PaymentStatus.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["payment"],
                condition=~models.Q(
                    status__in=["REJECTED", "NOT_EXECUTED", "RETURNED", "CANCELLED"],
                ),
                name="payment_in_flight_once",
            ),
        )


class NumberHead(models.Model):
    """The last number given under one key (messages of a body and day, receipts of a year).

    Its row is the lock: a number is taken in the transaction that uses it, so none is skipped.
    """

    key = models.CharField(max_length=60, primary_key=True)
    last_number = models.IntegerField(default=0)


class Receipt(models.Model):
    """An income receipt issued to a payer, from a bank line."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    number = models.CharField(max_length=30)
    kind = models.CharField(max_length=16)
    payer_name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=60, blank=True)
    subject_code = models.CharField(max_length=16)
    source_kind = models.CharField(max_length=16, blank=True)
    source_id = models.CharField(max_length=40, blank=True)
    amount_fen = models.BigIntegerField()
    issued_at = models.DateTimeField()
    issued_by_id = models.BigIntegerField(null=True)
    received_via = models.CharField(max_length=8, default="bank")
    banked_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=120, blank=True)
    payer_counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True)
    book_number = models.CharField(max_length=30, blank=True)
    voucher_ext_id = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organisation", "number"], name="receipt_number_once"),
        )
        indexes = (models.Index(fields=["division_code", "issued_at"], name="receipt_place"),)


class BankTransaction(models.Model):
    """A line of a bank statement, as the bank told it."""

    ext_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    booked_at = models.DateTimeField()
    direction = models.CharField(max_length=3)
    amount_fen = models.BigIntegerField()
    sealed_peer_account = models.TextField(blank=True)
    peer_account_index = models.CharField(max_length=64, blank=True)
    peer_name = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=10, default="direct")
    memo = models.CharField(max_length=140, blank=True)
    e2e_id = models.CharField(max_length=35, blank=True)
    bank_ref = models.CharField(max_length=40)
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        null=True,
        related_name="bank_lines",
    )
    receipt = models.ForeignKey(
        Receipt,
        on_delete=models.PROTECT,
        null=True,
        related_name="bank_lines",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "bank_ref"], name="bank_line_once"),
        )
        indexes = (
            models.Index(fields=["account", "booked_at"], name="bank_line_day"),
            models.Index(
                fields=["account", "booked_at"],
                condition=models.Q(direction="in", payment__isnull=True, receipt__isnull=True),
                name="bank_line_unmatched",
            ),
        )


class DayBalance(models.Model):
    """The balance of an account at the end of a day, from the closed-day statement."""

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    balance_date = models.DateField()
    balance_fen = models.BigIntegerField()
    statement_number = models.IntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "balance_date"], name="balance_once"),
        )
