"""Forms of invoices and slips: plain fields, none judged here.

What is missing is said by the action that saves.
"""

from __future__ import annotations

from django import forms

from sanzi.evidence import invoice_types
from sanzi.evidence.invoices import SOURCES, InvoiceFields
from sanzi.evidence.queries import slips as slip_queries
from sanzi.evidence.verification.port import WORDS, Verdict
from sanzi.kernel import money


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
