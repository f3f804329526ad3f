"""A power without payees: typed forms, effects at its moments, steps with a form of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sanzi.evidence import queries as evidence
from sanzi.evidence.actions import files
from sanzi.kernel.refusals import Refusal
from sanzi.matters import catalogue, errors, registry
from sanzi.matters.actions import cases, entries
from sanzi.matters.models import Case, CaseEntry, CaseStep, SourceMatter
from sanzi.orgs.errors import NotFound
from worlds import cases as worlds_cases
from worlds import village

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 12, 2, 0, tzinfo=UTC)
FORM = {
    "post_title": "保洁员", "pay": "9,600.00", "start": "2026-12-01", "has_kin": "no",
    "panel": [{"name": "高大林", "score": "92.5"}],
}  # fmt: skip


class TooDear(Refusal):
    """The register of the tests refuses."""

    code = "trial.too_dear"
    sentence = "超过了标准。"
    next_step = "请改低。"


@dataclass
class Register:
    """What the effects of the tests were told."""

    told: list[tuple[str, registry.Turn]] = field(default_factory=list)
    refuses: str = ""

    def effect(self, name: str) -> Callable[[registry.Turn], None]:
        """Return an effect that keeps its turn, or refuses."""

        def run(turn: registry.Turn) -> None:
            if self.refuses == name:
                raise TooDear(field="pay")
            self.told.append((name, turn))

        return run

    def names(self) -> list[str]:
        """Return what was told, in order."""
        return [name for name, _ in self.told]


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    matter = catalogue.load(Path(__file__).parent / "try-power.yaml")
    known = {**catalogue.matters(), "M29": matter}
    monkeypatch.setattr(catalogue, "matters", lambda: known)
    made = Register()
    for name in ("saved", "approved", "finished", "ended", "visited"):
        registry.effect(f"trial.{name}", made.effect(name))
    registry.check("trial.check", made.effect("check"))
    return made


@pytest.fixture
def world() -> village.World:
    return village.build()


@dataclass
class Work:
    """A case of the power and those who work on it."""

    world: village.World
    number: str

    def by(self, role: str) -> Any:
        """Return the actor of a role."""
        return self.world.actor(role, AT)

    def hang(self, kind: str = "photo", mark: int = 0, role: str = "committee_member") -> None:
        """Hang a photo on the open step."""
        subject_kind, subject_id = entries.step_subject(self.number, 3)
        files.store(
            by=self.by(role), at=AT, subject_kind=subject_kind,
            subject_id=subject_id, upload=files.Upload("照.jpg", kind, worlds_cases.photo(mark)),
        )  # fmt: skip

    def write(self, role: str = "committee_member", **more: Any) -> cases.Acted:
        """Write the open step down."""
        form = more.pop("form", {"said": "到他家看过", "days": "2"})
        return cases.record(number=self.number, by=self.by(role), at=AT, form=form, **more)

    def act(self, role: str, verdict: str = "approve", **said: Any) -> cases.Acted:
        """Say an opinion of what stands there now."""
        seen = Case.objects.get(number=self.number).content_digest
        opinion = cases.Opinion(verdict, seen, **said)
        return cases.act(number=self.number, by=self.by(role), at=AT, opinion=opinion)

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return Case.objects.get(number=self.number)


@pytest.fixture
def draft(world: village.World, register: Register) -> Work:
    by = world.actor("village_clerk", AT)
    number = cases.start(matter_code="M29", organisation_ext_id="O-WILLOW", by=by, at=AT)
    cases.save(number=number, by=by, at=AT, form=FORM)
    files.store(
        by=by, at=AT, subject_kind="case", subject_id=number,
        upload=files.Upload("公告.jpg", "notice", worlds_cases.photo(9)),
    )  # fmt: skip
    register.told.clear()
    return Work(world, number)


@pytest.fixture
def approved(draft: Work) -> Work:
    cases.submit(number=draft.number, by=draft.by("village_clerk"), at=AT)
    draft.act("village_secretary")
    return draft


def test_the_form_is_typed_and_its_amount_finds_the_tier(draft: Work, register: Register) -> None:
    cases.save(number=draft.number, by=draft.by("village_clerk"), at=AT, form={"pay": "12000"})

    assert (draft.case.amount_fen, draft.case.tier, draft.case.title) == (1_200_000, "T1", "保洁员")
    turn = register.told[-1][1]
    assert turn.form == {
        "post_title": "保洁员", "pay": 1_200_000, "start": date(2026, 12, 1), "has_kin": False,
        "panel": ({"name": "高大林", "score": Decimal("92.5")},),
    }  # fmt: skip
    assert (turn.number, turn.organisation, turn.by.person_id) == (
        draft.number, "O-WILLOW", draft.case.started_by_id,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"pay": "十元"}, "“一年报酬”"),
        ({"pay": "-3"}, "“一年报酬”"),
        ({"start": "2026-02-30"}, "“从哪天”不是日期"),
        ({"start": "0001-01-01"}, "“从哪天”的年份"),
        ({"has_kin": "maybe"}, "“有没有亲属”里没有“maybe”这一项"),
        ({"panel": "高大林"}, "“评议人”要一行一行地填"),
        ({"panel": [{"name": "甲", "score": "多"}]}, "“评议人”第1行“打分”要填数字"),
        ({"panel": [{"name": "甲", "rank": "1"}]}, "“评议人”第1行没有“rank”这一栏"),
        ({"panel": [{"name": "甲", "score": "1"}] * 4}, "“评议人”最多3行"),
        ({"panel": ["甲"]}, "“评议人”第1行不是一行"),
        ({"post_title": {"a": 1}}, "“岗位”要填文字"),
        ({"unknown": "x"}, "这张表上没有这一栏"),
    ],
)
def test_what_a_field_cannot_hold_is_refused_and_nothing_is_kept(
    draft: Work, register: Register, typed: dict[str, Any], sentence: str
) -> None:
    before = draft.case.form

    with pytest.raises(errors.BadField) as refused:
        cases.save(number=draft.number, by=draft.by("village_clerk"), at=AT, form=typed)

    assert refused.value.text.startswith(sentence)
    assert draft.case.form == before
    assert register.told == []


def test_rows_are_asked_for_what_they_lack(draft: Work) -> None:
    by = draft.by("village_clerk")
    cases.save(number=draft.number, by=by, at=AT, form={"panel": [{"name": "", "score": "3"}]})

    with pytest.raises(errors.FormIncomplete) as refused:
        cases.submit(number=draft.number, by=by, at=AT)

    assert "评议人第1行的姓名" in refused.value.text


def test_what_a_register_refuses_is_a_problem_first_and_a_refusal_when_handed_in(
    draft: Work, register: Register
) -> None:
    register.refuses = "check"
    by = draft.by("village_clerk")

    saved = cases.save(number=draft.number, by=by, at=AT, form={})
    with pytest.raises(TooDear):
        cases.submit(number=draft.number, by=by, at=AT)

    assert [(one.key, one.text) for one in saved.problems] == [("pay", "超过了标准。")]
    assert (draft.case.state, CaseStep.objects.count()) == ("DRAFT", 0)


def test_an_approved_case_is_a_source_and_opens_its_record_step(
    approved: Work, register: Register
) -> None:
    assert register.names() == ["check", "check", "approved"]
    assert (approved.case.state, approved.case.closed_at) == ("APPROVED", None)
    source = SourceMatter.objects.get(ext_id=approved.number)
    assert (source.kind, source.amount_fen, source.title) == ("pay", 960_000, "保洁员")
    assert CaseStep.objects.get(state="OPEN").step_key == "visit"


def test_a_refusing_effect_takes_the_approval_with_it(draft: Work, register: Register) -> None:
    cases.submit(number=draft.number, by=draft.by("village_clerk"), at=AT)
    register.refuses = "approved"

    with pytest.raises(TooDear):
        draft.act("village_secretary")

    assert (draft.case.state, SourceMatter.objects.count()) == ("SUBMITTED", 0)
    assert CaseStep.objects.get(step_key="approve").state == "OPEN"


def test_a_step_is_written_down_many_times_with_its_files_and_ends_the_case(
    approved: Work, register: Register
) -> None:
    approved.hang(mark=1)
    first = approved.write(is_last=False)
    approved.hang(mark=2)
    last = approved.write(form={"said": "又去了一次"})

    assert (first.state, first.next_step) == ("APPROVED", "visit")
    assert (last.state, last.next_step) == ("DONE", "")
    assert register.names()[-3:] == ["visited", "visited", "finished"]
    turn = register.told[-3][1]
    assert (turn.entry, turn.entry_no, turn.step_key) == (
        {"said": "到他家看过", "days": 2}, 1, "visit",
    )  # fmt: skip
    assert [kind for kind, _ in turn.entry_papers] == ["photo"]
    for number in (1, 2):
        assert len(evidence.attachments(*entries.entry_subject(approved.number, 3, number))) == 1
    assert evidence.attachments(*entries.step_subject(approved.number, 3)) == []
    assert approved.case.closed_at == AT


def test_a_step_is_ended_without_writing_more_but_not_before_the_first(approved: Work) -> None:
    with pytest.raises(errors.NothingRecorded):
        cases.finish(number=approved.number, by=approved.by("committee_member"), at=AT)
    approved.hang()
    approved.write(is_last=False)

    done = cases.finish(number=approved.number, by=approved.by("committee_member"), at=AT)

    assert (done.state, CaseEntry.objects.count()) == ("DONE", 1)


@pytest.mark.parametrize(
    ("role", "form", "papers", "refusal"),
    [
        ("committee_member", {"days": "2"}, True, errors.FormIncomplete),
        ("committee_member", {"said": "好", "days": "两"}, True, errors.BadField),
        ("committee_member", {"said": "好"}, False, errors.PapersMissing),
        ("village_clerk", {"said": "好"}, True, errors.NoOpenStep),
        ("cashier_reporter", {"said": "好"}, True, errors.NoOpenStep),
        ("stone_cashier", {"said": "好"}, True, NotFound),
    ],
)
def test_a_wrong_entry_is_refused_and_nothing_is_written(
    approved: Work,
    register: Register,
    role: str,
    form: dict[str, str],
    papers: bool,
    refusal: type[Refusal],
) -> None:
    if papers:
        approved.hang()
    before = (approved.case.content_digest, len(register.told))

    with pytest.raises(refusal):
        approved.write(role, form=form)

    assert (approved.case.content_digest, len(register.told)) == before
    assert CaseEntry.objects.count() == 0
    assert CaseStep.objects.get(state="OPEN").step_key == "visit"


def test_what_the_register_refuses_leaves_no_entry_and_the_files_where_they_were(
    approved: Work, register: Register
) -> None:
    approved.hang()
    register.refuses = "visited"

    with pytest.raises(TooDear):
        approved.write()

    assert CaseEntry.objects.count() == 0
    assert len(evidence.attachments(*entries.step_subject(approved.number, 3))) == 1


def test_an_opinion_is_no_form_and_a_form_no_opinion(draft: Work) -> None:
    cases.submit(number=draft.number, by=draft.by("village_clerk"), at=AT)
    with pytest.raises(errors.StepHasNoForm):
        draft.write("village_secretary", form={})
    draft.act("village_secretary")

    with pytest.raises(errors.StepHasForm):
        draft.act("committee_member")

    assert CaseEntry.objects.count() == 0


def test_a_later_reviewer_sees_the_entries_and_sends_back_what_was_written_down(
    draft: Work, register: Register
) -> None:
    by = draft.by("village_clerk")
    cases.save(number=draft.number, by=by, at=AT, form={"pay": "12000"})
    cases.submit(number=draft.number, by=by, at=AT)
    draft.act("village_secretary")
    seen = draft.case.content_digest
    draft.hang()
    draft.write()
    assert draft.case.content_digest != seen

    back = draft.act("supervision_head", "return", reason_code="not_true")

    assert (back.state, back.next_step) == ("SUBMITTED", "visit")
    assert draft.case.round == 2
    draft.hang(mark=4)
    draft.write(form={"said": "补走访"})
    assert [one.number for one in CaseEntry.objects.order_by("id")] == [1, 2]
    done = draft.act("supervision_head")
    assert done.state == "DONE"
    assert register.names()[-2:] == ["approved", "finished"]


def test_whoever_approved_before_it_was_sent_back_stays_apart(draft: Work) -> None:
    by = draft.by("village_clerk")
    cases.save(number=draft.number, by=by, at=AT, form={"pay": "12000"})
    cases.submit(number=draft.number, by=by, at=AT)
    draft.act("village_secretary")
    draft.hang()
    draft.write()
    draft.act("supervision_head", "return", reason_code="not_true")
    secretary = draft.case.steps.get(step_key="approve").actor
    draft.world.people["committee_member"].appointments.update(person=secretary)

    with pytest.raises(errors.DidAnotherStep):
        draft.hang(mark=3, role="village_secretary")
    with pytest.raises(errors.DidAnotherStep):
        draft.write("village_secretary")

    assert CaseEntry.objects.count() == 1


def test_a_party_of_the_form_stands_aside(draft: Work) -> None:
    secretary = draft.world.people["village_secretary"]
    by = draft.by("village_clerk")
    cases.save(number=draft.number, by=by, at=AT, form={"hired": secretary.ext_id})

    with pytest.raises(errors.NobodyLeft):
        cases.submit(number=draft.number, by=by, at=AT)

    assert draft.case.state == "DRAFT"


def test_a_withdrawn_case_ends_and_its_source_with_it(approved: Work, register: Register) -> None:
    with pytest.raises(errors.NotNow):
        cases.withdraw(number=approved.number, by=approved.by("village_clerk"), at=AT)
    assert register.names()[-1] == "approved"


def test_what_comes_twice_over_a_poor_network_is_written_once(approved: Work) -> None:
    approved.hang()
    approved.write(is_last=False, seen=0)
    approved.hang(mark=1)

    with pytest.raises(errors.WrittenSince):
        approved.write(is_last=False, seen=0)

    assert CaseEntry.objects.filter(case__number=approved.number).count() == 1
    approved.write(is_last=False, seen=1)
    assert CaseEntry.objects.filter(case__number=approved.number).count() == 2


def test_files_of_a_step_are_hung_by_its_holder_only(approved: Work) -> None:
    subject_kind, subject_id = entries.step_subject(approved.number, 3)
    for role in ("village_clerk", "stone_cashier"):
        with pytest.raises(Refusal):
            files.store(
                by=approved.by(role), at=AT, subject_kind=subject_kind, subject_id=subject_id,
                upload=files.Upload("照.jpg", "photo", worlds_cases.photo()),
            )  # fmt: skip
    assert evidence.attachments(subject_kind, subject_id) == []


def test_a_late_save_of_an_older_page_does_not_undo_a_newer_one(draft: Work) -> None:
    by, opened = draft.by("village_clerk"), draft.case.saved_at
    later = AT + timedelta(seconds=9)
    cases.save(number=draft.number, by=by, at=later, form={"pay": "7000"}, as_of=opened)

    with pytest.raises(errors.SavedSince):
        cases.save(number=draft.number, by=by, at=later, form={"pay": "1"}, as_of=opened)

    assert (draft.case.form["pay"], draft.case.amount_fen) == ("7000", 700_000)
