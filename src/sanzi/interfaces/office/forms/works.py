"""Forms of the site: an inspection with what it found, an answer to a finding, a verdict."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from sanzi.evidence.rules import SIZE_MAX_BYTES
from sanzi.registers.works.actions.inspections import Finding, Seen, Shot

FINDINGS = 3
"""How many findings one form has room for; more are another inspection."""
Choices = Sequence[tuple[str, str]]


def _photo() -> forms.FileField:
    return forms.FileField(
        label="现场照片",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class _WithPhoto(forms.Form):
    """A form with one photo, taken now with the phone."""

    photo = _photo()

    def shot(self) -> Shot | None:
        """Return the photo as it came, no more of it than may be kept."""
        photo = self.cleaned_data["photo"]
        return Shot(photo.name, photo.read(SIZE_MAX_BYTES + 1)) if photo else None


class FindingForm(forms.Form):
    """One thing that is wrong; without words there is none."""

    words = forms.CharField(label="什么问题", max_length=200, required=False)
    kind = forms.ChoiceField(label="哪一类", required=False)
    level = forms.ChoiceField(label="轻重", required=False)
    person = forms.ChoiceField(label="谁来整改", required=False)
    due_date = forms.DateField(
        label="最晚哪天",
        required=False,
        help_text="不填就用这一级最长的天数",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def offer(self, kinds: Choices, levels: Choices, people: Choices) -> None:
        """Fill the lists."""
        for name, choices in (("kind", kinds), ("level", levels), ("person", people)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def finding(self) -> Finding | None:
        """Return what is wrong, None when nothing was typed."""
        said = self.cleaned_data
        return Finding(**said) if said["words"].strip() else None


class InspectionForm(_WithPhoto):
    """What was seen on the site."""

    words = forms.CharField(
        label="看到什么",
        max_length=300,
        required=False,
        help_text="会公开，别写人名",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = forms.CharField(
        label="工地上哪一处", max_length=60, required=False, help_text="不填就是整个工地"
    )

    def seen(self, findings: Sequence[FindingForm]) -> Seen:
        """Return what was seen, with the findings that were typed."""
        said = [one for form in findings if (one := form.finding()) is not None]
        return Seen(self.cleaned_data["words"], self.cleaned_data["place"], tuple(said))


class RectificationForm(_WithPhoto):
    """What was done about a finding."""

    words = forms.CharField(
        label="怎么整改的",
        max_length=300,
        required=False,
        help_text="会公开，别写人名",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VerdictForm(forms.Form):
    """What somebody says who went and looked."""

    words = forms.CharField(
        label="核对怎么说", max_length=200, required=False, help_text="没改好一定要写差在哪"
    )
