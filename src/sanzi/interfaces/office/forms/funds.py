"""Forms of fiscal money: plain fields; what is lawful is said by the actions."""

from __future__ import annotations

from typing import Any

from django import forms

from sanzi.interfaces.office.forms.deals import MaybeAmount
from sanzi.interfaces.office.forms.income import Amount
from sanzi.payments.actions.funds import FundFields
from sanzi.registers.funds.actions.grants import TransferFields
from sanzi.registers.funds.actions.prices import Price
from sanzi.registers.funds.actions.projects import Progress, ProjectFields
from sanzi.registers.funds.rules import LEVELS
from sanzi.registers.labour.actions.standards import Rate

Choices = list[tuple[str, str]]


def _day(label: str, **more: Any) -> forms.DateField:
    """Return the field of a day; a browser shows what stands in it only in this format."""
    shown = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=shown, **more)


class Offering(forms.Form):
    """A form whose lists are filled by what this officer may choose from."""

    def offer(self, **lists: Choices) -> None:
        """Fill the lists by the names of their fields."""
        for name, choices in lists.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class FundForm(Offering):
    """A fund as its document grants it."""

    code = forms.CharField(
        label="资金代码", max_length=24, help_text="照文件上的写，字母、数字、短横"
    )
    name = forms.CharField(label="资金名称", max_length=120)
    organisation = forms.ChoiceField(label="哪个单位用")
    source_level = forms.ChoiceField(label="哪一级给的", choices=list(LEVELS.items()))
    amount = Amount(label="金额", max_length=20, help_text="元")
    granted_date = _day("哪天下达的")
    subjects = forms.CharField(
        label="可以列支的科目", max_length=200, required=False, help_text="用空格隔开，不限的空着"
    )
    use_by_date = _day("用到哪天", required=False, help_text="没写期限的空着")

    def fund(self) -> FundFields:
        """Return the fund that was typed."""
        given = dict(self.cleaned_data)
        return FundFields(amount_fen=given.pop("amount"), **given)


class TransferForm(Offering):
    """A part of a fund that goes to a town."""

    town = forms.ChoiceField(label="下达到哪个镇")
    village = forms.ChoiceField(label="给哪个村", required=False)
    project = forms.ChoiceField(label="用在哪个乡镇项目", required=False)
    amount = Amount(label="下达多少", max_length=20, help_text="元")
    issued_date = _day("哪天下达到镇")

    def transfer(self, fund: str) -> TransferFields:
        """Return the allocation that was typed."""
        given = dict(self.cleaned_data)
        return TransferFields(fund=fund, amount_fen=given.pop("amount"), **given)


class DayForm(forms.Form):
    """The day on which money came."""

    day = _day("哪天到账的")


class PassForm(forms.Form):
    """What goes on to the village."""

    amount = Amount(label="拨付多少", max_length=20, help_text="元；可以分几次拨")
    day = _day("哪天拨的")


class ProjectForm(Offering):
    """A township project as it is begun."""

    town = forms.ChoiceField(label="哪个镇的")
    name = forms.CharField(label="项目名称", max_length=120)
    budget = Amount(label="预算", max_length=20, help_text="元")
    start_date = _day("哪天开工")
    end_date = _day("哪天完工")

    def project(self) -> ProjectFields:
        """Return the project that was typed."""
        given = dict(self.cleaned_data)
        return ProjectFields(budget_fen=given.pop("budget"), **given)


class ProgressForm(forms.Form):
    """How a township project stands."""

    progress_percent = forms.IntegerField(label="做到百分之几", min_value=0, max_value=100)
    paid = MaybeAmount(label="一共付了", max_length=20, required=False, help_text="元，没付空着")
    payable = MaybeAmount(
        label="还欠施工单位", max_length=20, required=False, help_text="元，不欠空着"
    )
    payable_due_date = _day("欠的哪天付", required=False)
    end_date = _day("哪天完工")

    def progress(self) -> Progress:
        """Return what was typed."""
        given = dict(self.cleaned_data)
        return Progress(
            paid_fen=given.pop("paid") or 0, payable_fen=given.pop("payable") or 0, **given
        )


class PriceForm(Offering):
    """A reference price from a day on."""

    division = forms.ChoiceField(label="哪里的价")
    item_code = forms.CharField(label="代码", max_length=24, help_text="定过的用原来的代码")
    name = forms.CharField(label="名称和规格", max_length=60)
    unit = forms.CharField(label="单位", max_length=10, help_text="株、亩、平方米")
    price = Amount(label="参考价", max_length=20, help_text="元")
    density = forms.IntegerField(
        label="每亩最多", required=False, min_value=1, help_text="不限的空着"
    )
    valid_from_date = _day("从哪天起")

    def typed(self) -> Price:
        """Return the price that was typed."""
        given = dict(self.cleaned_data)
        return Price(
            price_fen=given.pop("price"),
            division_code=given.pop("division"),
            density_max_per_mu=given.pop("density"),
            **given,
        )


class RateForm(Offering):
    """A rate of pay for labour from a day on."""

    division = forms.ChoiceField(label="哪里的单价")
    code = forms.CharField(label="代码", max_length=24, help_text="定过的用原来的代码")
    title = forms.CharField(label="名称", max_length=40)
    value = Amount(label="标准", max_length=20, help_text="元")
    unit = forms.ChoiceField(label="按什么算", choices=[("day", "一天8小时"), ("piece", "一件")])
    valid_from_date = _day("从哪天起")
    source_ref = forms.CharField(label="依据", max_length=120, help_text="文件名和文号")

    def rate(self) -> Rate:
        """Return the rate that was typed."""
        given = dict(self.cleaned_data)
        return Rate(value_fen=given.pop("value"), division_code=given.pop("division"), **given)
