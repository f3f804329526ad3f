"""The form of a delegation: plain fields; what is lawful is said by the actions."""

from __future__ import annotations

from django import forms


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
