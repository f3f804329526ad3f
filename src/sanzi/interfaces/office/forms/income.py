"""Forms of accounts and income: plain fields; what is lawful is said by the actions."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from sanzi.payments.actions.account_proposals import AccountFields, Decision
from sanzi.payments.actions.bills import BillFields
from sanzi.payments.actions.receipt_books import CashFields
from sanzi.payments.queries.bills import KIND_WORDS

Choices = list[tuple[str, str]]
PAPER_RULE = "照片或PDF，要看得清签字和日期"
_DATE = {"type": "date"}


class Amount(forms.CharField):
    """An amount in yuan as typed; cleaned to fen."""

    def clean(self, value: object) -> object:
        """Return the amount in fen. Raises a form error in words."""
        from sanzi.kernel import money
        from sanzi.kernel.refusals import Refusal

        text = super().clean(value)
        try:
            return money.parse_yuan(str(text))
        except Refusal as refusal:
            raise forms.ValidationError(f"{refusal.text}{refusal.advice}") from refusal


class DecisionForm(forms.Form):
    """The village's decision: number, day, paper."""

    decision_number = forms.CharField(label="决议文号", max_length=40)
    decision_date = forms.DateField(label="哪天决议", widget=forms.DateInput(attrs=_DATE))
    paper = forms.FileField(label="决议的照片或扫描件", help_text=PAPER_RULE)

    def decision(self) -> Decision:
        """Return the decision that was typed."""
        given = self.cleaned_data
        return Decision(
            given["decision_number"],
            given["decision_date"],
            given.get("eligible_count"),
            given.get("agree_count"),
        )


class OpeningForm(DecisionForm):
    """What account a body wants to open."""

    organisation = forms.ChoiceField(label="哪个单位")
    kind = forms.ChoiceField(
        label="什么账户",
        choices=[
            ("basic", "基本存款账户"),
            ("land_compensation", "土地补偿费专户"),
            ("general", "一般存款账户"),
            ("term", "定期存款"),
        ],
    )
    holder_name = forms.CharField(label="户名", max_length=120, help_text="和单位名称一样")
    number = forms.CharField(label="账号", max_length=40)
    bank_code = forms.CharField(label="开户行联行号", max_length=14, help_text="12位数字")
    due_date = forms.DateField(
        label="到期日", required=False, help_text="只有定期填", widget=forms.DateInput(attrs=_DATE)
    )
    reason = forms.CharField(label="为什么开", max_length=200)
    eligible_count = forms.IntegerField(
        label="应到几人", required=False, min_value=1, help_text="一般户、定期要过半数"
    )
    agree_count = forms.IntegerField(label="同意几人", required=False, min_value=0)
    field_order = (
        "organisation", "kind", "holder_name", "number", "bank_code", "due_date", "reason",
        "decision_number", "decision_date", "eligible_count", "agree_count", "paper",
    )  # fmt: skip

    def offer(self, bodies: Sequence[tuple[str, str, str]]) -> None:
        """Offer these bodies to choose from."""
        field = self.fields["organisation"]
        field.choices = [(ext_id, name) for ext_id, name, _ in bodies]  # type: ignore[attr-defined]

    def account(self) -> AccountFields:
        """Return the account that was typed."""
        given = self.cleaned_data
        return AccountFields(
            organisation=given["organisation"],
            kind=given["kind"],
            holder_name=given["holder_name"],
            number=given["number"],
            bank_code=given["bank_code"],
            reason=given["reason"],
            due_date=given["due_date"],
        )


class ClosingForm(DecisionForm):
    """Why an account is to be closed."""

    reason = forms.CharField(label="为什么销", max_length=200)
    field_order = ("reason", "decision_number", "decision_date", "paper")


def _kinds() -> Choices:
    return [(code, words) for code, words in KIND_WORDS.items() if code != "interest"]


