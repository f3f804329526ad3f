"""Opening and closing of accounts by decision, and the accounts that the bank has listed."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation
from sanzi.payments.models.accounts import AccountKind, BankAccount


class ProposalAct(models.TextChoices):
    """What an account proposal asks for."""

    OPEN = "OPEN", "开户"
    CLOSE = "CLOSE", "销户"


class ProposalState(models.TextChoices):
    """Where an account proposal stands."""

    PROPOSED = "PROPOSED", "等镇里批"
    APPROVED = "APPROVED", "批了"
    REJECTED = "REJECTED", "退回了"


class AccountProposal(models.Model):
    """A wish to open or close an account, by the village's decision; another hand approves it.

    Closing names its account from the first; opening makes it on approval. Files hang on
    `account_proposal`. Votes are empty where the kind of account needs none.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    act = models.CharField(max_length=5, choices=ProposalAct.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True)
    kind = models.CharField(max_length=20, choices=AccountKind.choices)
    holder_name = models.CharField(max_length=120)
    bank_code = models.CharField(max_length=12)
    sealed_number = models.TextField()
    number_index = models.CharField(max_length=64)
    tail = models.CharField(max_length=4)
    due_date = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    decision_number = models.CharField(max_length=40)
    decision_date = models.DateField()
    eligible_count = models.IntegerField(null=True)
    agree_count = models.IntegerField(null=True)
    state = models.CharField(
        max_length=8, choices=ProposalState.choices, default=ProposalState.PROPOSED
    )
    proposed_by_id = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["division_code", "state"], name="account_proposal_place"),)


class Standing(models.TextChoices):
    """How the bank's list of accounts and our register compare, account by account."""

    SAME = "SAME", "两边一样"
    UNKNOWN_HERE = "UNKNOWN_HERE", "银行有，册上没有"
    NOT_AT_BANK = "NOT_AT_BANK", "册上有，银行没有"
    CLOSED_AT_BANK = "CLOSED_AT_BANK", "银行已销户，册上没销"
    CLOSED_HERE = "CLOSED_HERE", "册上已销户，银行没销"


class AccountListing(models.Model):
    """One account in the comparison of the bank's list with our register.

    `since_at` is when the present standing was first seen. The organisation is ours, or the one
    whose name the bank gave; neither when no body bears that name.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    account = models.OneToOneField(BankAccount, on_delete=models.PROTECT, null=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    division_code = models.CharField(max_length=12, blank=True)
    sealed_number = models.TextField()
    number_index = models.CharField(max_length=64, unique=True)
    tail = models.CharField(max_length=4)
    holder_name = models.CharField(max_length=120)
    bank_code = models.CharField(max_length=12)
    opened_date = models.DateField(null=True)
    closed_date = models.DateField(null=True)
    standing = models.CharField(max_length=16, choices=Standing.choices)
    since_at = models.DateTimeField()
    checked_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "standing"], name="account_listing_place"),
        )
