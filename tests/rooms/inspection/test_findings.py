"""What is found stands on evidence, the village puts it right, another looks, then it is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from sanzi.audit.models import Event
from sanzi.evidence import errors as evidence_errors
from sanzi.evidence import queries as evidence
from sanzi.evidence.actions import files
from sanzi.inspection import errors, queries
from sanzi.inspection.actions import answering, plans, seeing
from sanzi.inspection.actions.answering import Done
from sanzi.inspection.actions.keeping import Paper
from sanzi.inspection.models import Answer, Finding, Inspection, Sample
from sanzi.kernel.refusals import Refusal
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from worlds import deals, inspections
from worlds.inspections import LATER
from worlds.village import AT, World


def test_a_finding_has_its_form_its_evidence_its_day_and_the_alerts_about_the_same_thing(
    world: World,
) -> None:
    known = inspections.alert("M10-003")
    inspections.alert("M10-003", model_code="payment-duplicate")  # another form's business
    task = inspections.drawn(world)

    one = inspections.found(world, task, rows=["M10-004"])

    assert (one.form, one.level, one.days, one.state) == ("C3", "grave", 5, "open")
    assert (one.alert_ids, one.rows, one.role_code) == ([known.ext_id], ["M10-004"], "county_agri")
    assert one.due_at.date().isoformat() == "2026-11-19"  # five working days
    [hung] = evidence.attachments("inspection_finding", one.ext_id)
    assert hung.digest == one.file_hashes
    sample = Sample.objects.get(pk=one.sample_id)
    assert (sample.verdict, sample.words) == ("found", "钱付给了报账员或不相干的人")
    told = set(Notice.objects.filter(template="inspection_found").values_list("user_id", flat=True))
    assert told == {world.users[role].pk for role in ("village_secretary", "village_clerk")}


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"form": "Z9"}, errors.UnknownForm),
        ({"form": ""}, errors.UnknownForm),
        ({"form": "A1"}, errors.UnknownForm),  # a form, of a field that is not looked at
        ({"amount_fen": -1}, errors.AmountWrong),
        ({"amount_fen": 10**14}, errors.AmountWrong),
        ({"facts": "有错"}, errors.WordsTooShort),
        ({"demand": ""}, errors.WordsTooShort),
        ({"days": 0}, errors.InspectionWrong),
        ({"days": 31}, errors.InspectionWrong),
        ({"rows": ["M10-NONE"]}, errors.RowNotThere),
        ({"rows": ["M10-STONE"]}, errors.RowNotThere),
        ({"sample": "CJ-NONE"}, NotFound),
    ],
)
def test_a_finding_that_cannot_be_right_is_refused_and_nothing_is_kept(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    inspections.case(world, "M10-STONE", 5, body="stone")
    task = inspections.drawn(world)

    with pytest.raises(refusal):
        inspections.found(world, task, **changed)

    _nothing_was_found()


def _nothing_was_found() -> None:
    assert not Finding.objects.exists()
    assert not Sample.objects.exclude(verdict="").exists()
    assert not Event.objects.filter(kind="inspection.finding.written").exists()
    assert not Notice.objects.filter(template="inspection_found").exists()


@pytest.mark.parametrize(
    ("papers", "refusal"),
    [
        ([], errors.EvidenceMissing),
        ([inspections.Paper("a.jpg", b"no photo")], evidence_errors.KindNotTaken),
        ([inspections.Paper("a.jpg", b"")], evidence_errors.FileEmpty),
        ([inspections.Paper("a.jpg", b"x")] * 7, errors.EvidenceTooMany),
    ],
)
def test_without_evidence_there_is_no_finding(
    world: World, papers: list[Paper], refusal: type[Refusal]
) -> None:
    task = inspections.drawn(world)

    with pytest.raises(refusal):
        seeing.find(
            task=task.ext_id, seen=inspections.seen(task), papers=papers,
            by=world.actor("county_agri"), at=AT,
        )  # fmt: skip

    _nothing_was_found()


@pytest.mark.parametrize(
    ("role", "refusal"),
    [("town_agri_head", errors.NotYourTask), ("village_secretary", NotFound),
     ("stone_cashier", NotFound), ("county_discipline", errors.NotYourTask)],
)  # fmt: skip
def test_only_who_was_sent_writes_findings(world: World, role: str, refusal: type[Refusal]) -> None:
    task = inspections.drawn(world)

    with pytest.raises(refusal):
        seeing.find(
            task=task.ext_id, seen=inspections.seen(task), papers=[inspections.paper()],
            by=world.actor(role), at=AT,
        )  # fmt: skip

    _nothing_was_found()


def test_before_the_draw_and_after_the_village_is_handed_in_nothing_is_written(
    world: World,
) -> None:
    task = inspections.ordered(world)
    with pytest.raises(errors.NotDrawn):
        seeing.finish(ext_id=task.ext_id, words="看完了这村", by=world.actor("county_agri"), at=AT)
    plans.draw(ext_id=task.ext_id, by=world.actor("county_agri"), at=AT)
    with pytest.raises(errors.TaskNotFinished, match="还有5件"):
        seeing.finish(ext_id=task.ext_id, words="看完了这村", by=world.actor("county_agri"), at=AT)
    inspections.looked_through(world, task)

    with pytest.raises(errors.TaskFinished):
        inspections.found(world, task)
    with pytest.raises(errors.TaskFinished):
        seeing.look(
            ext_id=task.samples.all()[0].ext_id, words="", by=world.actor("county_agri"), at=AT
        )
    _nothing_was_found_after_all()

    plans_by = world.actor("county_discipline")
    seeing.send_back(ext_id=task.ext_id, reason="漏看了现金账", by=plans_by, at=AT)
    assert inspections.found(world, task).state == "open"


def _nothing_was_found_after_all() -> None:
    assert not Finding.objects.exists()
    assert set(Sample.objects.values_list("verdict", flat=True)) == {"fine"}


def test_a_sample_with_a_problem_is_not_called_fine(world: World) -> None:
    task = inspections.drawn(world)
    one = inspections.found(world, task)

    with pytest.raises(errors.InspectionWrong):
        seeing.look(
            ext_id=one.sample.ext_id, words="", by=world.actor("county_finance"), at=AT
        )  # fmt: skip

    assert Sample.objects.get(pk=one.sample_id).verdict == "found"


# --- put right, looked at ------------------------------------------------------------------


def test_the_village_answers_another_inspector_verifies_and_it_is_closed(world: World) -> None:
    one = inspections.answered(world, inspections.found(world, inspections.drawn(world)))
    assert (one.state, one.answers.get().money_back_fen) == ("answered", 320_000)

    answering.verify(
        ext_id=one.ext_id, is_accepted=True, words="看了回单，钱回来了",
        by=world.actor("county_finance", LATER), at=LATER,
    )  # fmt: skip

    one.refresh_from_db()
    done = Answer.objects.get()
    assert (one.state, one.closed_at) == ("closed", LATER)
    assert (done.is_accepted, done.verifier_role) == (True, "county_finance")
    kinds = Event.objects.filter(kind__startswith="inspection.finding").order_by("pk")
    assert [each.kind.rsplit(".", 1)[1] for each in kinds] == ["written", "answered", "verified"]


def test_what_is_not_put_right_is_open_again_with_a_new_term(world: World) -> None:
    one = inspections.answered(world, inspections.found(world, inspections.drawn(world)))
    before = one.due_at
    later = LATER + timedelta(days=3)

    answering.verify(
        ext_id=one.ext_id, is_accepted=False, words="只退了一半",
        by=world.actor("county_finance", later), at=later,
    )  # fmt: skip

    one.refresh_from_db()
    assert (one.state, one.closed_at, one.due_at > before) == ("open", None, True)
    assert Notice.objects.filter(template="inspection_back").exists()
    assert inspections.answered(world, one, mark=70, at=later).state == "answered"
    assert Answer.objects.count() == 2


@pytest.mark.parametrize("role", ["county_agri", "near"])
def test_neither_the_finder_nor_the_villages_own_verify(world: World, role: str) -> None:
    one = inspections.answered(world, inspections.found(world, inspections.drawn(world)))
    if role == "near":
        role = "county_finance"
        deals.kin(world.people["village_clerk"], world.people[role])

    with pytest.raises(errors.VerifyOwn):
        answering.verify(
            ext_id=one.ext_id, is_accepted=True, words="改好了吧",
            by=world.actor(role, LATER), at=LATER,
        )  # fmt: skip

    one.refresh_from_db()
    assert one.state == "answered"
    assert Answer.objects.get().verified_at is None
    assert not Event.objects.filter(kind="inspection.finding.verified").exists()


@pytest.mark.parametrize("role", ["village_secretary", "supervision_head", "town_leader"])
def test_those_who_do_not_inspect_do_not_verify(world: World, role: str) -> None:
    one = inspections.answered(world, inspections.found(world, inspections.drawn(world)))

    with pytest.raises(NotFound):
        answering.verify(
            ext_id=one.ext_id, is_accepted=True, words="改好了吧",
            by=world.actor(role, LATER), at=LATER,
        )  # fmt: skip

    assert Answer.objects.get().verified_at is None


@pytest.mark.parametrize(
    ("role", "refusal"),
    [("stone_cashier", NotFound), ("cashier_reporter", NotFound), ("county_agri", NotFound),
     ("supervision_head", NotFound)],
)  # fmt: skip
def test_only_the_villages_heads_answer(world: World, role: str, refusal: type[Refusal]) -> None:
    one = inspections.found(world, inspections.drawn(world))

    with pytest.raises(refusal):
        answering.answer(
            ext_id=one.ext_id, done=Done("已经改好了"), papers=[inspections.paper(50)],
            by=world.actor(role), at=AT,
        )  # fmt: skip

    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("done", "papers", "refusal"),
    [
        (Done("改了"), 1, errors.WordsTooShort),
        (Done("已经改好了", -1), 1, errors.AmountWrong),
        (Done("已经改好了"), 0, errors.EvidenceMissing),
    ],
)
def test_an_answer_that_cannot_be_right_is_refused_and_nothing_is_kept(
    world: World, done: Done, papers: int, refusal: type[Refusal]
) -> None:
    one = inspections.found(world, inspections.drawn(world))

    with pytest.raises(refusal):
        answering.answer(
            ext_id=one.ext_id, done=done, papers=[inspections.paper(50)] * papers,
            by=world.actor("village_secretary"), at=AT,
        )  # fmt: skip

    one.refresh_from_db()
    assert one.state == "open"
    assert not Answer.objects.exists()


def test_what_waits_to_be_verified_is_not_answered_again_and_what_is_open_is_not_verified(
    world: World,
) -> None:
    one = inspections.found(world, inspections.drawn(world))
    with pytest.raises(errors.FindingNotNow, match="等整改"):
        answering.verify(
            ext_id=one.ext_id, is_accepted=True, words="改好了吧",
            by=world.actor("county_finance"), at=AT,
        )  # fmt: skip
    inspections.answered(world, one)

    with pytest.raises(errors.FindingNotNow, match="等核对"):
        inspections.answered(world, one, mark=60)

    assert Answer.objects.count() == 1


def test_nobody_changes_the_evidence_afterwards(world: World) -> None:
    one = inspections.answered(world, inspections.found(world, inspections.drawn(world)))
    for kind, ext_id, role in (
        ("inspection_finding", one.ext_id, "county_agri"),
        ("inspection_finding", one.ext_id, "village_secretary"),
        ("inspection_answer", one.answers.get().ext_id, "village_secretary"),
    ):
        [hung] = evidence.attachments(kind, ext_id)
        with pytest.raises(errors.FindingNotNow):
            files.remove(by=world.actor(role), at=AT, ext_id=hung.ext_id)
        assert evidence.attachments(kind, ext_id) == [hung]
    with pytest.raises(NotFound):
        evidence.access_hung(by=world.actor("stone_cashier"), ext_id=hung.ext_id)


def test_a_village_sees_its_own_findings_and_no_others(world: World) -> None:
    one = inspections.found(world, inspections.drawn(world))

    for role in ("village_secretary", "supervision_head", "cashier_reporter", "town_leader"):
        assert queries.findings(world.actor(role)).get() == one
    assert not queries.findings(world.actor("stone_cashier")).exists()
    assert not queries.findings(world.actor("committee_member")).exists()
    with pytest.raises(NotFound):
        queries.access_finding(by=world.actor("stone_cashier"), ext_id=one.ext_id)


def test_overdue_findings_are_pressed_on_once_a_day(world: World) -> None:
    one = inspections.found(world, inspections.drawn(world))
    assert answering.press_overdue(one.due_at - timedelta(hours=1)) == 0

    late = one.due_at + timedelta(hours=2)
    assert (answering.press_overdue(late), answering.press_overdue(late)) == (1, 1)

    told = Notice.objects.filter(template="inspection_late")
    assert {each.user_id for each in told} >= {world.users["village_secretary"].pk}
    assert told.count() == len({each.user_id for each in told})


# --- the end --------------------------------------------------------------------------------


def _close(world: World, task: Any, at: Any = LATER) -> None:
    plans.close(
        ext_id=task.inspection.ext_id, summary="付款不规范已经纠正", at=at,
        by=world.actor("county_discipline", at),
    )  # fmt: skip


def _put_right(world: World, one: Finding) -> None:
    inspections.answered(world, one)
    answering.verify(
        ext_id=one.ext_id, is_accepted=True, words="看了回单，钱回来了",
        by=world.actor("county_finance", LATER), at=LATER,
    )  # fmt: skip


def test_an_inspection_is_closed_when_all_is_looked_at_put_right_and_told(world: World) -> None:
    task = inspections.drawn(world)
    one = inspections.found(world, task, form="C1")
    with pytest.raises(errors.CloseNotYet, match="1个村没有查完，1个问题没有改好"):
        _close(world, task)
    inspections.looked_through(world, task)
    with pytest.raises(errors.CloseNotYet, match="1个问题没有改好"):
        _close(world, task)
    assert Inspection.objects.get().state == "open"
    _put_right(world, one)

    _close(world, task)

    made = Inspection.objects.get()
    assert (made.state, made.closed_at, made.summary) == ("closed", LATER, "付款不规范已经纠正")


def test_a_grave_finding_keeps_it_open_until_the_discipline_office_is_told(world: World) -> None:
    task = inspections.drawn(world)
    one = inspections.found(world, task)
    inspections.looked_through(world, task)
    _put_right(world, one)

    with pytest.raises(errors.CloseNotYet, match="1个问题要移交纪委或写明为什么不移交"):
        _close(world, task)

    assert Inspection.objects.get().state == "open"


@pytest.mark.parametrize("role", ["county_agri", "county_finance"])
def test_only_the_office_that_ordered_closes(world: World, role: str) -> None:
    task = inspections.drawn(world, sample_size=1)
    inspections.looked_through(world, task)

    if role == "county_finance":
        with pytest.raises(NotFound):
            plans.close(
                ext_id=task.inspection.ext_id, summary="都看完了", by=world.actor(role), at=AT
            )
        assert Inspection.objects.get().state == "open"
    else:  # the county's agriculture orders, too
        plans.close(ext_id=task.inspection.ext_id, summary="都看完了", by=world.actor(role), at=AT)
        assert Inspection.objects.get().state == "closed"


def test_nothing_is_written_after_the_end(world: World) -> None:
    task = inspections.drawn(world)
    one = inspections.found(world, task, form="C1")
    inspections.looked_through(world, task)
    _put_right(world, one)
    _close(world, task)
    events = Event.objects.count()
    secretary, agri = world.actor("village_secretary", LATER), world.actor("county_agri", LATER)

    late = (
        lambda: inspections.found(world, task, mark=9),
        lambda: seeing.look(ext_id=task.samples.all()[0].ext_id, words="", by=agri, at=LATER),
        lambda: seeing.finish(ext_id=task.ext_id, words="再交一次", by=agri, at=LATER),
        lambda: seeing.send_back(
            ext_id=task.ext_id, reason="再看一遍", at=LATER, by=world.actor("county_discipline")
        ),
        lambda: plans.draw(ext_id=task.ext_id, by=agri, at=LATER),
        lambda: _close(world, task),
        lambda: answering.answer(
            ext_id=one.ext_id, done=Done("再改一次"), papers=[inspections.paper(80)],
            by=secretary, at=LATER,
        ),
        lambda: answering.verify(
            ext_id=one.ext_id, is_accepted=False, words="其实没改", at=LATER,
            by=world.actor("county_finance", LATER),
        ),
    )  # fmt: skip
    for attempt in late:
        with pytest.raises(errors.InspectionClosed):
            attempt()
    assert Event.objects.count() == events
    assert Finding.objects.get().state == "closed"


@pytest.mark.parametrize(
    "harm",
    [
        lambda one: Finding.objects.filter(pk=one.pk).update(amount_fen=-1),
        lambda one: Finding.objects.filter(pk=one.pk).update(state="closed"),
        lambda one: Answer.objects.filter(finding=one).update(money_back_fen=-1),
        lambda one: Answer.objects.filter(finding=one).update(verified_at=AT),
    ],
)
def test_the_database_keeps_what_the_actions_keep(world: World, harm: Any) -> None:
    one = inspections.answered(world, inspections.found(world, inspections.drawn(world)))

    with pytest.raises(IntegrityError), transaction.atomic():
        harm(one)
