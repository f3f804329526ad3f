"""Invariant: a gate says of contracts, votes, stamps, money and pages what the night says.

Over random small histories. A case is judged on its own rows and on those it acts on: a contract
to be stamped, the lists that a batch pays.
"""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sanzi.deals.models import Contract
from sanzi.disclosure.models import Publication
from sanzi.matters.models import Decision, DecisionPlan, DecisionRecusal, DecisionStep
from sanzi.payments.models import Payment
from sanzi.registers.seals.models import SealUse
from sanzi.registers.subsidies.models import Award, Program, Roster
from sanzi.registers.treasury.models import Debt, Deposit
from sanzi.supervision import catalogue
from sanzi.supervision.actions import nightly, precheck
from worlds import deals, seals, spending, subsidies
from worlds.village import AT, WILLOW

DAY = timedelta(days=1)
PEOPLE = ("committee_member", "village_secretary", "王一", "王二")
KINDS = {"contract", "seal_use", "decision", "deposit", "debt", "award", "roster"}
STEPS = ("proposal", "consultation", "party_review", "resolution")

DECISION = st.fixed_dictionaries(
    {
        "case": st.sampled_from(["D1", "D1", "D2", ""]),
        "procedure": st.sampled_from(["four_two", "member_meeting", "committee"]),
        "body": st.sampled_from(["villager_reps", "member_meeting", "member_delegates", "joint"]),
        "matter": st.sampled_from(["M01", "M04", "M15", "M24"]),
        "fen": st.sampled_from([None, 8_000_000]),
        "status": st.sampled_from(["passed", "passed", "rejected"]),
        "days": st.sampled_from([0, 3, 30]),
        "counts": st.sampled_from([(52, 52, 40), (52, 33, 20), (45, 45, 28)]),
        "steps": st.lists(
            st.tuples(
                st.sampled_from(STEPS),
                st.sampled_from([1, 2, 40, 90]),
                st.sampled_from(["", "a" * 64]),
                st.sampled_from(["", "ff00"]),
            ),
            max_size=4,
            unique_by=lambda one: one[0],
        ),
        "aside": st.lists(
            st.tuples(st.sampled_from(PEOPLE), st.booleans()), max_size=2,
            unique_by=lambda one: one[0],
        ),
    }
)  # fmt: skip
CONTRACT = st.fixed_dictionaries(
    {
        "case": st.sampled_from(["C1", "C1", "C2", ""]),
        "decision": st.sampled_from([None, 0, 1]),
        "kind": st.sampled_from(["works", "lease", "other"]),
        "fen": st.sampled_from([90_000, 8_000_000, 8_000_001]),
        "days": st.sampled_from([0, 3, 30]),
        "party": st.sampled_from(["A", "B", "C"]),
        "is_open": st.booleans(),
        "has_price": st.sampled_from([True, False]),
    }
)
USE = st.fixed_dictionaries(
    {
        "contract": st.sampled_from([None, 0, 1]),
        "item": st.sampled_from(["contract", "poem"]),
        "is_stamped": st.booleans(),
        "days": st.sampled_from([0, 5]),
    }
)
MONEY = st.fixed_dictionaries(
    {
        "case": st.sampled_from(["Z1", "Z2"]),
        "rate": st.sampled_from([100, 145, 180]),
        "kind": st.sampled_from(["bank_loan", "lend_out", "guarantee"]),
        "person": st.sampled_from([None, *PEOPLE]),
        "state": st.sampled_from(["asked", "standing"]),
        "is_voted": st.booleans(),
        "decision": st.sampled_from([None, 0]),
    }
)
PAGE = st.fixed_dictionaries(
    {
        "item": st.sampled_from(["F01", "F04", "W01"]),
        "period": st.sampled_from(["", "2026-11", "2026-10"]),
        "case": st.sampled_from(["", "K1", "K2", "G36"]),
        "fen": st.sampled_from([43_200, 86_400, 50_000]),
        "days": st.sampled_from([0, 1]),
    }
)
AWARD = st.fixed_dictionaries(
    {
        "case": st.sampled_from(["B1", "B2"]),
        "person": st.sampled_from(PEOPLE),
        "card": st.sampled_from(PEOPLE),
        "is_shown": st.booleans(),
    }
)


