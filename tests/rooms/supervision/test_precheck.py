"""The check at the gates: what is found, what is kept, what a release does."""

from datetime import timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import Payment
from sanzi.supervision import catalogue, errors, queries
from sanzi.supervision.actions import precheck, release_hold
from sanzi.supervision.models import Check, Release, Verdict
from worlds import spending
from worlds.village import AT

DAY = timedelta(days=1)


def check(world, number, gate="submit", at=AT):
    return precheck.run(gate=gate, case_number=number, by=world.actor("cashier_reporter"), at=at)


def test_an_ordinary_purchase_passes_every_model_of_its_gate(world):
    spending.spend(world, "K1", [(world.bodies["shop"], 86_000)])

    result = check(world, "K1", "draft")

    asked = sum("payment" in one.kinds for one in catalogue.at_gate("draft"))
    assert asked > 10
    assert (result.model_count, result.blocks, result.holds, result.warns) == (asked, 0, 0, 0)
    assert Check.objects.get().model_count == asked


def test_a_payment_to_the_cashier_is_blocked_with_its_line_and_what_to_do(world):
    spending.spend(
        world, "K1", [(world.bodies["shop"], 5_000), (world.people["cashier_reporter"], 86_000)]
    )

    result = check(world, "K1", "draft")

    verdict = result.verdicts[0]
    assert (verdict.model_code, verdict.severity) == ("payment-to-cashier", "block")
    assert verdict.line_no == 2
    assert verdict.sentence == (
        "第2行的860.00元，收款账户是报账员吴*芬的。钱不能付给管钱的人本人。"
    )
    assert ("金额（元）", "860.00") in verdict.figures
    assert verdict.basis
    assert result.blocks == 1


def test_a_draft_check_replaces_the_last_one_and_other_gates_keep_theirs(world):
    spending.spend(world, "K1", [(world.people["cashier_reporter"], 86_000)])

    for gate in ("draft", "draft", "submit", "approve"):
        check(world, "K1", gate)

    assert list(Check.objects.order_by("id").values_list("gate", flat=True)) == [
        "draft",
        "submit",
        "approve",
    ]
    assert Verdict.objects.filter(gate_check__gate="draft").count() == 1


def test_the_subject_draft_meets_history_but_not_the_drafts_of_others(world):
    shop = world.bodies["shop"]
    spending.spend(world, "K1", [(shop, 43_200)], state="draft", at=AT - 9 * DAY)
    spending.spend(world, "K2", [(shop, 43_200)])
    spending.spend(world, "K3", [(spending.firm("LAMP"), 43_200)], state="paid", at=AT - 9 * DAY)

    assert check(world, "K2").verdicts == ()

    Payment.objects.filter(ext_id="K3-1").update(payee_counterparty=shop, account_index="acc-SHOP")
    assert [one.model_code for one in check(world, "K2").verdicts] == ["payment-duplicate"]


def test_a_batch_of_352_is_one_check(world):
    from worlds.village import villager

    spending.source(world, "RENT", kind="contract")
    heads = [villager(world, f"户主{number}") for number in range(351)]
    payees = [(one, 100_000 + number) for number, one in enumerate(heads)]
    payees.append((world.people["village_secretary"], 90_000))
    spending.spend(world, "K1", payees, source_kind="contract", source_id="RENT")
    spending.sign(world, "K1", "village_secretary", world.people["village_secretary"])

    result = check(world, "K1", "approve")

    assert result.verdicts == ()


def test_the_same_invoice_in_another_village_blocks(world):
    shop = world.bodies["shop"]
    spending.spend(world, "K1", [(shop, 726_000)], state="paid", at=AT - 200 * DAY, body="stone")
    spending.spend(world, "K2", [(shop, 726_000)])
    spending.invoice("I1", "K1-1", "key", shop.name, 726_000)
    spending.invoice("I2", "K2-1", "key", shop.name, 726_000)

    verdict = check(world, "K2").verdicts[0]

    assert verdict.model_code == "invoice-duplicate"
    assert "石桥村" not in verdict.sentence
    assert "已经报过了" in verdict.sentence


def test_a_hold_counts_until_the_town_leader_releases_it_and_again_when_facts_change(world):
    shop = world.bodies["shop"]
    line = spending.budget(world, "Y1", 100_000)
    order = spending.spend(world, "K1", [(shop, 100_001)], state="submitted", budget_line=line)
    assert check(world, "K1").holds == 1

    release_hold(
        case_number="K1",
        model_code="payment-over-budget",
        finding_id="K1-1",
        reason="预算调整已经上会，下周补决议",
        by=world.actor("town_leader"),
        at=AT,
    )

    assert check(world, "K1", "approve").holds == 0
    assert queries.unreleased("K1") == []
    assert Event.objects.get(kind="supervision.hold.released").subject_id == "K1"

    order.payments.update(amount_fen=100_002)
    assert check(world, "K1", "approve").holds == 1


@pytest.mark.parametrize(
    ("role", "reason", "refusal"),
    [
        ("town_agri_head", "预算调整已经上会，下周补", NotFound),
        ("town_leader", "可以的", errors.ReasonTooShort),
    ],
)
def test_a_refused_release_changes_nothing(world, role, reason, refusal):
    line = spending.budget(world, "Y1", 1)
    spending.spend(world, "K1", [(world.bodies["shop"], 100_000)], budget_line=line)
    check(world, "K1")

    with pytest.raises(refusal):
        release_hold(
            case_number="K1",
            model_code="payment-over-budget",
            finding_id="K1-1",
            reason=reason,
            by=world.actor(role),
            at=AT,
        )

    assert not Release.objects.exists()
    assert not Event.objects.exists()
    assert len(queries.unreleased("K1")) == 1


def test_who_signed_or_whose_kin_is_paid_does_not_release(world):
    from sanzi.orgs.models import Kinship

    line = spending.budget(world, "Y1", 1)
    leader = world.people["town_leader"]
    other = spending.spend(
        world, "K1", [(world.people["agency_reviewer"], 9_000)], budget_line=line
    )
    Kinship.objects.create(
        person=other.payments.get().payee_person,
        relative=leader,
        relation="sibling",
        is_statutory_kin=True,
        is_extended_kin=True,
        source="declared",
    )
    check(world, "K1")

    with pytest.raises(errors.OwnCase):
        release_hold(
            case_number="K1",
            model_code="payment-over-budget",
            finding_id="K1-1",
            reason="预算调整已经上会，下周补",
            by=world.actor("town_leader"),
            at=AT,
        )

    assert not Release.objects.exists()


def test_a_model_that_cannot_run_refuses_the_step_and_keeps_nothing(world, monkeypatch):
    from dataclasses import replace

    broken = replace(
        catalogue.models()["payment-cash"], sql="SELECT nothing FROM stg_payment", screen=()
    )
    monkeypatch.setattr(catalogue, "at_gate", lambda _gate: [broken])
    spending.spend(world, "K1", [(world.bodies["shop"], 86_000)])

    with pytest.raises(errors.CheckNotRun):
        check(world, "K1")

    assert not Check.objects.exists()
