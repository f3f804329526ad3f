"""Own models in the office: the form and its buttons, what each officer sees, the way to active."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from sanzi.audit.models import Event
from sanzi.supervision.actions import own_tests
from sanzi.supervision.models import OwnModel, OwnVersion
from worlds import own_models
from worlds.cases import AT

MASKED = r"[\u4e00-\u9fff]\*"

WHY = "看过语句和样例，可以用"


def typed(**changes: str) -> dict[str, str]:
    """Return what is sent when the form is filled in."""
    said = own_models.said()
    sent = {
        name: getattr(said, name)
        for name in ("title", "rule", "sentence", "advice", "basis", "severity", "route")
    }
    return {
        **sent, "sql": own_models.SQL, "examples": own_models.CASES,
        "columns": "amount_fen fen 金额（元）", "do": "save", **changes,
    }  # fmt: skip


@pytest.fixture
def writer(officer: Any) -> Any:
    return officer("county_agri")


NEW = "/office/own-models/new/"


def test_the_form_shows_the_tables_with_chinese_words_and_works_without_a_script(
    writer: Any,
) -> None:
    text = writer.get(NEW).content.decode()

    assert "付款 stg_payment" in text
    assert "<code>amount_fen</code> 金额（分）" in text
    assert "stg_ext_status" not in text
    assert "payee_name" not in text
    assert "data-complete=" in text
    assert re.search(r'<script src="[^"]*own[^"]*\.js" defer></script>', text)
    assert not re.search(r"\son[a-z]+=", text)


def test_a_try_shows_rows_and_keeps_what_was_typed(desk: Any, writer: Any) -> None:
    desk.submitted()
    sql = "SELECT p.payment_id, p.amount_fen FROM stg_payment p"

    text = writer.post(NEW, typed(sql=sql, do="try", title="还没写完")).content.decode()

    assert "试跑的结果" in text
    assert "什么都没有改动" in text
    assert "还没写完" in text
    assert not OwnModel.objects.exists()
    assert Event.objects.filter(kind="supervision.own_model.tried").count() == 1


def test_a_wrong_statement_says_where_and_keeps_the_text(writer: Any) -> None:
    answer = writer.post(NEW, typed(sql="SELECT p.payment_id,\n p.nothing FROM stg_payment p",
                                    do="try"))  # fmt: skip
    text = answer.content.decode()

    assert answer.status_code == 409
    assert "第2行第2个字" in text
    assert "没有“nothing”这一列" in text
    assert 'data-line="2" data-column="2"' in text
    assert "p.nothing FROM stg_payment" in text


@pytest.mark.parametrize("sql", ["DROP TABLE stg_payment", "SELECT * FROM '/etc/passwd'", ""])
def test_what_may_not_run_is_refused_in_words(writer: Any, sql: str) -> None:
    answer = writer.post(NEW, typed(sql=sql, do="try"))

    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()


def test_cases_run_and_come_from_a_form(writer: Any) -> None:
    shown = writer.post(NEW, typed(do="cases")).content.decode()
    assert shown.count("c-done") == 4

    added = writer.post(
        NEW,
        typed(
            do="add_case", case_name="再来一个", case_kind="near_miss", case_table="payment",
            case_rows="amount_fen=1，purpose=维修",
        ),
    ).content.decode()  # fmt: skip
    assert "name: 再来一个" in added

    wrong = writer.post(NEW, typed(do="add_case", case_name="错", case_kind="hit"))
    assert wrong.status_code == 409
    assert not OwnModel.objects.exists()


def test_from_the_form_to_trial_over_two_desks(officer: Any, writer: Any) -> None:
    kept = writer.post(NEW, typed())
    code = f"own-{OwnModel.objects.get().pk}"
    page = reverse("office:own_model", args=[code])
    assert kept["Location"] == page
    assert "交审" in writer.get(page).content.decode()
    checker = officer("county_finance")
    assert checker.get(page).status_code == 404

    act = reverse("office:own_model_act", args=[code])
    handed = writer.post(act, {"do": "hand_in"}, follow=True).content.decode()
    assert "交上去了" in handed
    assert "接着改" not in handed
    own = writer.post(act, {"do": "approve", "text": WHY}, follow=True).content.decode()
    assert "由另一个人来看" in own
    assert "同意试运行" in checker.get(page).content.decode()
    refused = checker.post(act, {"do": "reject", "text": "太短"}, follow=True).content.decode()
    assert 'maxlength="300">太短</textarea>' in refused
    soon = checker.post(act, {"do": "approve", "text": WHY}, follow=True).content.decode()
    assert "试算还没有算完" in soon
    assert OwnVersion.objects.get().state == "handed_in"
    own_tests.run_waiting(AT)
    assert "近24个月会查出" in checker.get(page).content.decode()
    checker.post(act, {"do": "approve", "text": WHY})
    assert OwnVersion.objects.get().state == "trial"

    early = checker.post(act, {"do": "activate"}, follow=True).content.decode()
    assert "还没有在夜里试跑过" in early
    assert OwnVersion.objects.get().state == "trial"


def test_a_draft_is_changed_and_a_handed_in_one_is_not(desk: Any, writer: Any) -> None:
    code = own_models.draft(desk.world, AT)
    edit = reverse("office:own_model_edit", args=[code])
    assert "维修付款五百元以上" in writer.get(edit).content.decode()

    writer.post(edit, typed(title="改了名字"))
    assert OwnVersion.objects.get().title == "改了名字"
    writer.post(reverse("office:own_model_act", args=[code]), {"do": "hand_in"})
    assert writer.get(edit).status_code == 302
    late = writer.post(edit, typed(title="再改"))

    assert late.status_code == 409
    assert OwnVersion.objects.get().title == "改了名字"


def test_an_unreadable_line_of_figures_keeps_nothing(writer: Any) -> None:
    for columns in ("amount_fen", "amount_fen yuan 金额", "amount_fen fen 额\namount_fen fen 额"):
        assert writer.post(NEW, typed(columns=columns)).status_code == 409
    assert writer.post(NEW, typed(title=" ")).status_code == 409
    assert not OwnModel.objects.exists()


def test_samples_mask_names_and_hidden_tables_are_not_there(officer: Any, writer: Any) -> None:
    url = reverse("office:own_model_table", args=["person"])
    plain = writer.get(url).content.decode()
    assert "id_no_hash" not in plain
    assert not re.search(MASKED, plain)

    watched = officer("county_discipline").get(url).content.decode()
    assert "id_no_hash" in watched
    # Which rows are the first is the engine's affair.
    assert re.search(MASKED, watched)
    assert "陈国平" not in watched
    assert writer.get(reverse("office:own_model_table", args=["ext_status"])).status_code == 404
    assert writer.get(reverse("office:own_model_table", args=["nothing"])).status_code == 404


def test_a_desk_that_is_not_his_is_nobodys(officer: Any) -> None:
    town = officer("town_agri_head")
    assert town.get(NEW).status_code == 200
    assert town.get(f"{NEW}?desk=county_agri:999901000000").status_code == 404
    sent = typed(desk="county_discipline:999901000000", do="try")
    assert town.post(NEW, sent).status_code == 404


def test_the_list_leads_there_and_says_what_waits(desk: Any, officer: Any, writer: Any) -> None:
    assert "自建规则" in writer.get("/office/").content.decode()
    assert "自建规则" not in officer("cashier_reporter").get("/office/").content.decode()
    code = own_models.draft(desk.world, AT)
    writer.post(reverse("office:own_model_act", args=[code]), {"do": "hand_in"})

    waiting = officer("county_finance").get("/office/own-models/").content.decode()

    assert "1条自建规则等您看" in waiting
    assert "维修付款五百元以上" in waiting