@pytest.fixture
def world(db):
    built = seals.furnish(subsidies.build())
    built.seal = seals.Seal.objects.get(ext_id="S-2")
    people = built.people
    deals.kin(people["committee_member"], people["王一"])
    for key, boss in (("A", "王一"), ("B", "village_secretary"), ("C", None)):
        built.bodies[key] = spending.firm(key, people[boss] if boss else None)
    Program.objects.filter(ext_id="SP-AGE").update(needs_land=False)
    return built


def build(world, history):
    decisions, signed, uses, placed, shown, awards = history
    body = world.bodies["willow"]
    place = {"organisation": body, "division_code": WILLOW}
    for turn, one in enumerate(decisions):
        _decision(world, turn, one, place)
    for turn, one in enumerate(signed):
        day = AT.date() - one["days"] * DAY
        Contract.objects.create(
            **place, ext_id=f"HT-{turn}", case_number=one["case"], kind=one["kind"],
            title=f"合同{turn}", counterparty=world.bodies[one["party"]], sign_date=day,
            end_date=None if one["is_open"] else day + 300 * DAY, amount_fen=one["fen"],
            decision_ext_id="" if one["decision"] is None else f"D-{one['decision']}",
            **{**deals.CLAUSES, "has_price_clause": one["has_price"]},
        )  # fmt: skip
    for turn, one in enumerate(uses):
        named = one["contract"] is not None
        SealUse.objects.create(
            **place, ext_id=f"YZ-{turn}", seal=world.seal, case_number=f"Y{turn}",
            item_code=one["item"], item_title="合同", seal_class="C", keeper=world.seal.keeper,
            is_listed_item=True, subject_kind="contract" if named else "case",
            subject_id=f"HT-{one['contract']}" if named else f"Y{turn}", copies_approved=1,
            copies_stamped=int(one["is_stamped"]), requested_at=AT - DAY, approved_at=AT,
            stamped_at=AT + one["days"] * DAY if one["is_stamped"] else None, status="approved",
        )  # fmt: skip
    for turn, one in enumerate(placed):
        Deposit.objects.create(
            **place, ext_id=f"CD-{turn}", case_number=one["case"], bank_code="402345678901",
            principal_fen=200_000_000, rate_bp=one["rate"], start_date=date(2026, 11, 2 + turn),
            maturity_date=date(2027, 11, 2 + turn),
        )  # fmt: skip
        Debt.objects.create(
            **place, ext_id=f"ZW-{turn}", case_number=one["case"], kind=one["kind"],
            person=world.people[one["person"]] if one["person"] else None,
            principal_fen=20_000_000, rate_bp=345, balance_fen=20_000_000, incurred_at=AT - DAY,
            town_approved_at=AT if one["is_voted"] else None, state=one["state"],
            decision_ext_id="" if one["decision"] is None else f"D-{one['decision']}",
        )  # fmt: skip
    for number in ("K1", "K2"):
        spending.spend(world, number, [(body, 43_200)], state="paid")
        Payment.objects.filter(order__case_number=number).update(paid_at=AT)
    for turn, one in enumerate(shown):
        Publication.objects.create(
            ext_id=f"G-{turn}", division_id=WILLOW, org_ext_id=body.ext_id, title=f"第{turn}份",
            item_code=one["item"], period=one["period"], total_fen=one["fen"], body={},
            subject_kind="case" if one["case"] else "", subject_id=one["case"],
            content_digest="0" * 64, published_at=AT - one["days"] * DAY,
        )  # fmt: skip
    _batches(world, awards, place)


