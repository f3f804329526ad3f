"""M33: who is put forward, what bars him, five days in public, one reward for one deed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sanzi.matters.models import Case, SourceMatter
from sanzi.orgs import secrets
from sanzi.orgs.models import OutsideStatus
from sanzi.record import extraction
from sanzi.registers.party import effects, errors
from sanzi.registers.party.actions import honours
from sanzi.registers.party.models import Honour
from sanzi.supervision.models import Alert
from worlds import deals, spending, walks
from worlds.money import Money
from worlds.publications import published
from worlds.village import AT, WILLOW
from worlds.walks import Walk

EVENT = "七月抗洪救出两户人家"
FORM = {
    "title": "优秀共产党员", "event": EVENT, "level": "town",
    "criteria": "急难时冲在前面，群众公认", "amount": "800",
}  # fmt: skip


def _submit(money: Money, **changed: str) -> Walk:
    walk = walks.start(money.world, "M33", "committee_member")
    form = {**FORM, "person": money.payees[0].ext_id, **changed}
    walk.submit("committee_member", {k: v for k, v in form.items() if v}, ("minutes",))
    return walk


def _shown(money: Money) -> Walk:
    walk = _submit(money)
    walk.approve("village_secretary", "supervision_head")
    walk.record("village_clerk", {"place": "村公开栏"}, ("notice",))
    return walk


def _alert(money: Money, **changed: Any) -> Alert:
    return Alert.objects.create(
        **{
            "ext_id": "YJ-1", "model_code": "labour-cadre-payee", "model_version": "1",
            "finding_kind": "payment", "finding_id": "X", "org_ext_id": "O-WILLOW",
            "division_code": WILLOW, "subject_person_ext_ids": [money.payees[0].ext_id],
            "severity": "warn", "sentence": "重复领钱。", "figures": {}, "parameters": {},
            "rows": [], "rows_digest": "", "route": "V", "route_role": "village_secretary",
            "route_division": WILLOW, "opened_at": AT, "due_at": AT, **changed,
        }
    )  # fmt: skip


def test_an_award_walks_from_the_name_to_the_money(money: Money) -> None:
    walk = _shown(money)
    with pytest.raises(errors.PublicityRuns, match="11月17日"):
        walk.approve("town_party_office")
    walk.at = AT + timedelta(days=6)
    walk.approve("town_party_office")

    assert walk.case.state == "DONE"
    [row] = deals.record_rows("honour")
    assert (row["person_id"], row["amount_fen"], row["status"], row["case_id"]) == (
        money.payees[0].ext_id, 80_000, "approved", walk.number,
    )  # fmt: skip
    assert SourceMatter.objects.get(ext_id=walk.number).amount_fen == 80_000
    begun = effects.prefill(walk.number)
    assert (begun.lines[0]["name"], begun.lines[0]["amount"]) == (money.payees[0].name, "800.00")
    honours.require_payable(walk.number, 80_000, "K-1")
    with pytest.raises(errors.FundNotPayable, match=r"800\.00元"):
        honours.require_payable(walk.number, 80_001, "K-1")
    spending.spend(
        money.world, "K-1", [(money.payees[0], 80_000)], state="submitted",
        source_kind="other", source_id=walk.number,
    )  # fmt: skip
    with pytest.raises(errors.FundNotPayable, match="已经付过"):
        honours.require_payable(walk.number, 80_000, "K-2")
    assert len(extraction.fetch("honour")) == 1
    shown = published(walk.number)["P04"]
    assert (shown.facts["推荐谁"], shown.facts["因为什么事"]) == (money.payees[0].name, EVENT)
    assert shown.version == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "还没办结"),
        ({"state": "disposed", "conclusion": "confirmed", "disposed_at": AT}, "查实"),
    ],
)
def test_an_alert_bars_an_award(money: Money, changed: dict[str, Any], words: str) -> None:
    _alert(money, **changed)

    with pytest.raises(errors.AwardBarred, match=words):
        _submit(money)

    assert Case.objects.get().state == "DRAFT"
    assert not Honour.objects.exists()


def test_an_alert_that_was_explained_or_is_another_mans_bars_nobody(money: Money) -> None:
    _alert(money, state="disposed", conclusion="explained", disposed_at=AT)
    _alert(money, ext_id="YJ-2", finding_id="Y",
           subject_person_ext_ids=[money.payees[1].ext_id])  # fmt: skip

    assert _submit(money).case.state == "SUBMITTED"


def test_who_is_held_is_not_put_forward(money: Money) -> None:
    person = money.payees[0]
    person.id_no_index = secrets.index("id_no", "330000199001011234")
    person.save()
    OutsideStatus.objects.create(
        id_no_index=person.id_no_index, sealed_id_no="x", kind="custody",
        since_date=AT.date() - timedelta(days=30),
    )  # fmt: skip

    with pytest.raises(errors.AwardBarred, match="处分或处罚"):
        _submit(money)

    assert not Honour.objects.exists()


def test_an_alert_that_opens_meanwhile_stops_the_award(money: Money) -> None:
    walk = _shown(money)
    walk.at = AT + timedelta(days=6)
    _alert(money)

    with pytest.raises(errors.AwardBarred):
        walk.approve("town_party_office")

    assert Honour.objects.get().status == "submitted"


def test_one_deed_is_rewarded_once_by_whomever(money: Money) -> None:
    _submit(money)
    with pytest.raises(errors.AwardRepeated):
        _submit(money, title="抗洪先锋", event=f"{EVENT}。")

    assert Honour.objects.count() == 1


def test_a_deed_that_was_paid_for_before_is_not_paid_again(money: Money) -> None:
    spending.spend(
        money.world, "K-1", [(money.payees[0], 50_000)], state="submitted",
        source_kind="other", source_id="S-OLD", purpose=f"{EVENT}奖励",
    )  # fmt: skip

    with pytest.raises(errors.AwardRepeated):
        _submit(money)
    assert not Honour.objects.exists()

    assert _submit(money, amount="").case.state == "SUBMITTED"


@pytest.mark.parametrize("changed", [{"amount": "0"}, {"event": "抗洪。"}])
def test_an_award_that_cannot_be_right_is_not_handed_in(
    money: Money, changed: dict[str, str]
) -> None:
    with pytest.raises(errors.AwardWrong):
        _submit(money, **changed)

    assert not Honour.objects.exists()
