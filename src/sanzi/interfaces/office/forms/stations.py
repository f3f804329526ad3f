"""Forms of the station: what was seen on the spot, and what was put right."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from sanzi.evidence.rules import SIZE_MAX_BYTES
from sanzi.voice import station_queries as queries
from sanzi.voice.actions.stations import Done, Seen, Shot


class _WithPhoto(forms.Form):
    photo = forms.FileField(
        label="现场照片",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def shot(self) -> Shot | None:
        """Return the photo as it came, no more of it than may be kept."""
        photo = self.cleaned_data["photo"]
        return Shot(photo.name, photo.read(SIZE_MAX_BYTES + 1)) if photo else None


class VisitForm(_WithPhoto):
    """What somebody of the station saw on the spot."""

    finding = forms.ChoiceField(
        label="看到的", choices=[("", "请选"), *queries.FINDINGS], required=False
    )
    words = forms.CharField(
        label="看到什么",
        max_length=300,
        required=False,
        help_text="写信人看得到，至少8个字",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = forms.CharField(label="在哪里", max_length=60, required=False, help_text="可以不填")
    lat = forms.FloatField(label="纬度", required=False, help_text="可以不填")
    lng = forms.FloatField(label="经度", required=False, help_text="可以不填")

    def seen(self) -> Seen:
        """Return what was seen."""
        told = self.cleaned_data
        return Seen(told["finding"], told["words"], told["place"], told["lat"], told["lng"])


class PutRightForm(_WithPhoto):
    """What was put right, by whom, on which day."""

    doer = forms.ChoiceField(label="谁改的", required=False)
    done_date = forms.DateField(
        label="哪天改好的", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    words = forms.CharField(
        label="改了什么",
        max_length=300,
        required=False,
        help_text="写信人看得到，至少8个字",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def offer(self, people: Sequence[tuple[str, str]]) -> None:
        """Fill the list of who may have done it."""
        self.fields["doer"].choices = [("", "请选"), *people]  # type: ignore[attr-defined]

    def done(self) -> Done:
        """Return what was put right."""
        told = self.cleaned_data
        return Done(told["doer"], told["done_date"], told["words"])