def _decision(world, turn, one, place):
    due, came, agreed = one["counts"]
    passed = AT - one["days"] * DAY
    made = Decision.objects.create(
        **place, ext_id=f"D-{turn}", matter_code=one["matter"], title=f"议题{turn}",
        procedure=one["procedure"], deciding_body=one["body"], amount_fen=one["fen"],
        status=one["status"], passed_at=passed if one["status"] == "passed" else None,
        eligible_count=due, present_count=came, agree_count=agreed,
    )  # fmt: skip
    DecisionPlan.objects.create(
        decision=made, subject="works", plan_text="x", case_number=one["case"], created_at=AT
    )
    for number, (kind, hours, minutes, photo) in enumerate(one["steps"], start=1):
        DecisionStep.objects.create(
            decision=made, step_no=number, step_kind=kind, held_at=passed - timedelta(hours=hours),
            eligible_count=due, present_count=came, minutes_digest=minutes, photo_phash=photo,
        )  # fmt: skip
    for name, stood_aside in one["aside"]:
        DecisionRecusal.objects.create(
            decision=made, person=world.people[name], reason="亲属", is_recused=stood_aside
        )


def _batches(world, awards, place):
    """Add two lists that were fixed, and a payment case for each of them."""
    for number in ("B1", "B2"):
        own = [one for one in awards if one["case"] == number]
        program = Program.objects.get(ext_id="SP-AGE")
        common = {**place, "case_number": number, "program": program, "period": "2026-11"}
        Roster.objects.create(
            **common, ext_id=f"BT-{number}", submitted_at=AT, approved_at=AT,
            publicity_start_at=AT - 30 * DAY if own and own[0]["is_shown"] else None,
        )  # fmt: skip
        for turn, one in enumerate(own):
            person, holder = world.people[one["person"]], world.people[one["card"]]
            card = holder.bankaccount_set.first()
            Award.objects.create(
                **common, ext_id=f"BM-{number}-{turn}", person=person, household=person.household,
                quantity_milli=1_000, amount_fen=5_000, payee_name=holder.name,
                account_index=card.number_index if card else "", status="approved", approved_at=AT,
            )  # fmt: skip
        spending.spend(
            world, f"P{number}", [(world.people["王一"], 5_000)], source_kind="subsidy",
            source_id=number, state="approved",
        )  # fmt: skip


def rows_of(number):
    """Return table and id of what a case has and acts on, told without the neighbourhood."""
    contracts = set(Contract.objects.filter(case_number=number).values_list("ext_id", flat=True))
    uses = SealUse.objects.filter(case_number=number)
    contracts |= set(uses.filter(subject_kind="contract").values_list("subject_id", flat=True))
    source = number.removeprefix("P") if number.startswith("PB") else number
    found = {
        "contract": contracts,
        "seal_use": uses.values_list("ext_id", flat=True),
        "decision": Decision.objects.filter(plan__case_number=number).values_list(
            "ext_id", flat=True
        ),
        "deposit": Deposit.objects.filter(case_number=number).values_list("ext_id", flat=True),
        "debt": Debt.objects.filter(case_number=number).values_list("ext_id", flat=True),
        "award": Award.objects.filter(case_number=source).values_list("ext_id", flat=True),
        "roster": Roster.objects.filter(case_number=source).values_list("ext_id", flat=True),
        "disclosure": Publication.objects.filter(
            subject_kind="case", subject_id=number
        ).values_list("ext_id", flat=True),
    }
    return {(table, one) for table, ids in found.items() for one in ids}


def said(finding):
    return (finding.key, finding.sentence, dict(finding.figures), dict(finding.parameters))


def compare(gate, numbers):
    """Hold a gate on each case against one night; return what was found, as model and row."""
    models = [one for one in catalogue.at_gate(gate) if one.kinds & KINDS]
    night = nightly.scan(at=AT, models=models)
    assert night.errors == []
    found = set()
    for number in numbers:
        rows = rows_of(number)
        expected = [
            said(one)
            for one in night.findings.values()
            if (one.finding_kind, one.finding_id) in rows
        ]
        told = precheck.judge(case_numbers=[number], models=models, at=AT)
        assert sorted(map(said, told), key=repr) == sorted(expected, key=repr), number
        found |= {(one.model.code, one.finding_id) for one in told}
    return found


