"""Village cards: who holds one, what the bank says was spent with it, and what was settled."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from sanzi.orgs.models import Organisation, Person
from sanzi.payments.models.accounts import BankAccount


class VillageCard(models.Model):
    """A village card (村务卡) of one named holder, repaid from one account of its body.

    What is spent up to `bill_day` is due on the next `due_day`; until then the bank takes no
    interest. `last_line_seq` is the bank's number of the newest line that came. The township
    suspends a card and resumes it; the last suspension is kept, without an end while it lasts.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    holder = models.ForeignKey(Person, on_delete=models.PROTECT)
    sealed_number = models.TextField()
    number_index = models.CharField(max_length=64, unique=True)
    tail = models.CharField(max_length=4)
    bank_code = models.CharField(max_length=12)
    repaid_from = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    limit_fen = models.BigIntegerField()
    bill_day = models.SmallIntegerField()
    due_day = models.SmallIntegerField()
    issued_date = models.DateField()
    closed_date = models.DateField(null=True)
    suspended_at = models.DateTimeField(null=True)
    resumed_at = models.DateTimeField(null=True)
    suspended_reason = models.CharField(max_length=200, blank=True)
    last_line_seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "holder"],
                condition=models.Q(closed_date__isnull=True),
                name="village_card_one_each",
            ),
            models.CheckConstraint(
                condition=models.Q(limit_fen__gt=0)
                & models.Q(bill_day__gte=1, bill_day__lte=28)
                & models.Q(due_day__gte=1, due_day__lte=28),
                name="village_card_terms",
            ),
            models.CheckConstraint(
                condition=models.Q(resumed_at__isnull=True)
                | models.Q(resumed_at__gte=models.F("suspended_at")),
                name="village_card_suspension",
            ),
        )
        indexes = (models.Index(fields=["division_code"], name="village_card_place"),)

    @property
    def is_suspended(self) -> bool:
        """Whether the township has stopped the card and not let it go on."""
        return self.suspended_at is not None and self.resumed_at is None

    def was_suspended_at(self, at: datetime) -> bool:
        """Return whether the last suspension held at this instant."""
        if self.suspended_at is None or at < self.suspended_at:
            return False
        return self.resumed_at is None or at < self.resumed_at


class SettlementState(models.TextChoices):
    """Where a card settlement stands."""

    DRAFT = "DRAFT", "还没交"
    ASKED = "ASKED", "等镇里批"
    APPROVED = "APPROVED", "批了，等还款"
    REFUSED = "REFUSED", "退回了"
    REPAID = "REPAID", "已还款"


class CardSettlement(models.Model):
    """The lines of one matter, with their evidence, asked for and decided (一事一结).

    Files hang on `card_settlement`; its invoices and its payment order bear `ext_id` as their case
    number. `net_fen` is what was spent less what was refunded. A settlement that was refused has
    let go of its lines.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    card = models.ForeignKey(VillageCard, on_delete=models.PROTECT, related_name="settlements")
    division_code = models.CharField(max_length=12)
    purpose = models.CharField(max_length=60)
    subject_code = models.CharField(max_length=16)
    net_fen = models.BigIntegerField()
    slip_fen = models.BigIntegerField(default=0)
    state = models.CharField(
        max_length=8, choices=SettlementState.choices, default=SettlementState.DRAFT
    )
    started_by_id = models.BigIntegerField()
    started_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=200, blank=True)
    repaid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(net_fen__gte=0) & models.Q(slip_fen__gte=0),
                name="card_settlement_sums",
            ),
        )
        indexes = (models.Index(fields=["division_code", "state"], name="card_settlement_place"),)


class CardLineKind(models.TextChoices):
    """Kinds of card lines, with the bank's values; the record has them in lower case."""

    PURCHASE = "PURCHASE", "消费"
    CASH = "CASH", "取现"
    REFUND = "REFUND", "退货"
    FEE = "FEE", "费用"


class CardLine(models.Model):
    """One line of a village card as the bank booked it, kept once under the bank's reference.

    `amount_fen` is always above zero; a refund lowers the debt (`signed_fen`). `is_suspended`
    says that the card was suspended when it was spent; `borne_at` is when the township said that
    the holder bears the line himself and has repaid it.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    card = models.ForeignKey(VillageCard, on_delete=models.PROTECT, related_name="lines")
    bank_ref = models.CharField(max_length=40)
    booked_at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=CardLineKind.choices)
    amount_fen = models.BigIntegerField()
    merchant = models.CharField(max_length=120, blank=True)
    mcc = models.CharField(max_length=4, blank=True)
    memo = models.CharField(max_length=140, blank=True)
    due_date = models.DateField()
    is_suspended = models.BooleanField(default=False)
    settlement = models.ForeignKey(
        CardSettlement, on_delete=models.PROTECT, null=True, related_name="lines"
    )
    borne_at = models.DateTimeField(null=True)
    borne_by_id = models.BigIntegerField(null=True)
    borne_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(borne_at__isnull=True) | models.Q(settlement__isnull=True),
                name="card_line_one_payer",
            ),
            models.UniqueConstraint(fields=["card", "bank_ref"], name="card_line_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="card_line_positive"),
        )
        indexes = (
            models.Index(
                fields=["due_date"],
                condition=models.Q(settlement__isnull=True),
                name="card_line_open",
            ),
        )

    @property
    def signed_fen(self) -> int:
        """What the line adds to the debt, in fen; below zero for a refund."""
        return -self.amount_fen if self.kind == CardLineKind.REFUND else self.amount_fen