class BillForm(forms.Form):
    """Who is to pay what until when: five fields, the rest follows."""

    organisation = forms.ChoiceField(label="交给哪个单位")
    payer_name = forms.CharField(
        label="谁交", max_length=120, help_text="写人名或单位名；登记过的，点“找”再选"
    )
    payer = forms.ChoiceField(
        label="找到的",
        required=False,
        error_messages={"invalid_choice": "名字改过了，请再找一次。"},
    )
    phone = forms.CharField(
        label="手机", max_length=20, required=False, help_text="不填也行；填了，钱到了给他发短信"
    )
    kind = forms.ChoiceField(label="什么收入", choices=_kinds)
    purpose = forms.CharField(label="什么钱", max_length=60, help_text="写在单子上，比如四季度租金")
    amount = Amount(label="多少元", max_length=20)
    due_date = forms.DateField(label="哪天前交", widget=forms.DateInput(attrs=_DATE))
    source_id = forms.CharField(
        label="合同或资产编号", max_length=40, required=False, help_text="没有就空着"
    )

    def offer(self, bodies: Sequence[tuple[str, str, str]]) -> None:
        """Offer these bodies to choose from."""
        field = self.fields["organisation"]
        field.choices = [(ext_id, name) for ext_id, name, _ in bodies]  # type: ignore[attr-defined]

    def offer_payers(self, found: Sequence[tuple[str, str, str]]) -> None:
        """Offer registered payers of these (kind, ext id, name) beside the name as typed."""
        field = self.fields["payer"]
        field.choices = [  # type: ignore[attr-defined]
            ("", ""), *((f"{kind}:{ext_id}", name) for kind, ext_id, name in found)
        ]  # fmt: skip

    def bill(self) -> BillFields:
        """Return the bill that was typed."""
        given = self.cleaned_data
        kind, _, payer = given["payer"].partition(":")
        return BillFields(
            organisation=given["organisation"],
            kind=given["kind"],
            purpose=given["purpose"],
            amount_fen=given["amount"],
            due_date=given["due_date"],
            payer_name=given["payer_name"],
            payer_person=payer if kind == "person" else "",
            payer_counterparty=payer if kind == "counterparty" else "",
            phone=given["phone"],
            source_kind="contract" if given["source_id"] else "",
            source_id=given["source_id"],
        )


class BookForm(forms.Form):
    """A book of receipts that goes out to a body."""

    organisation = forms.ChoiceField(label="领给哪个单位")
    number = forms.CharField(label="本号", max_length=20, help_text="印在封面上")
    first_serial = forms.IntegerField(label="起号", min_value=1)
    last_serial = forms.IntegerField(label="止号", min_value=1)

    def offer(self, bodies: Sequence[tuple[str, str, str]]) -> None:
        """Offer these bodies to choose from."""
        field = self.fields["organisation"]
        field.choices = [(ext_id, name) for ext_id, name, _ in bodies]  # type: ignore[attr-defined]


class CashForm(forms.Form):
    """A paper receipt as it stands in the book."""

    serial = forms.IntegerField(label="收据号", min_value=1)
    payer_name = forms.CharField(label="谁交的", max_length=120)
    kind = forms.ChoiceField(label="什么收入", choices=_kinds)
    purpose = forms.CharField(label="什么钱", max_length=60)
    amount = Amount(label="多少元", max_length=20)
    received_date = forms.DateField(label="哪天收的", widget=forms.DateInput(attrs=_DATE))

    def cash(self) -> CashFields:
        """Return the receipt that was typed."""
        given = self.cleaned_data
        return CashFields(
            serial=given["serial"],
            payer_name=given["payer_name"],
            kind=given["kind"],
            purpose=given["purpose"],
            amount_fen=given["amount"],
            received_date=given["received_date"],
        )


class ReceiptForm(forms.Form):
    """What the accountant says of money that came in."""

    kind = forms.ChoiceField(
        label="收入类别",
        choices=[
            ("rent", "租金"),
            ("contracting", "承包费"),
            ("land_transfer", "土地流转"),
            ("subsidy", "上级补助"),
            ("earmarked", "专项资金"),
            ("interest", "利息"),
            ("dividend", "分红"),
            ("sales", "经营收入"),
            ("service", "服务收入"),
            ("refund", "退回款"),
            ("other", "其他"),
        ],
    )
    subject_code = forms.ChoiceField(label="记到哪个科目")
    purpose = forms.CharField(label="什么钱", max_length=60, help_text="收据上印这句话")
    payer_name = forms.CharField(label="谁交的", max_length=120)
