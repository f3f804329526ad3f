"""The form of a matter as its file describes it: plain fields, none required while typing.

What is missing is said by the action that saves; nothing here judges a value.
"""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from sanzi.evidence import invoice_types
from sanzi.evidence.invoices import SOURCES, InvoiceFields
from sanzi.evidence.queries import slips as slip_queries
from sanzi.evidence.verification.port import WORDS, Verdict
from sanzi.kernel import money

LINE_KEYS = ("kind", "payee_id", "name", "account", "bank_code", "amount", "note")
LINES_TYPED_MAX = 10


def typed_lines(posted: Mapping[str, str]) -> list[dict[str, str]] | None:
    """Return the payee lines that were typed, without empty ones; None when the form has none."""
    if "line-count" not in posted:
        return None
    found = []
    for place in range(LINES_TYPED_MAX + 1):
        line = {key: posted.get(f"line-{place}-{key}", "").strip() for key in LINE_KEYS}
        is_typed = any(line[key] for key in ("name", "payee_id", "account", "amount"))
        if is_typed and posted.get("drop") != str(place):
            found.append({**line, "kind": line["kind"] or "person", "was": str(place + 1)})
    return found


class InvoiceForm(forms.Form):
    """An invoice as it is typed from the paper."""

    kind = forms.ChoiceField(
        label="种类",
        choices=[
            ("e_invoice", "电子发票"),
            ("paper_invoice", "纸质发票"),
            ("fiscal_receipt", "财政票据"),
        ],
    )
    code = forms.CharField(label="发票代码", required=False, max_length=20)
    number = forms.CharField(label="发票号码", max_length=20)
    issue_date = forms.DateField(
        label="开票日期",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    seller_name = forms.CharField(label="销售方", max_length=120)
    seller_tax_no = forms.CharField(label="销售方税号", required=False, max_length=20)
    buyer_name = forms.CharField(label="购买方（抬头）", required=False, max_length=120)
    amount = forms.CharField(label="价税合计（元）", max_length=20)
    part = forms.CharField(
        label="本次用多少（元）", required=False, max_length=20, help_text="分几次付才填"
    )
    net = forms.CharField(
        label="不含税金额（元）", required=False, max_length=20, help_text="专用发票查验要用"
    )
    check_code = forms.CharField(
        label="校验码", required=False, max_length=24, help_text="老式普通发票查验要用"
    )
    digest = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    type_code = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    sources = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)

    def fields_told(self) -> InvoiceFields:
        """Return what was typed or confirmed, each field with its source.

        Raises: kernel.money.BadAmount. A field that differs from what was read counts as typed.
        """
        said = self.cleaned_data
        told = {
            "code": said["code"], "number": said["number"], "issue_date": said["issue_date"],
            "seller_name": said["seller_name"], "seller_tax_no": said["seller_tax_no"],
            "buyer_name": said["buyer_name"], "check_code": said["check_code"],
            "amount_fen": money.parse_yuan(said["amount"]),
            "net_fen": money.parse_yuan(said["net"]) if said["net"] else None,
        }  # fmt: skip
        read = dict(
            pair.split(":", 1) for pair in said["sources"].split(",") if pair.count(":") == 1
        )
        sources = {
            key: read[key] if read.get(key) in SOURCES else "typed"
            for key, value in told.items()
            if value not in ("", None)
        }
        known = said["type_code"] if said["type_code"] in invoice_types.types() else ""
        return InvoiceFields(kind=said["kind"], type_code=known, sources=sources, **told)

    def part_fen(self) -> int | None:
        """Return the part this case takes, None for all. Raises: kernel.money.BadAmount."""
        part = self.cleaned_data["part"]
        return money.parse_yuan(part) if part else None


READ_FIELDS = {
    "number": "number", "code": "code", "issue_date": "issue_date", "seller_name": "seller_name",
    "seller_tax_no": "seller_tax_no", "buyer_name": "buyer_name", "amount_fen": "amount",
    "net_fen": "net", "check_code": "check_code",
}  # fmt: skip
"""The fields of a reading and the names of their inputs."""


class SlipForm(forms.Form):
    """A white slip of one payee line, as it is filled in from the paper."""

    line_no = forms.IntegerField(label="第几行收款人", min_value=1)
    kind = forms.ChoiceField(label="什么开支", choices=slip_queries.kinds)
    payee_name = forms.CharField(label="收款人", max_length=60)
    id_no = forms.CharField(label="身份证号", max_length=18)
    quantity = forms.CharField(label="数量", max_length=9)
    unit = forms.CharField(label="计量单位", max_length=10, help_text="工、斤、户")
    unit_price = forms.CharField(label="单价（元）", max_length=20)
    amount = forms.CharField(label="金额（元）", max_length=20)
    reason = forms.CharField(label="事由", max_length=120)
    handler_name = forms.CharField(label="经办人", max_length=40)
    witness_name = forms.CharField(label="证明人", max_length=40)
    slip_date = forms.DateField(
        label="收条日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class ReadingForm(forms.Form):
    """What one person read on the tax office's page, with the picture of it."""

    result = forms.ChoiceField(
        label="网页上写的结果",
        choices=[
            (one.value, WORDS[one]) for one in (
                Verdict.VALID, Verdict.MISMATCH, Verdict.NOT_FOUND, Verdict.VOID, Verdict.RED,
                Verdict.TOO_OLD,
            )
        ],
    )  # fmt: skip
    words = forms.CharField(label="说明", required=False, max_length=200)
    picture = forms.FileField(label="网页截图", required=False)


class DelegationForm(forms.Form):
    """Who stands in for me, in which post, when, up to how much."""

    post = forms.ChoiceField(label="替哪个职务办")
    to_person = forms.ChoiceField(label="请谁代办", help_text="同一处、职级相当的人")
    start_date = forms.DateField(label="从哪天", widget=forms.DateInput(attrs={"type": "date"}))
    end_date = forms.DateField(
        label="到哪天",
        help_text="最长15天",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    limit = forms.CharField(label="一件最多批多少（元）", max_length=20)
    reason = forms.CharField(label="为什么", required=False, max_length=120)


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