def compare_pages():
    """Hold the publish gate on each page, of a case or not, against one night."""
    night = nightly.scan(at=AT, models=catalogue.at_gate("publish"))
    for ext_id in Publication.objects.values_list("ext_id", flat=True):
        told = precheck.weigh_row(
            gate="publish", table="disclosure", row_id=ext_id, subject_id="x", at=AT
        ).found
        expected = [one for one in night.findings.values() if one.finding_id == ext_id]
        assert list(map(said, told)) == list(map(said, expected))


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    history=st.tuples(
        st.lists(DECISION, min_size=2, max_size=3),
        st.lists(CONTRACT, min_size=2, max_size=4),
        st.lists(USE, max_size=2),
        st.lists(MONEY, max_size=3),
        st.lists(PAGE, max_size=4),
        st.lists(AWARD, max_size=3),
    )
)
def test_the_verdicts_on_deals_votes_stamps_and_pages_equal_those_of_the_night(world, history):
    with transaction.atomic():
        build(world, history)
        compare("approve", ["C1", "C2", "D1", "D2", "Z1", "Z2"])
        compare("seal", ["Y0", "Y1"])
        compare("pay", ["PB1", "PB2"])
        compare_pages()
        transaction.set_rollback(True)


VOTE = {
    "case": "D1", "procedure": "four_two", "body": "villager_reps", "matter": "M04",
    "fen": 8_000_000, "status": "passed", "days": 3, "counts": (52, 33, 10),
    "steps": [(one, hours, "", "") for hours, one in enumerate(reversed(STEPS), start=1)],
    "aside": [("王一", False)],
}  # fmt: skip
SIGNED = {
    "case": "C1", "decision": 0, "kind": "other", "fen": 8_000_001, "days": 30, "party": "B",
    "is_open": True, "has_price": False,
}  # fmt: skip
OWED = {"case": "Z1", "rate": 145, "kind": "guarantee", "person": None, "state": "standing",
        "is_voted": False, "decision": None}  # fmt: skip
LOAN = {**OWED, "case": "Z2", "rate": 100, "kind": "bank_loan"}


def test_each_of_the_gates_finds_what_it_is_there_for(world):
    stamp = {"contract": 0, "item": "contract", "is_stamped": True, "days": 0}
    page = {"item": "F01", "period": "2026-11", "case": "G36", "fen": 50_000, "days": 0}
    award = {"case": "B1", "person": "王二", "card": "王一", "is_shown": False}
    build(world, ([VOTE], [SIGNED], [stamp], [OWED, LOAN], [page], [award]))

    contract = {
        "contract-signed-before-decision", "contract-key-terms-missing", "contract-backdated",
        "cadre-related-trade",
    }  # fmt: skip
    of_c1 = {code for code, row in compare("approve", ["C1"]) if row == "HT-0"}
    assert of_c1 == contract
    assert contract < {code for code, _ in compare("seal", ["Y0"])}
    assert {code for code, _ in compare("approve", ["D1"])} == {
        "decision-quorum-short", "decision-votes-short", "decision-body-incompetent",
        "decision-no-recusal", "decision-paper-meeting",
    }  # fmt: skip
    assert {code for code, _ in compare("approve", ["Z1", "Z2"])} == {
        "fund-idle-no-competition", "fund-illegal-loan", "fund-debt-over-line", "decision-missing",
    }  # fmt: skip
    assert {code for code, _ in compare("pay", ["PB1"])} == {
        "subsidy-account-mismatch", "subsidy-no-publicity", "subsidy-over-rate",
    }  # fmt: skip
    compare_pages()
    [held] = precheck.weigh_row(
        gate="publish", table="disclosure", row_id="G-0", subject_id="G36", at=AT
    ).found
    assert (held.model.code, held.figures["paid_fen"]) == ("disclosure-ledger-mismatch", 86_400)
