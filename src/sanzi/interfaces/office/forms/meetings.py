"""Forms of decisions and meetings. What the law says is judged by the actions, not here."""

from __future__ import annotations

from datetime import date, datetime, time

from django import forms

from sanzi.kernel import clock, money
from sanzi.kernel.errors import BadAmount
from sanzi.matters import statutes
from sanzi.matters.actions.decisions import DECIDERS, TEXT_MAX, TITLE_MAX, Plan
from sanzi.matters.actions.meetings import PLACE_MAX, Call

Choices = list[tuple[str, str]]


def _choices(words: dict[str, str]) -> Choices:
    return [("", "请选"), *words.items()]


class PlanForm(forms.Form):
    """What is to be decided, by whom, in which procedure."""

    organisation = forms.ChoiceField(label="哪个组织的事")
    title = forms.CharField(label="议题", max_length=TITLE_MAX, help_text="例如“村内道路修补”")
    subject = forms.ChoiceField(label="哪一类事")
    procedure = forms.ChoiceField(label="程序", help_text="大事用五议，一般的事用四议")
    body = forms.ChoiceField(label="由谁表决", help_text="选错了，系统会说哪一条不许")
    amount = forms.CharField(
        label="金额（元）", required=False, max_length=20, help_text="不涉及钱就不填",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    plan_text = forms.CharField(
        label="方案", max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 5})
    )
    risk_note = forms.CharField(
        label="风险说明", required=False, max_length=TEXT_MAX, help_text="举债、出借、投资要写",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    interested = forms.ChoiceField(
        label="谁有利害关系", required=False, help_text="他和近亲属回避；还有别人，存好后再加"
    )
    reason = forms.CharField(label="什么关系", required=False, max_length=60)

    def offer(self, bodies: list[tuple[str, str, str]], people: Choices) -> None:
        """Offer the organisations and people of the actor's scope, and the table's words."""
        words = statutes.frame()
        offered = {
            "organisation": {one: name for one, name, _ in bodies},
            "subject": {one.code: one.title for one in words.subjects.values()},
            "procedure": {one.code: one.title for one in words.procedures.values()},
            "body": {one: words.bodies[one].title for one in DECIDERS},
            "interested": dict(people),
        }
        for name, choices in offered.items():
            self.fields[name].choices = _choices(choices)  # type: ignore[attr-defined]

    def plan(self) -> Plan:
        """Return the plan as typed. Raises: BadAmount."""
        said = self.cleaned_data
        person = said["interested"]
        return Plan(
            organisation_ext_id=said["organisation"],
            title=said["title"],
            subject=said["subject"],
            procedure=said["procedure"],
            body=said["body"],
            amount_fen=money.parse_yuan(said["amount"]) if said["amount"] else None,
            plan_text=said["plan_text"],
            risk_note=said["risk_note"],
            interested=((person, said["reason"]),) if person else (),
        )


class CallForm(forms.Form):
    """The notice of a meeting."""

    day = forms.DateField(label="哪天开", widget=forms.DateInput(attrs={"type": "date"}))
    hour = forms.TimeField(label="几点", widget=forms.TimeInput(attrs={"type": "time"}))
    place = forms.CharField(label="在哪里", max_length=PLACE_MAX)
    chair = forms.ChoiceField(label="谁主持")
    recorder = forms.ChoiceField(label="谁记录", required=False)
    watcher = forms.ChoiceField(
        label="谁监督", required=False, help_text="村监会或监事会的人，全程在场"
    )
    papers = forms.BooleanField(label="材料同时发出", required=False, initial=True)

    def offer(self, people: Choices) -> None:
        """Offer those who hold a post in the village."""
        for name in ("chair", "recorder", "watcher"):
            self.fields[name].choices = [("", "请选"), *people]  # type: ignore[attr-defined]

    def call(self, decision: str, step: str, also: str) -> Call:
        """Return the notice as typed; the hour is China's."""
        said = self.cleaned_data
        return Call(
            decision_ext_id=decision,
            step=step,
            held_at=_moment(said["day"], said["hour"]),
            place=said["place"],
            chair=said["chair"],
            recorder=said["recorder"],
            watcher=said["watcher"],
            has_papers=said["papers"],
            also=also,
        )


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, clock.SHANGHAI)


class UntilForm(forms.Form):
    """Until when something is shown."""

    until = forms.DateField(label="公示到哪天", widget=forms.DateInput(attrs={"type": "date"}))


class VotesForm(forms.Form):
    """The votes as counted."""

    agree = forms.IntegerField(label="同意", min_value=0, max_value=1_000_000)
    against = forms.IntegerField(label="反对", min_value=0, max_value=1_000_000, initial=0)
    abstain = forms.IntegerField(label="弃权", min_value=0, max_value=1_000_000, initial=0)


class EvaluationForm(forms.Form):
    """What villagers say afterwards."""

    score = forms.IntegerField(label="评议分（0到100）", min_value=0, max_value=100)
    comments = forms.CharField(
        label="大家怎么说", required=False, max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


__all__ = ["BadAmount", "CallForm", "EvaluationForm", "PlanForm", "UntilForm", "VotesForm"]
