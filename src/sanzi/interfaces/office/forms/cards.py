"""Forms of the card register: plain fields; what is lawful is said by the actions."""

from __future__ import annotations

from django import forms

from sanzi.interfaces.office.forms.income import Amount, Choices
from sanzi.payments.actions.card_terms import CardTerms
from sanzi.payments.actions.cards import CardFields


class TermsForm(forms.Form):
    """What may change on a card."""

    limit = Amount(label="额度（元）", max_length=20, help_text="不超过银行给的，也不超过县里定的")
    bill_day = forms.IntegerField(
        label="账单日", min_value=1, max_value=28, help_text="每月几日，1到28"
    )
    due_day = forms.IntegerField(
        label="还款日", min_value=1, max_value=28, help_text="每月几日，1到28"
    )
    repaid_from = forms.ChoiceField(label="从哪个账户还")

    def offer_accounts(self, accounts: Choices) -> None:
        """Offer these accounts to choose from."""
        self.fields["repaid_from"].choices = accounts  # type: ignore[attr-defined]

    def terms(self) -> CardTerms:
        """Return the terms that were typed."""
        given = self.cleaned_data
        return CardTerms(
            limit_fen=given["limit"],
            bill_day=given["bill_day"],
            due_day=given["due_day"],
            repaid_from=given["repaid_from"],
        )


class CardForm(TermsForm):
    """A card that the bank has issued to an officer of a village."""

    holder = forms.ChoiceField(label="持卡人", help_text="只列在任、能持卡的")
    number = forms.CharField(
        label="卡号", max_length=40, help_text="卡面上的数字，存下来就加密",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    bank_code = forms.CharField(
        label="开卡行联行号", max_length=14, help_text="12位数字",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    field_order = ("holder", "number", "bank_code", "limit", "bill_day", "due_day", "repaid_from")

    def offer_holders(self, holders: Choices) -> None:
        """Offer these persons to choose from."""
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]

    def card(self, organisation: str) -> CardFields:
        """Return the card that was typed, for this body."""
        given = self.cleaned_data
        return CardFields(
            organisation=organisation,
            holder=given["holder"],
            number=given["number"],
            bank_code=given["bank_code"],
            limit_fen=given["limit"],
            bill_day=given["bill_day"],
            due_day=given["due_day"],
            repaid_from=given["repaid_from"],
        )
