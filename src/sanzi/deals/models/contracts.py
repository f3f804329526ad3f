"""Tables of contracts: one home for every contract of a body, whatever it is about."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Counterparty, Organisation, Person, User


class ContractKind(models.TextChoices):
    """What a contract is about, with the values of the record."""

    WORKS = "works", "工程"
    PROCUREMENT = "procurement", "采购"
    LEASE = "lease", "租赁"
    LAND = "land", "土地承包流转"
    LABOUR = "labour", "用工"
    INVESTMENT = "investment", "投资"
    LOAN = "loan", "借款"
    OTHER = "other", "其他"


class ContractStatus(models.TextChoices):
    """Where a contract stands, with the words that payments know of their sources."""

    PROPOSED = "proposed", "还没签"
    APPROVED = "approved", "在履行"
    CLOSED = "closed", "履行完了"
    REVOKED = "revoked", "解除了"


class Contract(models.Model):
    """A contract of a body with one party, or a supplement to one.

    `amount_fen` is the whole price, None where it is open; `period_fen` the price of one period
    of a contract paid in series. A clause that nobody looked for is None. Units: fen.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    kind = models.CharField(max_length=16, choices=ContractKind.choices)
    title = models.CharField(max_length=120)
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    sign_date = models.DateField(null=True)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    amount_fen = models.BigIntegerField(null=True)
    period_fen = models.BigIntegerField(null=True)
    tender_ext_id = models.CharField(max_length=40, blank=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    seal_use_ext_id = models.CharField(max_length=40, blank=True)
    subject_ext_id = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    has_price_clause = models.BooleanField(null=True)
    has_term_clause = models.BooleanField(null=True)
    has_breach_clause = models.BooleanField(null=True)
    has_settlement_clause = models.BooleanField(null=True)
    is_oral = models.BooleanField(default=False)
    doc_hash = models.CharField(max_length=64, blank=True)
    filed_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    status = models.CharField(
        max_length=12, choices=ContractStatus.choices, default=ContractStatus.APPROVED
    )
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(amount_fen__isnull=True) | models.Q(amount_fen__gte=0),
                name="contract_amount",
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "sign_date"], name="contract_place"),
            models.Index(fields=["organisation", "status"], name="contract_body"),
            models.Index(fields=["subject_ext_id"], name="contract_subject"),
            models.Index(fields=["case_number"], name="contract_case"),
            models.Index(fields=["decision_ext_id"], name="contract_decision"),
            models.Index(fields=["tender_ext_id"], name="contract_tender"),
            models.Index(
                fields=["parent"],
                # Few add to another: counted with all that do not, the key's own index looks idle.
                condition=models.Q(parent__isnull=False),
                name="contract_parent",
            ),
        )
