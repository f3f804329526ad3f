"""Own models from draft to active: hand-in, second officer, nights on trial, new versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sanzi.audit import actions as audit
from sanzi.audit.models import Event
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from sanzi.supervision import known, own_errors, own_queries, own_rights, queries
from sanzi.supervision.actions import alerts, nightly, own, own_tests
from sanzi.supervision.models import (
    Alert,
    ModelRun,
    OwnFinding,
    OwnState,
    OwnStep,
    OwnTest,
    OwnVersion,
)
from worlds import own_models, spending
from worlds.own_models import CASES, SQL
from worlds.village import AT, STONE

pytestmark = pytest.mark.one_engine

NIGHT = AT + timedelta(hours=16)
WHY = "看过语句和样例，可以用"


def scan(at=NIGHT):
    from sanzi.orgs.actors import SYSTEM

    return nightly.run(as_of=at, by=SYSTEM)


def own_alerts():
    return Alert.objects.filter(model_code__startswith="own-")


def state(code):
    return OwnVersion.objects.filter(own_model_id=known.own_id(code)).latest("number").state


@pytest.fixture
def paid(world):
    spending.spend(world, "W1", [(world.bodies["shop"], 60_000)], state="paid")
    spending.spend(world, "W2", [(world.bodies["shop"], 49_999)], state="paid")
    spending.spend(world, "T1", [(world.bodies["shop"], 70_000)], state="paid", body="stone")
    return world


def test_from_draft_over_trial_to_an_alert_in_the_loop(paid):
    writer, checker = paid.actor("county_agri"), paid.actor("county_finance")
    code = own_models.draft(paid, AT)
    assert state(code) == OwnState.DRAFT
    with pytest.raises(NotFound):
        own_queries.own_model(by=checker, code=code)

    own_models.hand_in(paid, code, AT)
    assert own_queries.own_models(by=checker)[0].may_judge
    own.approve(code=code, text=WHY, by=checker, at=AT)
    run = scan()

    assert (run.errors, own_alerts().count()) == ([], 0)
    found = own_queries.own_model(by=writer, code=code).findings
    assert {one.finding_id for one in found} == {"W1-1", "T1-1"}
    assert "600" in found[0].sentence + found[1].sentence
    assert own_queries.own_model(by=checker, code=code).findings == ()
    own.activate(code=code, text=WHY, by=checker, at=NIGHT)
    scan(NIGHT + timedelta(days=1))

    opened = list(own_alerts().order_by("finding_id"))
    assert [one.finding_id for one in opened] == ["T1-1", "W1-1"]
    alert = opened[1]
    assert (alert.model_code, alert.model_version, alert.route_role) == (
        code, "1", "town_agri_head",
    )  # fmt: skip
    office = paid.actor("town_agri_head")
    alerts.take(ext_id=alert.ext_id, by=office, at=NIGHT + timedelta(days=1))
    detail = queries.alert(by=office, ext_id=alert.ext_id)
    assert detail.row.model_title == "维修付款五百元以上"
    assert detail.rule
    assert detail.figures == (("金额（元）", "600.00"),)
    assert alert.sentence == "这笔维修付了600.00元。"
    listed = queries.alerts(
        by=office, only=queries.AlertFilter(category="own"), at=NIGHT + timedelta(days=1)
    )
    assert {one.ext_id for one in listed} == {one.ext_id for one in opened}


def told(template):
    found = Notice.objects.filter(template=template, subject_kind="own_model").order_by("id")
    return [(one.user_id, one.params["result"]) for one in found]


def test_every_second_officer_is_told_that_a_model_waits_and_its_owner_what_became_of_it(paid):
    writer, checker = paid.actor("county_agri"), paid.actor("county_finance")
    code = own_models.draft(paid, AT)
    assert told("own_model_waits") == []

    own_models.hand_in(paid, code, AT)

    waiting = {user for user, _ in told("own_model_waits")}
    assert checker.user_id in waiting
    assert not waiting & {writer.user_id, paid.users["town_leader"].pk}
    for role, user in paid.users.items():
        actor = paid.actor(role)
        rows = own_queries.own_models(by=actor) if own_queries.may_look(actor) else []
        assert (user.pk in waiting) == any(one.may_judge for one in rows), role
    own.approve(code=code, text=WHY, by=checker, at=AT)
    scan()
    own.activate(code=code, text=WHY, by=checker, at=NIGHT)
    assert told("own_model_judged") == [(writer.user_id, "试运行"), (writer.user_id, "在用")]


def test_a_finding_on_trial_that_is_gone_is_gone(paid):
    from sanzi.payments.models import Payment

    code = own_models.on_trial(paid, AT)
    scan()
    Payment.objects.filter(ext_id="W1-1").update(amount_fen=1)

    scan(NIGHT + timedelta(days=1))

    assert list(OwnFinding.objects.values_list("finding_id", flat=True)) == ["T1-1"]
    assert OwnFinding.objects.get().found_at == NIGHT
    assert state(code) == OwnState.TRIAL


def test_who_wrote_it_decides_nothing(paid):
    writer = paid.actor("county_agri")
    code = own_models.draft(paid, AT)
    own_models.hand_in(paid, code, AT)

    with pytest.raises(own_errors.OwnSameOfficer):
        own.approve(code=code, text=WHY, by=writer, at=AT)
    with pytest.raises(own_errors.OwnSameOfficer):
        own.reject(code=code, reason=WHY, by=writer, at=AT)
    assert state(code) == OwnState.HANDED_IN

    own.approve(code=code, text=WHY, by=paid.actor("county_finance"), at=AT)
    scan()
    with pytest.raises(own_errors.OwnSameOfficer):
        own.activate(code=code, text=WHY, by=writer, at=NIGHT)
    assert state(code) == OwnState.TRIAL
    assert OwnStep.objects.count() == 2


def test_a_rejected_version_comes_again_as_a_new_one(paid):
    writer, checker = paid.actor("county_agri"), paid.actor("county_finance")
    code = own_models.draft(paid, AT)
    own_models.hand_in(paid, code, AT)
    with pytest.raises(own_errors.OwnReason):
        own.reject(code=code, reason="不行", by=checker, at=AT)
    assert state(code) == OwnState.HANDED_IN

    own.reject(code=code, reason="五百元太低，请提高一些", by=checker, at=AT)
    assert state(code) == OwnState.REJECTED
    with pytest.raises(own_errors.OwnState):
        own_models_save(paid, code)
    own.revise(code=code, by=writer, at=AT)
    own_models_save(paid, code)

    view = own_queries.own_model(by=writer, code=code)
    assert [(one.number, one.state) for one in view.versions] == [(2, "draft"), (1, "rejected")]
    # The draft is its owner's alone: the second officer still sees what he rejected.
    seen = own_queries.own_model(by=checker, code=code)
    assert [one.number for one in seen.versions] == [1]


def own_models_save(world, code, sql=SQL):
    by = world.actor("county_agri")
    own.save(
        said=own_models.said(), sql=sql, examples=CASES, desk=own_queries.desk(by=by), by=by,
        at=AT, code=code,
    )  # fmt: skip


def test_an_active_version_runs_on_until_the_new_one_takes_over(paid):
    writer, checker = paid.actor("county_agri"), paid.actor("county_finance")
    code = own_models.on_trial(paid, AT)
    scan()
    own.activate(code=code, text=WHY, by=checker, at=NIGHT)
    own.revise(code=code, by=writer, at=NIGHT)
    own_models_save(paid, code, SQL.replace(">= 50000", ">= 65000"))
    with pytest.raises(own_errors.OwnCaseFailed):
        own.hand_in(code=code, by=writer, at=NIGHT)
    cases = CASES.replace("50000", "65000")
    own.save(
        said=own_models.said(), sql=SQL.replace(">= 50000", ">= 65000"), examples=cases,
        desk=own_queries.desk(by=writer), by=writer, at=NIGHT, code=code,
    )  # fmt: skip
    own_models.hand_in(paid, code, NIGHT)
    scan(NIGHT + timedelta(days=1))
    assert {one.finding_id for one in own_alerts()} == {"T1-1", "W1-1"}

    own.approve(code=code, text=WHY, by=checker, at=NIGHT + timedelta(days=1))
    with pytest.raises(own_errors.OwnNotTriedAtNight):
        own.activate(code=code, text=WHY, by=checker, at=NIGHT + timedelta(days=1))
    run = scan(NIGHT + timedelta(days=2))
    assert run.vanished_count == 0
    own.activate(code=code, text=WHY, by=checker, at=NIGHT + timedelta(days=2))
    run = scan(NIGHT + timedelta(days=3))

    states = OwnVersion.objects.order_by("number").values_list("number", "state")
    assert list(states) == [(1, "replaced"), (2, "active")]
    assert run.vanished_count == 1
    # What the first version opened is still told in its words.
    assert queries.alert(by=checker, ext_id=own_alerts().first().ext_id).row.model_title


def test_a_retired_model_opens_nothing_more_and_its_alerts_stay(paid):
    writer, checker = paid.actor("county_agri"), paid.actor("county_finance")
    code = own_models.on_trial(paid, AT)
    scan()
    own.activate(code=code, text=WHY, by=checker, at=NIGHT)
    scan(NIGHT + timedelta(days=1))
    with pytest.raises(own_errors.OwnReason):
        own.retire(code=code, reason="", by=writer, at=NIGHT)

    own.retire(code=code, reason="县里发了同样的规则", by=writer, at=NIGHT)
    spending.spend(paid, "W3", [(paid.bodies["shop"], 90_000)], state="paid")
    run = scan(NIGHT + timedelta(days=2))

    assert own_alerts().count() == 2
    assert run.vanished_count == 0
    alert = own_alerts().first()
    assert queries.alert(by=paid.actor("county_agri"), ext_id=alert.ext_id).row.model_code == code
    with pytest.raises(own_errors.OwnState):
        own.retire(code=code, reason="县里发了同样的规则", by=writer, at=NIGHT)


def test_a_town_writes_about_its_town_and_the_county_leader_of_it_approves(paid):
    code = own_models.on_trial(paid, AT, "town_agri_head", "town_leader")
    scan()

    view = own_queries.own_model(by=paid.actor("town_agri_head"), code=code)
    assert view.row.division_code == "999901101000"
    assert len(view.findings) == 2
    # The county sees what was handed in below it; another town's leader has no such row.
    assert own_queries.own_models(by=paid.actor("county_agri"))


def test_who_does_not_see_the_columns_does_not_see_the_model(paid):
    sql = SQL.replace("p.amount_fen\n", "p.amount_fen, p.payee_name\n")
    said = {
        "columns": {
            "amount_fen": {"type": "fen", "title": "金额（元）"},
            "payee_name": {"type": "payee", "title": "收款人"},
        }
    }
    code = own_models.draft(paid, AT, "county_discipline", sql=sql, **said)
    own.hand_in(code=code, by=paid.actor("county_discipline"), at=AT)

    assert own_queries.own_models(by=paid.actor("county_finance")) == []
    with pytest.raises(NotFound):
        own_queries.own_model(by=paid.actor("county_finance"), code=code)
    with pytest.raises(NotFound):
        own.approve(code=code, text=WHY, by=paid.actor("county_finance"), at=AT)
    # The town's discipline office sees the columns, but lies below the model's place.
    with pytest.raises(NotFound):
        own.approve(code=code, text=WHY, by=paid.actor("town_discipline_office"), at=AT)


def test_a_model_over_closed_tables_is_closed(paid):
    sql = SQL.replace(
        "AND p.status", "AND NOT EXISTS (SELECT 1 FROM stg_ext_status s"
        " WHERE s.kind = 'none') AND p.status",
    )  # fmt: skip
    code = own_models.draft(paid, AT, "town_discipline_office", sql=sql)
    writer = paid.actor("town_discipline_office")
    with pytest.raises(own_errors.OwnWords):
        own.hand_in(code=code, by=writer, at=AT)
    own.save(
        said=own_models.said(route="D 10"), sql=sql, examples=CASES,
        desk=own_queries.desk(by=writer), by=writer, at=AT, code=code,
    )  # fmt: skip
    own_models.hand_in(paid, code, AT, "town_discipline_office")
    own.approve(code=code, text=WHY, by=paid.actor("county_discipline"), at=AT)
    scan()
    own.activate(code=code, text=WHY, by=paid.actor("county_discipline"), at=NIGHT)
    scan(NIGHT + timedelta(days=1))

    alert = own_alerts().first()
    assert known.openness() == {code: False}
    assert queries.alert(by=paid.actor("county_discipline"), ext_id=alert.ext_id)
    for role in ("county_agri", "town_agri_head", "town_leader", "village_secretary"):
        with pytest.raises(NotFound):
            queries.alert(by=paid.actor(role), ext_id=alert.ext_id)
    about = Event.objects.filter(subject_id__in=[code, alert.ext_id])
    assert set(about.values_list("chain", flat=True)) == {"supervision"}


WRONG_SHAPES = [
    (SQL.replace("    p.org_id,\n", ""), {}, "org_id"),
    (SQL.replace("CAST(p.submitted_at AS DATE)", "p.submitted_at"), {}, "business_date"),
    (SQL, {"columns": {}}, "amount_fen"),
    (SQL, {"columns": {"amount_fen": {"type": "text", "title": "额"}}}, "amount_fen"),
    (
        SQL,
        {
            "columns": {
                "amount_fen": {"type": "fen", "title": "额"},
                "more": {"type": "text", "title": "多"},
            }
        },
        "more",
    ),
]


@pytest.mark.parametrize(("sql", "words", "named"), WRONG_SHAPES)
def test_an_answer_that_is_no_finding_is_not_handed_in(paid, sql, words, named):
    code = own_models.draft(paid, AT, sql=sql, **words)

    with pytest.raises((own_errors.OwnShape, own_errors.OwnWords)) as refused:
        own.hand_in(code=code, by=paid.actor("county_agri"), at=AT)

    assert named in refused.value.text
    assert state(code) == OwnState.DRAFT
    assert not OwnStep.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        {"rule": ""},
        {"basis": " "},
        {"sentence": "付了{amount_fen.__class__}元。"},
        {"sentence": "付了{amount_fen:>99999999}元。"},
        {"sentence": "付了{other}元。"},
        {"sentence": "付了{amount_fen元。"},
        {"sentence": "付了{amount_fen}元！"},
        {"route": ""},
        {"route": "C 1"},
    ],
)
def test_words_that_are_missing_or_wrong_are_refused(paid, words):
    code = own_models.draft(paid, AT, **words)

    with pytest.raises(own_errors.OwnWords):
        own.hand_in(code=code, by=paid.actor("county_agri"), at=AT)

    assert state(code) == OwnState.DRAFT


@pytest.mark.parametrize(
    ("figure", "kind"),
    [("p.payee_name", "text"), ("upper(p.payee_name)", "text"), ("p.payee_account_hash", "payee")],
)
def test_names_and_hashes_do_not_get_into_findings_in_the_clear(paid, figure, kind):
    sql = SQL.replace("p.amount_fen\n", f"p.amount_fen, {figure} AS who\n")
    columns = {
        "amount_fen": {"type": "fen", "title": "金额（元）"},
        "who": {"type": kind, "title": "谁"},
    }
    code = own_models.draft(paid, AT, "county_discipline", sql=sql, columns=columns)

    with pytest.raises(own_errors.OwnShape):
        own.hand_in(code=code, by=paid.actor("county_discipline"), at=AT)

    assert state(code) == OwnState.DRAFT


BAD_CASES = [
    ("", own_errors.OwnCasesMissing),
    ("- [", own_errors.OwnCaseWrong),
    ("给: 1", own_errors.OwnCaseWrong),
    ("- 1", own_errors.OwnCaseWrong),
    ("- {name: 甲, kind: other}", own_errors.OwnCaseWrong),
    ("- {name: 甲, kind: hit}", own_errors.OwnCaseWrong),
    ("- {name: 甲, kind: miss, hits: [P1]}", own_errors.OwnCaseWrong),
    ("- {name: 甲, kind: empty, more: 1}", own_errors.OwnCaseWrong),
    ("- {name: 甲, kind: miss, given: {person: [{name: 王}]}}", own_errors.OwnCaseWrong),
    ("- {name: 甲, kind: miss, given: {ext_status: [{}]}}", own_errors.OwnCaseWrong),
    ("- {name: 甲, kind: miss, given: {payment: [{repeat: 999999}]}}", own_errors.OwnCaseWrong),
    ("- {name: 甲, kind: miss, given: {payment: 3}}", own_errors.OwnCaseWrong),
    (CASES + "- {name: 空表, kind: empty}\n", own_errors.OwnCaseWrong),
    (CASES.replace("49999", "五百"), own_errors.OwnCaseWrong),
    (CASES.replace("49999", "50000"), own_errors.OwnCaseFailed),
    (CASES.replace("[P1]", "[P2]"), own_errors.OwnCaseFailed),
    (CASES.replace("kind: lookalike", "kind: miss"), own_errors.OwnCasesMissing),
]


@pytest.mark.parametrize(("text", "kind"), BAD_CASES, ids=range(len(BAD_CASES)))
def test_cases_that_do_not_hold_keep_a_draft_a_draft(paid, text, kind):
    code = own_models.draft(paid, AT, examples=text)

    with pytest.raises(kind) as refused:
        own.hand_in(code=code, by=paid.actor("county_agri"), at=AT)

    assert refused.value.text
    assert state(code) == OwnState.DRAFT


FORGED = {
    "another village": ("p.village_id,", f"'{STONE[:6]}999999' AS village_id,"),
    "another county": ("p.village_id,", "'110000000000' AS village_id,"),
    "a row that is not there": ("p.payment_id AS", "'X1' AS"),
    "a table it does not read": ("'payment' AS", "'contract' AS"),
    "another payment": ("p.amount_fen\n", "p.amount_fen, 'X1' AS earlier_payment_id\n"),
    "no table": ("'payment' AS", "'nothing' AS"),
    "no day": ("CAST(p.submitted_at AS DATE)", "CAST(NULL AS DATE)"),
    "a wrong month": ("'%Y-%m'", "'%Y'"),
    "too long": (
        "p.org_id,",
        "p.org_id || p.org_id || p.org_id || p.org_id || p.org_id || p.org_id AS org_id,",
    ),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_row_that_is_no_finding_of_the_place_stops_its_model_alone(paid, how):
    code = own_models.on_trial(paid, AT)
    before, after = FORGED[how]
    assert before in SQL
    OwnVersion.objects.update(sql=SQL.replace(before, after), state=OwnState.ACTIVE)
    spending.spend(paid, "C1", [(paid.bodies["shop"], 60_000)], state="paid", method="cash")

    run = scan()

    assert own_alerts().count() == 0
    assert run.opened_count > 0
    assert Alert.objects.filter(model_code="payment-cash").count() == 1
    [error] = run.errors
    assert error["model"] == code
    assert OwnVersion.objects.get().last_error


def test_too_many_findings_open_none(paid, monkeypatch):
    code = own_models.on_trial(paid, AT)
    OwnVersion.objects.update(state=OwnState.ACTIVE)
    rules = own_rights.load()
    limits = replace(rules.limits, findings=1)
    monkeypatch.setattr(own_rights, "load", lambda: replace(rules, limits=limits))

    run = scan()

    assert [one["model"] for one in run.errors] == [code]
    assert "超过1条" in OwnVersion.objects.get().last_error
    assert own_alerts().count() == 0


def test_a_role_that_loses_a_class_stops_the_models_that_read_it(paid, monkeypatch):
    own_models.on_trial(paid, AT)
    rules = own_rights.load()
    narrow = {**rules.grants, "county_agri": own_rights.Grant(frozenset({"open"}), is_closed=False)}
    monkeypatch.setattr(own_rights, "load", lambda: replace(rules, grants=narrow))

    run = scan()

    assert len(run.errors) == 1
    assert OwnFinding.objects.count() == 0


def test_a_run_of_the_night_is_logged(paid):
    code = own_models.on_trial(paid, AT)

    scan()

    event = Event.objects.get(kind="supervision.own_model.ran")
    assert (event.subject_id, event.actor_name) == (code, "系统")
    assert '"author":"农业局"' in event.change
    assert '"rows":2' in event.change
    assert ModelRun.objects.get().errors == []


def test_a_case_from_a_form_is_one_more_in_the_text(paid):
    from sanzi.supervision import own_cases

    view = own_queries.desk(by=paid.actor("county_agri")).view
    typed = own_cases.TypedCase(
        "多一个", "hit", "payment", "purpose=维修，amount_fen=70000，submitted_at=2026-11-03T09:00",
        "P1",
    )  # fmt: skip

    text = own_cases.added(CASES, typed, view)

    assert [one.name for one in own_cases.read(text, view)][-1] == "多一个"
    outcomes = own_cases.run(SQL, own_cases.read(text, view), view)
    assert [one.is_right for one in outcomes] == [True] * 5
    for rows in ("amount_fen=多", "amount_fen", "payee_name=王", "nothing=1"):
        with pytest.raises(own_errors.OwnCaseWrong):
            own_cases.added(CASES, replace(typed, name="再一个", rows=rows), view)


def test_an_unknown_code_is_nobodys():
    with pytest.raises(known.UnknownModel):
        known.model_of("nothing")


def test_the_second_officer_reads_what_it_would_have_found_before_he_approves(paid):
    writer, checker = paid.actor("county_agri"), paid.actor("county_finance")
    code = own_models.draft(paid, AT)
    own.hand_in(code=code, by=writer, at=AT)
    with pytest.raises(own_errors.OwnNotTested) as early:
        own.approve(code=code, text=WHY, by=checker, at=AT)
    assert "还没有算完" in early.value.text
    with pytest.raises(own_errors.OwnTestRunning):
        own_tests.ask(code=code, by=checker, at=AT)
    assert (state(code), OwnTest.objects.count()) == (OwnState.HANDED_IN, 1)

    assert own_tests.run_waiting(AT) == 1
    assert own_tests.run_waiting(AT) == 0

    seen = own_queries.own_model(by=checker, code=code).test
    mine = own_queries.own_model(by=writer, code=code).test
    assert (seen.state, seen.result["found"], seen.result["judged"]) == ("finished", 2, 3)
    assert sorted(row[1:] for row in seen.result["villages"]) == [[1, 1], [2, 1]]
    assert sum(found for _, found in seen.result["months"]) == 2
    # Single findings are for the owner alone, as those of the nights on trial are.
    assert (seen.listed, {one["id"] for one in mine.listed}) == ((), {"W1-1", "T1-1"})
    assert OwnFinding.objects.count() == 0
    assert own_alerts().count() == 0
    own.approve(code=code, text=WHY, by=checker, at=AT)
    assert state(code) == OwnState.TRIAL


def test_a_back_test_that_failed_or_grew_old_is_none(paid):
    checker = paid.actor("county_finance")
    sql = SQL.replace("p.village_id,", "'999901102999' AS village_id,")
    broken = own_models.draft(paid, AT, sql=sql)
    own_models.hand_in(paid, broken, AT)
    assert own_queries.own_model(by=checker, code=broken).test.state == "failed"
    with pytest.raises(own_errors.OwnNotTested):
        own.approve(code=broken, text=WHY, by=checker, at=AT)

    code = own_models.draft(paid, AT)
    own_models.hand_in(paid, code, AT)
    spending.spend(paid, "W9", [(paid.bodies["shop"], 90_000)], state="paid")
    audit.write(
        chain="O-WILLOW", kind="payments.order.settled", by=checker, at=AT + timedelta(hours=2),
        subject=("order", "W9"),
    )  # fmt: skip
    with pytest.raises(own_errors.OwnNotTested) as old:
        own.approve(code=code, text=WHY, by=checker, at=AT + timedelta(days=2))
    assert "数据又有" in old.value.text
    assert {state(broken), state(code)} == {OwnState.HANDED_IN}

    own_tests.ask(code=code, by=checker, at=AT + timedelta(days=2))
    own_tests.run_waiting(AT + timedelta(days=2))
    own.approve(code=code, text=WHY, by=checker, at=AT + timedelta(days=2))
    assert own_queries.own_model(by=checker, code=code).test.result["found"] == 3
    with pytest.raises(own_errors.OwnState):
        own_tests.ask(code=own_models.draft(paid, AT), by=paid.actor("county_agri"), at=AT)
