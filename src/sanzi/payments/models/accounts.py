"""Bank accounts, and their balance at the end of each day."""

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
    due_date = models.DateField(null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    is_registered = models.BooleanField(default=True)
    last_entry_seq = models.BigIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["number_index"], name="account_number"),)


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
