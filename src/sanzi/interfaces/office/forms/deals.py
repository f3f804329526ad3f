"""Forms of contracts and competitions: plain fields; what is lawful is said by the actions."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from sanzi.deals.actions.contracts import CLAUSE_WORDS, ContractFields
from sanzi.deals.actions.tenders import TenderFields
from sanzi.deals.queries.contracts import KINDS
from sanzi.deals.queries.tenders import METHODS
from sanzi.interfaces.office.forms.income import Amount

Choices = list[tuple[str, str]]
_DATE = {"type": "date"}


class MaybeAmount(Amount):
    """An amount in yuan that may be left out; cleaned to fen or None."""

    def clean(self, value: object) -> object:
        """Return the amount in fen, None for nothing."""
        return super().clean(value) if str(value or "").strip() else None


class ContractForm(forms.Form):
    """A signed contract as it stands on paper."""

    organisation = forms.ChoiceField(label="哪个单位签的")
    kind = forms.ChoiceField(label="什么合同", choices=KINDS)
    title = forms.CharField(label="合同名称", max_length=120)
    counterparty = forms.ChoiceField(label="和谁签的", help_text="名册里没有，先请镇里登记")
    amount = MaybeAmount(
        label="一共多少元", max_length=20, required=False, help_text="单价合同空着"
    )
    sign_date = forms.DateField(label="哪天签的", widget=forms.DateInput(attrs=_DATE))
    start_date = forms.DateField(
        label="哪天开始", required=False, widget=forms.DateInput(attrs=_DATE)
    )
    end_date = forms.DateField(
        label="哪天到期", required=False, widget=forms.DateInput(attrs=_DATE)
    )
    decision = forms.ChoiceField(label="会议决议", required=False, help_text="表决过的选一条")
    tender = forms.ChoiceField(label="招标", required=False, help_text="招过标的选一次")
    clauses = forms.MultipleChoiceField(
        label="合同里写明了",
        required=False,
        choices=list(CLAUSE_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="四样都要有",
    )

    def offer(
        self,
        *,
        bodies: Sequence[tuple[str, str, str]],
        parties: Choices,
        decisions: Choices,
        tenders: Choices,
    ) -> None:
        """Offer what this officer may choose from."""
        lists = {
            "organisation": [(ext_id, name) for ext_id, name, _ in bodies],
            "counterparty": [("", "请选"), *parties],
            "decision": [("", "没有表决"), *decisions],
            "tender": [("", "没有招标"), *tenders],
        }
        for name, choices in lists.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def contract(self) -> ContractFields:
        """Return the contract that was typed."""
        given = self.cleaned_data
        return ContractFields(
            organisation=given["organisation"],
            kind=given["kind"],
            title=given["title"],
            counterparty=given["counterparty"],
            sign_date=given["sign_date"],
            start_date=given["start_date"],
            end_date=given["end_date"],
            amount_fen=given["amount"],
            tender=given["tender"],
            decision=given["decision"],
            clauses={name: name in given["clauses"] for name in CLAUSE_WORDS},
        )


class TenderForm(forms.Form):
    """A competition as it is published."""

    organisation = forms.ChoiceField(label="哪个单位招")
    subject_kind = forms.ChoiceField(
        label="招什么", choices=[("works", "工程"), ("procurement", "采购")]
    )
    title = forms.CharField(label="名称", max_length=120)
    method = forms.ChoiceField(label="怎么招", choices=METHODS)
    platform_level = forms.ChoiceField(
        label="在哪里招", choices=[("village", "村里"), ("town", "镇平台"), ("county", "县平台")]
    )
    platform_number = forms.CharField(
        label="平台编号", max_length=60, required=False, help_text="村里招的空着"
    )
    limit_price = MaybeAmount(
        label="最高限价（元）", max_length=20, required=False, help_text="没有就空着"
    )
    bid_deadline_at = forms.DateTimeField(
        label="什么时候截止",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="公开招标至少5天，报价当天也行",
    )
    bidder_min = forms.IntegerField(label="最少几家", initial=3)

    def offer(self, bodies: Sequence[tuple[str, str, str]]) -> None:
        """Offer these bodies to choose from."""
        field = self.fields["organisation"]
        field.choices = [(ext_id, name) for ext_id, name, _ in bodies]  # type: ignore[attr-defined]

    def tender(self) -> TenderFields:
        """Return the competition that was typed."""
        given = self.cleaned_data
        return TenderFields(
            organisation=given["organisation"],
            subject_kind=given["subject_kind"],
            title=given["title"],
            method=given["method"],
            bid_deadline_at=given["bid_deadline_at"],
            platform_level=given["platform_level"],
            platform_number=given["platform_number"],
            limit_price_fen=given["limit_price"],
            bidder_min=given["bidder_min"],
        )


class NextRoundForm(forms.Form):
    """The notice of another round of an auction that failed."""

    floor = Amount(label="新底价（元）", max_length=20, help_text="最低降到上一轮的九成")
    decision_ref = forms.CharField(label="降价的决议", max_length=60)
    opens_at = forms.DateTimeField(
        label="什么时候开拍", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    closes_at = forms.DateTimeField(
        label="什么时候结束", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
