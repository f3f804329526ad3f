"""The form of a lease: plain fields; what is lawful is said by the actions."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from sanzi.interfaces.office.forms.assets import Value
from sanzi.interfaces.office.forms.income import Amount
from sanzi.registers.leases import rules
from sanzi.registers.leases.actions.leases import LeaseFields
from sanzi.registers.leases.queries import leases as queries

_DATE = {"type": "date"}
_YEARS = f"填0到{rules.YEARS_MAX}的整数"


class LeaseForm(forms.Form):
    """Who takes what until when for how much."""

    asset = forms.ChoiceField(label="租什么")
    tenant = forms.ChoiceField(label="谁租")
    start_date = forms.DateField(label="哪天起", widget=forms.DateInput(attrs=_DATE))
    end_date = forms.DateField(
        label="到哪天止", help_text="含这一天，最长二十年", widget=forms.DateInput(attrs=_DATE)
    )
    rent_fen_year = Amount(label="一年租金（元）", max_length=20)
    pay_cycle = forms.ChoiceField(label="怎么交", choices=queries.CYCLES)
    prepaid_years = forms.IntegerField(
        label="合同写明先收几年租金",
        required=False,
        min_value=0,
        max_value=rules.YEARS_MAX,
        help_text="不先收的不用填",
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _YEARS),
    )
    deposit_fen = Value(label="保证金（元）", max_length=20, required=False)
    auction = forms.CharField(
        label="公开拍租编号",
        max_length=40,
        required=False,
        help_text="年租5000元起或租期一年以上要写",
    )
    decision_ref = forms.CharField(label="决议文号", max_length=60, required=False)
    contract_ref = forms.CharField(label="合同编号", max_length=40, required=False)
    use_limit = forms.CharField(label="只能用来做什么", max_length=120, required=False)

    def offer(self, things: Sequence[tuple[str, str]], tenants: Sequence[tuple[str, str]]) -> None:
        """Offer what may be let, and those who may rent."""
        self.fields["asset"].choices = things  # type: ignore[attr-defined]
        self.fields["tenant"].choices = tenants  # type: ignore[attr-defined]

    def lease(self) -> LeaseFields:
        """Return the lease that was typed."""
        told = self.cleaned_data
        return LeaseFields(**{**told, "prepaid_years": told["prepaid_years"] or 0})
