"""Forms of inspections: the order, a problem, an answer, a verdict, a lead, an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from sanzi.evidence.rules import SIZE_MAX_BYTES
from sanzi.inspection import rules
from sanzi.inspection.actions.answering import Done
from sanzi.inspection.actions.keeping import Paper
from sanzi.inspection.actions.leads import Confirmed, Result, Told
from sanzi.inspection.actions.plans import Wanted
from sanzi.inspection.actions.seeing import Seen
from sanzi.kernel.errors import BadAmount
from sanzi.kernel.money import parse_yuan

Choices = Sequence[tuple[str, Any]]
FILES = ("photo", "more", "third")
NEEDED = {
    "title": "请写名称。",
    "basis": "请写依据的文件。",
    "fields_looked": "要从清单里至少选一个领域。",
    "people": "请选检查人。",
    "villages": "请至少选一个村。",
}


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


def _words(label: str, most: int, hint: str = "", *, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=False, help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class YuanField(forms.CharField):
    """A sum typed in yuan; empty is nothing."""

    def __init__(self, label: str, hint: str = "没有就不填") -> None:
        """Make the field."""
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__(label=label, required=False, max_length=20, help_text=hint, widget=widget)

    def clean(self, value: Any) -> Any:
        """Return fen; a minus is left to the action, which refuses it."""
        text = super().clean(value).strip()
        if not text:
            return 0
        sign = -1 if text[:1] in "-−－" else 1
        try:
            return sign * parse_yuan(text.lstrip("-−－"), allow_zero=True)
        except BadAmount as bad:
            raise forms.ValidationError(f"{bad.text}{bad.advice}") from bad


class _WithPapers(forms.Form):
    photo = forms.FileField(
        label="照片或材料", required=False,
        widget=forms.ClearableFileInput(
            attrs={"accept": "image/*,application/pdf", "capture": "environment"}
        ),
    )  # fmt: skip
    more = forms.FileField(label="第二份", required=False)
    third = forms.FileField(label="第三份", required=False)

    def papers(self) -> list[Paper]:
        """Return the files as they came, no more of each than may be kept."""
        given = [self.cleaned_data[name] for name in FILES]
        return [Paper(one.name, one.read(SIZE_MAX_BYTES + 1)) for one in given if one]


class OrderForm(forms.Form):
    """The order of an inspection: the same people go into all villages of one order."""

    title = forms.CharField(label="名称", max_length=60, required=False)
    basis = forms.CharField(label="依据", max_length=120, required=False, help_text="文件名和文号")
    method = forms.ChoiceField(label="方式")
    starts_date, ends_date = _day("检查开始"), _day("检查结束")
    period_from_date, period_until_date = _day("查哪天起的业务"), _day("查到哪天")
    sample_size = forms.IntegerField(label="每村抽几件", min_value=0, max_value=999)
    fields_looked = forms.MultipleChoiceField(
        label="检查领域", required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.MultipleChoiceField(
        label="检查人", required=False, widget=forms.CheckboxSelectMultiple
    )
    villages = forms.MultipleChoiceField(
        label="村", required=False, widget=forms.CheckboxSelectMultiple
    )

    def offer(self, methods: Choices, fields: Choices, people: Choices, villages: Choices) -> None:
        """Fill the lists."""
        for name, choices in (
            ("method", methods), ("fields_looked", fields), ("people", people),
            ("villages", villages),
        ):  # fmt: skip
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Name everything that is not filled at once; what else is wrong the action says."""
        said = super().clean() or self.cleaned_data
        for name, words in NEEDED.items():
            if name not in self.errors and not said.get(name):
                self.add_error(name, words)
        return said

    def wanted(self) -> Wanted:
        """Return what is ordered."""
        said = dict(self.cleaned_data)
        people = said.pop("people")
        return Wanted(
            fields=said.pop("fields_looked"),
            villages=dict.fromkeys(said.pop("villages"), people),
            **said,
        )


class FindForm(_WithPapers):
    """A problem, as it is written in the village."""

    form = forms.ChoiceField(label="哪种问题", required=False)
    facts = _words("查到的情况", 500, "谁、什么时候、怎么回事")
    amount = YuanField("涉及金额（元）")
    demand = _words("要求怎么改", 300, rows=2)
    days = forms.IntegerField(
        label="几个工作日改好", required=False, help_text="不填就按轻重：一般15、较重10、严重5"
    )
    rows = forms.CharField(
        label="还涉及哪些办件号", required=False, max_length=400, help_text="用逗号隔开，可以不填"
    )

    def offer(self, choices: Choices) -> None:
        """Fill the list of forms, by field."""
        self.fields["form"].choices = [("", "请选"), *choices]  # type: ignore[attr-defined]

    def seen(self, sample: str) -> Seen:
        """Return the problem."""
        said = self.cleaned_data
        rows = said["rows"].replace("，", ",").replace("、", ",").split(",")
        return Seen(
            form=said["form"], facts=said["facts"], amount_fen=said["amount"],
            demand=said["demand"], sample=sample, rows=[one for one in rows if one.strip()],
            days=said["days"],
        )  # fmt: skip


class AnswerForm(_WithPapers):
    """What the village did."""

    words = _words("怎么改的", 500)
    money_back = YuanField("退回集体多少（元）")

    def done(self) -> Done:
        """Return what was done."""
        return Done(self.cleaned_data["words"], self.cleaned_data["money_back"])


class VerdictForm(forms.Form):
    """What the verifier saw."""

    words = _words("核对到什么", 300, "没改好一定要写差在哪", rows=2)


class LeadForm(forms.Form):
    """A lead; what is typed here is sealed."""

    words = _words("线索", 2000, "至少10个字，只有纪委看得到", rows=5)
    named = forms.MultipleChoiceField(
        label="涉及的人", required=False, widget=forms.CheckboxSelectMultiple
    )

    def offer(self, people: Choices) -> None:
        """Fill the list of whom it may speak of."""
        self.fields["named"].choices = people  # type: ignore[attr-defined]

    def told(self, finding: str) -> Told:
        """Return the lead."""
        return Told(self.cleaned_data["words"], finding, self.cleaned_data["named"])


class PairLeadForm(forms.Form):
    """A lead from a pair with another county; what is typed here is sealed."""

    how = forms.ChoiceField(
        label="怎么核实的", required=False, choices=[("", "请选"), *rules.CONFIRMED.items()]
    )
    ref = forms.CharField(
        label="文号或者日期",
        max_length=80,
        required=False,
        help_text="对方县的答复、当面核对的那天",
    )
    words = _words("线索", 1800, "至少10个字，只有纪委看得到", rows=5)

    def told(self) -> Told:
        """Return the lead; whom the pair names is added by itself."""
        return Told(self.cleaned_data["words"])

    def proof(self) -> Confirmed:
        """Return how it was made sure of."""
        return Confirmed(self.cleaned_data["how"], self.cleaned_data["ref"])


class OutcomeForm(forms.Form):
    """What came of it."""

    kind = forms.ChoiceField(label="处理", required=False)
    amount = YuanField("金额（元）", "退回、停付的要填")
    document_ref = forms.CharField(label="文号", max_length=80, required=False)
    decided_date = _day("哪天定的")
    words = _words("说明", 200, rows=2)

    def offer(self, kinds: Choices) -> None:
        """Fill the list of kinds."""
        self.fields["kind"].choices = [("", "请选"), *kinds]  # type: ignore[attr-defined]

    def result(self) -> Result:
        """Return what came of it."""
        said = self.cleaned_data
        return Result(
            said["kind"], said["decided_date"], said["amount"], said["document_ref"], said["words"]
        )
