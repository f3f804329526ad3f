"""Invariant: at a gate and an instant, the verdicts on a case equal the nightly query's.

Over random small histories; the draft under check is in the database, uncommitted.
"""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanzi.evidence.models import Invoice
from sanzi.orgs.models import CounterpartyOwner, Kinship, OutsideDeath, Person
from sanzi.payments.models import BankAccount, Fund, Payment, PaymentOrder
from sanzi.supervision import catalogue
from sanzi.supervision.actions import nightly, precheck
from sanzi.supervision.models import Parameter
from worlds import spending, village
from worlds.village import AT

PAYEES = (
    "cashier_reporter", "committee_member", "brother", "twin", "dead", "A", "B", "C", "stone"
)  # fmt: skip
# Subjects with a yearly limit stand twice, so that a history comes to it.
SUBJECTS = ("51402", "51402", "102", "5130112", "5130112", "5130103", "5130104", "560202", "51405")
SIGNERS = ("handler", "village_secretary", "committee_member", "supervision_head", "agency_cashier")

PURCHASE = st.fixed_dictionaries(
    {
        "payees": st.lists(
            st.tuples(
                st.sampled_from(PAYEES),
                st.sampled_from([43_200, 49_999, 600_000, 970_000, 999_999, 4_999_999]),
            ),
            min_size=1,
            max_size=3,
        ),
        "state": st.sampled_from(["draft", "submitted", "paid", "paid", "withdrawn", "returned"]),
        "days": st.sampled_from([0, 0, 1, 9, 30, 31, 60, 61, 90, 91, 180, 181, 300]),
        # A request may lie as a draft for long before it is handed in.
        "drafted_days": st.sampled_from([0, 0, 0, 40, 120]),
        "handler": st.sampled_from(["committee_member", "cashier_reporter", "brother", None]),
        "body": st.sampled_from(["willow", "willow", "willow", "stone"]),
        "source_id": st.sampled_from(["S1", "LEASE", "", "NONE"]),
        "source_kind": st.sampled_from(["procurement", "contract", "other", "pay", "labour", ""]),
        "subject_code": st.sampled_from(SUBJECTS),
        "purpose": st.sampled_from(["维修", "维修", "篮球赛奖金", "端午提货券"]),
        "fund": st.sampled_from(["", "", "F1"]),
        "is_from_land_account": st.sampled_from([False, False, True]),
        "contract_id": st.sampled_from(["", "LEASE"]),
        "method": st.sampled_from(["transfer", "transfer", "card", "cash", "cheque"]),
        "budget": st.sampled_from([None, "Y1", "Y2"]),
        "signed": st.lists(st.sampled_from(SIGNERS), max_size=3, unique=True),
        "is_signed": st.booleans(),
        "proof": st.sampled_from([None, "key-1", "key-2"]),
        "item": st.sampled_from(["*纸制品*纸", "*餐饮服务*餐费", "*生活服务*景区住宿"]),
    }
)


@pytest.fixture
def world(db):
    built = village.build()
    spending.source(built, "S1")
    spending.source(built, "LEASE", kind="contract")
    boss = village.villager(built, "周老板")
    for key in "ABC":
        built.bodies[key] = spending.firm(key, boss if key == "A" else None)
    CounterpartyOwner.objects.create(counterparty=built.bodies["B"], person=boss, kind="controller")
    built.people["brother"] = village.villager(built, "陈国安")
    dead = village.villager(built, "王芳")
    Person.objects.filter(pk=dead.pk).update(id_no_index="dead-id")
    OutsideDeath.objects.create(
        id_no_index="dead-id", sealed_id_no="x", death_date=(AT - timedelta(days=10)).date()
    )
    built.people["dead"] = dead
    built.people["twin"] = village.villager(built, "陈双")
    Fund.objects.create(
        code="F1", organisation=built.bodies["willow"], purpose_subjects="514 15302",
        amount_fen=1_000_000,
    )  # fmt: skip
    BankAccount.objects.create(
        ext_id="LAND", organisation=built.bodies["willow"], sealed_number="x", tail="0002",
        number_index="hash-LAND", holder_name="柳湾村", kind="land_compensation",
        bank_code="402345678901",
    )  # fmt: skip
    Kinship.objects.create(
        person=built.people["brother"],
        relative=built.people["village_secretary"],
        relation="sibling",
        is_statutory_kin=True,
        is_extended_kin=True,
        source="declared",
    )
    spending.account("B1", built.people["cashier_reporter"])
    # The account that is given for the other village lies in the reporter's name.
    spending.account("B2", built.people["cashier_reporter"])
    stone = f"acc-{built.bodies['stone'].ext_id}"
    BankAccount.objects.filter(ext_id="B2").update(number_index=stone)
    return built


