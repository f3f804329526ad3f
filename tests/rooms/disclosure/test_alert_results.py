"""What came of an alert is on the village's page, where its matter is, without any name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sanzi.disclosure.actions import alert_results, publishing
from sanzi.disclosure.actions.publishing import Sheet
from sanzi.disclosure.models import Publication
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.models import Payment
from sanzi.supervision.models import Alert, Disposal
from worlds import spending, village
from worlds.inspections import alert
from worlds.village import AT, WILLOW

pytestmark = pytest.mark.django_db
CASE = "M10-7"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def world() -> village.World:
    """The village with a payment on its page."""
    found = village.build()
    publishing.publish(
        sheet=Sheet(
            division_code=WILLOW, org_ext_id="O-WILLOW", item_code="F01", title="一笔维修付款",
            body={"kind": "付款", "stage": "付了", "facts": [], "tables": []}, total_fen=100,
            subject=("case", CASE), due_at=None,
        ),
        by=SYSTEM, at=AT - timedelta(days=9),
    )  # fmt: skip
    return found


def disposed(**changed: Any) -> Alert:
    """An alert about the payment that was put right, with words that name people."""
    told = {
        "state": "disposed", "disposed_at": AT, "conclusion": "confirmed",
        "sentence": "付给了报账员吴小芬", "money_back_fen": 320_000, **changed,
    }  # fmt: skip
    made = alert(told.pop("case_number", CASE), **told)
    Disposal.objects.create(
        alert=made, at=AT - HOUR, action="fed_back", text="吴小芬退了钱",
        data={"rectifications": ["money_recovered", "talk"], "circumstances": []},
    )  # fmt: skip
    return made


def results() -> list[Publication]:
    return list(Publication.objects.filter(item_code="G05").order_by("pk"))


def test_a_result_is_public_once_within_five_work_days_and_names_nobody() -> None:
    made = disposed()

    assert alert_results.publish_due(AT + HOUR) == 1
    assert alert_results.publish_due(AT + 2 * HOUR) == 0

    [one] = results()
    assert (one.division_id, one.subject_kind, one.subject_id) == (WILLOW, "alert", made.ext_id)
    assert (one.due_at, one.is_late) == (orgs.calendar().add_workdays(AT, 5), False)
    facts = dict(one.body["facts"])
    assert facts["结果"] == "属实，已经整改"
    assert (facts["哪一件事"], facts["怎么改的"]) == ("一笔维修付款", "钱追回来了")
    assert facts["退回集体"] == "3,200.00元"
    whole = f"{one.title}{one.body}"
    assert "吴" not in whole
    assert "报账员吴" not in whole
    assert "谈话" not in whole


def test_an_alert_opened_again_takes_its_result_back_until_it_has_another() -> None:
    made = disposed()
    alert_results.publish_due(AT)
    Alert.objects.filter(pk=made.pk).update(state="pending", conclusion="", disposed_at=None)

    assert alert_results.publish_due(AT + HOUR) == 1
    assert alert_results.publish_due(AT + 2 * HOUR) == 0
    Alert.objects.filter(pk=made.pk).update(
        state="disposed", conclusion="explained", disposed_at=AT + 3 * HOUR
    )
    assert alert_results.publish_due(AT + 4 * HOUR) == 1

    first, back, second = results()
    assert (back.replaces, back.reason) == (first, alert_results.AGAIN)
    assert [title for title, _ in back.body["facts"]] == [
        "查的是什么",
        "哪一件事",
        "哪天查到的",
        "结果",
    ]
    assert dict(back.body["facts"])["结果"] == alert_results.OPEN_AGAIN
    assert second.replaces == back
    assert dict(second.body["facts"])["结果"] == "查过了，合规"


@pytest.mark.parametrize(
    ("conclusion", "told"),
    [
        ("false_positive", "查过了，是误报"),
        ("data_error", "数据有误，已经改正"),
        ("transferred", alert_results.OPEN_AGAIN),
    ],
)
def test_a_result_that_does_not_stand_is_replaced_by_what_may_be_said(
    conclusion: str, told: str
) -> None:
    made = disposed()
    alert_results.publish_due(AT)
    Alert.objects.filter(pk=made.pk).update(conclusion=conclusion)

    assert alert_results.publish_due(AT + HOUR) == 1
    assert alert_results.publish_due(AT + 2 * HOUR) == 0

    assert dict(results()[-1].body["facts"])["结果"] == told
    assert "退回集体" not in dict(results()[-1].body["facts"])


@pytest.mark.parametrize(
    "changed",
    [
        {"case_number": "M10-8"},  # its matter is on no page
        {"case_number": ""},
        {"model_code": "closed"},  # any rule of the discipline offices
        {"conclusion": "transferred"},
        {"conclusion": "false_positive"},
        {"state": "verifying", "disposed_at": None},
        {"disposed_at": AT - timedelta(days=90)},
    ],
)
def test_what_is_not_public_or_not_done_says_nothing(changed: dict[str, Any], closed: str) -> None:
    if "model_code" in changed:
        changed = {"model_code": closed}
    disposed(**changed)

    assert alert_results.publish_due(AT) == 0
    assert results() == []


@pytest.fixture
def closed() -> str:
    from sanzi.supervision import catalogue

    return min(catalogue.closed_codes())


@pytest.mark.parametrize(
    "data",
    [
        {"triggers": ["evidence_removed"]},
        {"circumstances": ["complainant_threatened"]},
        {"rectifications": ["money_recovered", "case"]},
    ],
)
def test_what_the_discipline_offices_keep_to_themselves_is_never_named(
    data: dict[str, Any],
) -> None:
    made = disposed()
    action = "triggered" if "triggers" in data else "fed_back"
    Disposal.objects.create(alert=made, at=AT, action=action, data=data)

    assert alert_results.publish_due(AT) == 0
    assert results() == []


def test_a_payment_of_a_published_month_is_public_too(world: village.World) -> None:
    spending.spend(world, "K7", [(world.people["committee_member"], 60_000)], state="paid")
    Payment.objects.update(paid_at=AT)
    disposed(case_number="K7")
    assert alert_results.publish_due(AT) == 0
    publishing.publish(
        sheet=Sheet(
            division_code=WILLOW, org_ext_id="O-WILLOW", item_code="F01", title="11月逐笔收支",
            body={"kind": "收支", "stage": "公布了", "facts": [], "tables": []}, total_fen=60_000,
            period="2026-11", subject=("", ""), due_at=None,
        ),
        by=SYSTEM, at=AT,
    )  # fmt: skip

    assert alert_results.publish_due(AT) == 1
    assert dict(results()[0].body["facts"])["哪一件事"] == "2026年11月12日的一笔付款"
