"""Forms of assets: plain fields; what is lawful is said by the actions."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from sanzi.deals import asset_rules as rules
from sanzi.deals.actions.assets import AssetFields
from sanzi.deals.actions.stocktaking import PHOTO, Counted
from sanzi.deals.queries import assets as queries
from sanzi.evidence.actions.files import Upload
from sanzi.interfaces.office.forms.income import Amount

_DATE = {"type": "date"}
_KINDS = [
    (title, [(kind, dict(queries.KINDS)[kind]) for kind in rules.KINDS_OF[category]])
    for category, title in queries.CATEGORIES
]


class Area(forms.CharField):
    """An area as typed; cleaned to hundredths, None when empty."""

    def clean(self, value: object) -> object:
        """Return the area in hundredths. Raises a form error in words."""
        text = super().clean(value)
        try:
            return rules.parse_area(str(text or ""))
        except ValueError as wrong:
            raise forms.ValidationError("面积写成数字，最多两位小数，比如12.5。") from wrong


class Value(Amount):
    """An amount in yuan that may be left empty or be zero; cleaned to fen."""

    def clean(self, value: object) -> object:
        """Return the amount in fen. Raises a form error in words."""
        return 0 if str(value or "").strip() in ("", "0", "0.00") else super().clean(value)


class AssetForm(forms.Form):
    """A card of the register."""

    category = forms.ChoiceField(label="哪一类", choices=queries.CATEGORIES)
    kind = forms.ChoiceField(label="是什么", choices=_KINDS)
    name = forms.CharField(label="名称", max_length=60)
    place = forms.CharField(
        label="在哪里", max_length=120, required=False, help_text="房屋、土地、水面、林地要写"
    )
    is_operating = forms.BooleanField(
        label="可以出租、经营", required=False, help_text="村部、礼堂、道路不勾"
    )
    area_mu_centi = Area(label="多少亩", max_length=14, required=False, help_text="资源必填")
    area_m2_centi = Area(label="多少平方米", max_length=14, required=False)
    quantity = forms.IntegerField(label="数量", initial=1)
    unit = forms.CharField(label="单位", max_length=8, required=False, help_text="间、台、口")
    book_value_fen = Value(
        label="账面原值（元）", max_length=20, required=False, help_text="资源没入账的写0"
    )
    acquired_date = forms.DateField(
        label="哪天取得", required=False, widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    subject_code = forms.ChoiceField(label="在账上哪个科目", required=False)
    plan_ext_id = forms.ChoiceField(
        label="折旧计划", required=False, help_text="折旧由账务里的定期计划记，这里只连上"
    )
    reason = forms.CharField(label="为什么改", max_length=60, required=False)

    def offer(self, subjects: Sequence[tuple[str, str]], plans: Sequence[tuple[str, str]]) -> None:
        """Offer the accounts and plans of the body; `reason` is for changes only."""
        for name, empty, found in (
            ("subject_code", "没入账", subjects),
            ("plan_ext_id", "没有", plans),
        ):
            self.fields[name].choices = [("", empty), *found]  # type: ignore[attr-defined]

    def asset(self, organisation: str) -> AssetFields:
        """Return the card that was typed."""
        given = dict(self.cleaned_data)
        given.pop("reason")
        return AssetFields(organisation=organisation, **given)


class AppraisalForm(forms.Form):
    """What a thing was valued at."""

    appraised_fen = Amount(label="估了多少元", max_length=20)
    appraiser = forms.CharField(label="谁估的", max_length=120)


class CountForm(forms.Form):
    """What was found of a thing."""

    result = forms.ChoiceField(
        label="盘到了吗",
        choices=[("found", "在，和卡片相符"), ("changed", "在，有变化"), ("missing", "找不到")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="说明", max_length=120, required=False, help_text="有变化、找不到要写"
    )
    photo = forms.ImageField(
        label="拍一张",
        required=False,
        help_text="有变化一定要拍",
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def counted(self) -> Counted:
        """Return what was said."""
        given = self.cleaned_data
        photo = given["photo"]
        upload = None
        if photo is not None:
            photo.seek(0)
            upload = Upload(photo.name, PHOTO, photo, may_be_invoice=False)
        return Counted(given["result"], given["note"], upload)