def build(world, history):
    land = BankAccount.objects.get(ext_id="LAND")
    budgets = {name: spending.budget(world, name, 1_500_000) for name in ("Y1", "Y2")}
    for number, one in enumerate(history, start=1):
        case = f"K{number}"
        payees = [(world.people.get(key) or world.bodies[key], fen) for key, fen in one["payees"]]
        spending.spend(
            world,
            case,
            payees,
            state=one["state"],
            at=AT - timedelta(days=one["days"], minutes=number),
            body=one["body"],
            source_id=one["source_id"],
            source_kind=one["source_kind"],
            subject_code=one["subject_code"],
            contract_id=one["contract_id"],
            purpose=one["purpose"],
            fund_code=one["fund"],
            debit_account=land if one["is_from_land_account"] else None,
            method=one["method"],
            budget_line=budgets.get(one["budget"]),
            handler=world.people.get(one["handler"]),
        )
        PaymentOrder.objects.filter(case_number=case).update(
            created_at=F("created_at") - timedelta(days=one["drafted_days"])
        )
        if one["is_signed"]:
            spending.sign_all(world, case)
        for role in one["signed"]:
            spending.sign(
                world,
                case,
                role,
                world.people[one["handler"] or "brother"]
                if role == "handler"
                else world.people[role],
            )
        if one["proof"]:
            spending.invoice(f"I{number}", f"{case}-1", one["proof"], "清河A有限公司", 43_200)
            Invoice.objects.filter(ext_id=f"I{number}").update(
                item_text=one["item"], issue_date=(AT - timedelta(days=70)).date()
            )
    # One of them is paid into the account of the other.
    brother = world.people["brother"].ext_id
    Payment.objects.filter(payee_person=world.people["twin"]).update(account_index=f"acc-{brother}")


def said(finding):
    return (finding.key, finding.sentence, dict(finding.figures), dict(finding.parameters))


def override(window):
    if window is None:
        return
    Parameter.objects.create(
        model_code="payment-duplicate",
        name="window_days",
        division_code=village.WILLOW,
        valid_from_date=date(2026, 10, 1),
        value=window,
        made_by_id=1,
        approved_by_id=2,
    )


def compare(case_count):
    """Hold the gate on each case against one night; return what was found, as model and payment."""
    models = catalogue.at_gate("pay")
    night = nightly.scan(at=AT, models=models)
    assert night.errors == []
    by_case: dict[str, list] = {}
    for finding in night.findings.values():
        if finding.finding_kind == "payment":
            by_case.setdefault(finding.finding_id.split("-")[0], []).append(said(finding))
    for number in range(1, case_count + 1):
        gate = precheck.judge(case_numbers=[f"K{number}"], models=models, at=AT)
        assert sorted(map(said, gate), key=repr) == sorted(by_case.get(f"K{number}", []), key=repr)
    return {(one.model.code, one.finding_id) for one in night.findings.values()}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=st.lists(PURCHASE, min_size=1, max_size=7), window=st.sampled_from([None, 30, 90]))
def test_the_verdicts_of_every_gate_equal_those_of_the_night(world, history, window):
    with transaction.atomic():
        build(world, history)
        override(window)
        compare(len(history))
        transaction.set_rollback(True)


@pytest.mark.parametrize("state", ["draft", "returned", "submitted", "paid"])
@pytest.mark.parametrize(
    ("window", "days", "is_found"),
    [(None, 60, True), (None, 61, False), (30, 30, True), (30, 31, False), (90, 90, True)],
)
def test_the_gate_sees_as_far_back_as_the_window_in_force(world, window, days, is_found, state):
    older = {"state": "paid", "at": AT - timedelta(days=days)}
    spending.spend(world, "K1", [(world.bodies["C"], 43_200)], **older)
    PaymentOrder.objects.update(created_at=F("created_at") - timedelta(days=200))
    spending.spend(world, "K2", [(world.bodies["C"], 43_200)], state=state)
    override(window)

    found = compare(2)

    assert (("payment-duplicate", "K2-1") in found) == is_found


@pytest.mark.parametrize(("days", "is_found"), [(30, True), (31, False)])
def test_the_gate_sees_a_split_behind_two_firms_of_one_owner(world, days, is_found):
    older = {"state": "paid", "at": AT - timedelta(days=days)}
    spending.spend(world, "K1", [(world.bodies["B"], 700_000)], **older)
    spending.spend(world, "K2", [(world.bodies["A"], 700_000)])

    found = compare(2)

    assert (("payment-tier-split", "K2-1") in found) == is_found


def test_the_gate_sees_a_body_paid_into_the_account_of_a_person(world):
    spending.spend(world, "K1", [(world.bodies["stone"], 43_200)])

    assert ("fund-personal-account", "K1-1") in compare(1)


def test_the_gate_sees_money_from_the_account_of_a_body_of_another_village(world):
    land = BankAccount.objects.get(ext_id="LAND")
    spending.spend(
        world, "K1", [(world.bodies["C"], 43_200)], body="stone", debit_account=land, source_id=""
    )

    assert ("ledger-three-books-mixed", "K1-1") in compare(1)
