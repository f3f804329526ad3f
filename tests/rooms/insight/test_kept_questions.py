"""Questions that were kept: shared under the receiver's own scope, in SQL, told to the log."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.insight.actions import questions as actions
from sanzi.insight.actions.questions import Words
from sanzi.insight.models import Question
from sanzi.insight.questions import errors, forms, queries
from sanzi.insight.questions import kept as kept_questions
from sanzi.insight.questions.shapes import Form
from sanzi.kernel import clock
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import Payment
from sanzi.supervision.models import Alert
from sanzi.supervision.own_errors import OwnFileOrNetwork, OwnStatementWrong, OwnUnknownTable
from worlds import spending, village
from worlds.village import AT, STONE, TOWN, WILLOW

pytestmark = pytest.mark.django_db
FORM = Form("payments", ("amount", "rows"), by=("village",))
SQL = "SELECT p.village_id, p.payee_name, p.amount_fen FROM stg_payment p"


@pytest.fixture
def paid(world, pay):
    """Payments in Willow and Stone."""
    pay("B1", 100)
    pay("B2", 250)
    other = village.villager(world, "石小花", STONE)
    spending.spend(world, "B8", [(other, 7000)], state="paid", at=AT, body="stone")
    Payment.objects.filter(order__case_number="B8").update(paid_at=AT)
    return world


def _save(world, role="county_agri", form=FORM):
    by = world.actor(role, AT)
    return actions.save(words=Words("各村付了多少"), form=form, by=by, at=AT)


def test_a_shared_link_gives_each_receiver_his_own_rows_and_others_nothing(paid):
    code = _save(paid, form=replace(FORM, place=STONE))
    mine = paid.actor("county_agri", AT)
    other = paid.actor("cashier_reporter", AT)
    with pytest.raises(NotFound):
        kept_questions.access_question(by=other, code=code)

    actions.share(code=code, is_shared=True, by=mine, at=AT)
    kept = kept_questions.view(other, kept_questions.access_question(by=other, code=code))
    answer = actions.ask(by=other, form=kept.form, at=AT, code=code)
    assert (answer.place, answer.asked_place) == (WILLOW, STONE)
    assert [one.titles for one in answer.groups] == [("柳湾村",)]
    with pytest.raises(NotFound):
        kept_questions.access_question(by=paid.actor("village_clerk", AT), code=code)

    actions.share(code=code, is_shared=False, by=mine, at=AT)
    with pytest.raises(NotFound):
        kept_questions.access_question(by=other, code=code)


def test_a_question_about_names_is_not_there_for_who_sees_none(paid):
    code = _save(paid, "agency_accountant", replace(FORM, by=("payee",)))
    actions.share(code=code, is_shared=True, by=paid.actor("agency_accountant", AT), at=AT)

    assert kept_questions.access_question(by=paid.actor("county_discipline", AT), code=code)
    with pytest.raises(NotFound):
        kept_questions.access_question(by=paid.actor("county_agri", AT), code=code)


def test_only_its_owner_changes_shares_or_deletes_a_question_and_the_log_tells(paid):
    code = _save(paid)
    by, other = paid.actor("county_agri", AT), paid.actor("county_finance", AT)
    for forbidden in (
        lambda: actions.share(code=code, is_shared=True, by=other, at=AT),
        lambda: actions.delete(code=code, by=other, at=AT),
        lambda: actions.save(words=Words("改名"), form=FORM, by=other, at=AT, code=code),
    ):
        with pytest.raises(NotFound):
            forbidden()
    assert Question.objects.get().title == "各村付了多少"

    actions.save(words=Words("改了名"), form=replace(FORM, top=1), by=by, at=AT, code=code)
    assert forms.from_dict(Question.objects.get().form).top == 1
    assert [one.code for one in kept_questions.listed(by=by, words="改了")] == [code]
    actions.delete(code=code, by=by, at=AT)
    assert not Question.objects.exists()
    kinds = Event.objects.filter(kind__startswith="insight.question.").order_by("id")
    assert [one.kind.rpartition(".")[2] for one in kinds] == ["saved", "saved", "deleted"]
    with pytest.raises(errors.QuestionWords):
        actions.save(words=Words(" "), form=FORM, by=by, at=AT)


def test_sql_sees_the_rows_and_columns_of_the_desk_alone_and_is_told_with_its_count(paid):
    by = paid.actor("town_discipline_office", AT)
    desk = actions.desk(by=by)
    told = actions.ask_sql(by=by, sql=SQL, desk=desk, at=AT)
    assert desk.division_code == TOWN
    assert {row[1] for row in told.rows} == {"王*山", "石*花"}
    event = Event.objects.get(kind="insight.question.tried")
    after = json.loads(event.change)["after"]
    assert (event.actor_id, after["rows"], "statement" in after) == (by.user_id, 3, False)

    plain = paid.actor("county_agri", AT)
    county = actions.desk(by=plain)
    for sql, refusal in (
        (SQL, OwnStatementWrong),
        ("SELECT c.village_id FROM stg_letter_visit c", OwnUnknownTable),
        ("SELECT 1 AS x FROM read_csv('/etc/passwd')", OwnFileOrNetwork),
        ("DELETE FROM stg_payment", OwnStatementWrong),
    ):
        with pytest.raises(refusal):
            actions.ask_sql(by=plain, sql=sql, desk=county, at=AT)
    with pytest.raises(NotFound):
        actions.desk(by=paid.actor("cashier_reporter", AT))
    with pytest.raises(NotFound):
        actions.desk(by=by, role_code="county_agri", division_code=desk.division_code)


def test_a_shared_statement_runs_only_where_each_column_is_seen(paid):
    by = paid.actor("town_discipline_office", AT)
    code = actions.save_sql(words=Words("谁收的"), sql=SQL, desk=actions.desk(by=by), by=by, at=AT)
    actions.share(code=code, is_shared=True, by=by, at=AT)

    for role in ("county_agri", "cashier_reporter"):
        with pytest.raises(NotFound):
            kept_questions.access_question(by=paid.actor(role, AT), code=code)
    other = paid.actor("county_discipline", AT)
    found = kept_questions.access_question(by=other, code=code)
    assert kept_questions.desk_for(other, found).role_code == "county_discipline"


def test_alerts_of_closed_models_and_those_that_name_the_asker_are_not_counted(world):
    from worlds import office

    pay_case = spending.spend(world, "C1", [(village.villager(world, "王五"), 100)])
    alert = office.alert(pay_case.case_number)
    form = Form("alerts", ("rows",))
    by = world.actor("town_leader", AT)
    assert queries.ask(by=by, form=form, at=AT)[0].total.values == (1,)

    Alert.objects.filter(pk=alert.pk).update(subject_person_ext_ids=[by.person_ext_id])
    assert queries.ask(by=by, form=form, at=AT)[0].total.values == (0,)
    desk = actions.desk(by=world.actor("town_agri_head", AT))
    Alert.objects.filter(pk=alert.pk).update(model_code=_closed())
    told = actions.ask_sql(
        by=world.actor("town_agri_head", AT),
        sql="SELECT a.alert_id FROM stg_alert a",
        desk=desk,
        at=AT,
    )
    assert told.rows == ()


def _closed() -> str:
    from sanzi.supervision import catalogue

    return min(catalogue.closed_codes())


def test_lines_about_few_people_are_hidden_from_who_sees_no_names():
    from sanzi.insight.questions.shapes import Group

    subject = replace(_payments(), people="r.payee_person_id")
    groups = [Group((str(one),), (str(one),), "", (one,), people=one) for one in (1, 3, 5)]
    assert [one.people for one in queries._without_few(subject, groups)] == [5]
    assert queries._without_few(_payments(), groups) == groups


def _payments():
    from sanzi.insight.questions import catalogue as question_catalogue

    return question_catalogue.subjects()["payments"]


def test_random_forms_give_what_filtering_and_grouping_in_python_gives(world):
    """For any form the statement's lines are those of a plain loop over the same rows."""
    dice = random.Random(20261122)  # noqa: S311 - a seeded dice makes the test repeatable
    people = [village.villager(world, f"村民{one}") for one in range(4)]
    for number in range(40):
        at = AT - timedelta(days=dice.randrange(400))
        amount = dice.randrange(1, 50) * 100
        state = dice.choice(("paid", "submitted", "approved"))
        spending.spend(
            world, f"R{number}", [(dice.choice(people), amount)], state=state, at=at,
            body=dice.choice(("willow", "stone")), method=dice.choice(("transfer", "cash")),
        )  # fmt: skip
        if state == "paid":
            Payment.objects.filter(order__case_number=f"R{number}").update(paid_at=at)
    rows = [_row(one) for one in Payment.objects.select_related("order", "payee_person")]
    by = world.actor("county_discipline", AT)
    for _ in range(25):
        keys = tuple(dice.sample(("village", "method", "state", "payee"), dice.randrange(3)))
        form = Form(
            "payments",
            ("amount", "rows", "payees"),
            by=keys,
            bucket=dice.choice(("", "month", "year")),
            when="submitted",
            period=dice.choice(("all", "this_year", "last_month")),
            filters=(("method", ("cash",)),) if dice.randrange(5) < 2 else (),
            least_fen=dice.choice((None, 1000, 2500)),
            most_fen=dice.choice((None, 4000)),
        )
        answer, _seat = queries.ask(by=by, form=form, at=AT)
        got = {(one.keys, one.bucket): one.values for one in answer.groups}
        assert got == _plain(rows, form, answer.window), form
        kept = [row for row in rows if _is_kept(row, form, answer.window)]
        assert answer.total.values == _told(kept), form


def _row(one):
    return {
        "village": one.order.division_code,
        "method": one.order.method,
        "state": {"SETTLED": "paid", "SUBMITTED": "submitted", "APPROVED": "approved"}[one.status],
        "payee": one.payee_person.ext_id,
        "amount": one.amount_fen,
        "day": clock.local_date(one.order.submitted_at),
    }


def _is_kept(row, form, window):
    return (
        (window.since is None or window.since <= row["day"] <= window.until)
        and all(row[code] in values for code, values in form.filters)
        and (form.least_fen is None or row["amount"] >= form.least_fen)
        and (form.most_fen is None or row["amount"] <= form.most_fen)
    )


def _plain(rows, form, window):
    length = {"": 0, "month": 7, "year": 4}[form.bucket]
    if not form.by and not form.bucket:
        return {}
    lines = {}
    for row in rows:
        if _is_kept(row, form, window):
            key = (tuple(row[one] for one in form.by), row["day"].isoformat()[:length])
            lines.setdefault(key, []).append(row)
    return {key: _told(held) for key, held in lines.items()}


def _told(held):
    payees = Counter(one["payee"] for one in held)
    return (sum(one["amount"] for one in held), len(held), len(payees))
