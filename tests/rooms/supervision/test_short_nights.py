"""A night over what changed says what a whole night says, whatever the day brought."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction

from sanzi.evidence.models import Invoice
from sanzi.matters.models import CaseStep
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import CounterpartyOwner, Division, Organisation, Person
from sanzi.payments.models import Payment, PaymentOrder
from sanzi.record import reach
from sanzi.supervision import catalogue, short_nights
from sanzi.supervision.actions import nightly, silences, tracing
from sanzi.supervision.models import Alert, Disposal, ModelRun, Parameter
from worlds import spending, village
from worlds.village import AT

NIGHT = AT + timedelta(hours=16)
DAY = timedelta(days=1)
VILLAGES = 12


@pytest.fixture(autouse=True)
def no_trace(settings, tmp_path):
    from dataclasses import replace

    settings.SANZI = replace(settings.SANZI, var=tmp_path)


@pytest.fixture
def county(world):
    """Twelve more villages that pay the same firms, carelessly, each in its own way."""
    boss = village.villager(world, "周老板")
    for key in "AB":
        world.bodies[key] = spending.firm(key, boss)
    for number in range(VILLAGES):
        code = f"9999011013{number:02}"
        Division.objects.create(
            code=code, name=f"第{number}村", level="village", parent_code=village.TOWN
        )
        name = f"v{number}"
        world.bodies[name] = Organisation.objects.create(
            ext_id=f"O-{name}", division_id=code, kind="collective", name=f"第{number}村合作社"
        )
        village.villager(world, f"村民{number}", code)
        paid(world, f"K{number}-1", name, days=40, fen=60_000 + number, method="cash")
        paid(world, f"K{number}-2", name, days=35, fen=60_000 + number)
        paid(world, f"K{number}-3", name, days=3, fen=49_000, source_kind="", source_id="")
    return world


def paid(world, number, body, *, days, fen, payee="A", state="paid", **order):
    at = NIGHT - timedelta(days=days)
    made = spending.spend(
        world, number, [(world.bodies.get(payee) or world.people[payee], fen)],
        state=state, at=at, body=body, **order,
    )  # fmt: skip
    if state == "paid":
        Payment.objects.filter(order=made).update(paid_at=at + timedelta(hours=20))
    return made


def new_payment(world):
    paid(world, "NEW", "v3", days=0, fen=60_003, method="cash")


def corrected_row(world):
    PaymentOrder.objects.filter(case_number="K4-1").update(method="transfer")


def excuse_gone(world):
    PaymentOrder.objects.filter(case_number="K5-2").update(source_kind="", source_id="")


def late_approval(world):
    spending.sign_all(world, "K6-1", at=NIGHT)


def across_villages(world):
    for number, body in (("K7-1", "v7"), ("K8-1", "v8")):
        spending.invoice(f"I-{body}", f"{number}-1", "same-key", "A", 60_000)
        organisation = world.bodies[body]
        Invoice.objects.filter(ext_id=f"I-{body}").update(
            org_ext_id=organisation.ext_id, division_code=organisation.division_id
        )


def row_gone(world):
    CaseStep.objects.filter(case__number="K6-1").delete()
    Invoice.objects.filter(ext_id="I-v8").delete()


def firm_changed(world):
    CounterpartyOwner.objects.create(
        counterparty=world.bodies["B"], person=world.people["村民2"], kind="controller"
    )
    Person.objects.filter(pk=world.people["村民9"].pk).update(division_id="999901101301")


def draft_handed_in(world):
    paid(world, "DRAFT", "v9", days=1, fen=70_000, state="draft", method="cash")


def paid_abroad(world):
    paid(world, "ABROAD", "v10", days=0, fen=5_000, payee="村民1", source_kind="", source_id="")


def nothing(world):
    """Only the day passes."""


DAYS = (
    nothing, new_payment, corrected_row, excuse_gone, late_approval, across_villages, row_gone,
    firm_changed, draft_handed_in, paid_abroad, nothing,
)  # fmt: skip


def said_by(result):
    return {key: one.figures_digest for key, one in result.findings.items()}


@pytest.mark.parametrize("most", [30, 100])
def test_day_after_day_the_short_night_finds_what_the_whole_one_finds(county, monkeypatch, most):
    """Thirty is what the night goes by; with a hundred, models are asked in part if they can be."""
    monkeypatch.setattr(short_nights, "MOST_PERCENT", most)
    first, left = nightly.look(at=NIGHT, old=None)
    known, at, in_part = said_by(first), NIGHT, 0
    villages = {key: one.village_id for key, one in first.findings.items()}
    assert len(known) > 30 and not first.errors

    for day in DAYS:
        findings = short_nights.findings_table(villages.items())
        old = short_nights.Trace(1, "t", at, NIGHT, findings=findings, **left)
        # A jump of the calendar between two ordinary days: what is overdue then is overdue.
        at += DAY if day is not nothing else 31 * DAY
        day(county)

        short, left = nightly.look(at=at, old=old)
        whole = nightly.scan(at=at)

        stayed = {key: known[key] for key, _ in short.stay}
        assert {**stayed, **said_by(short)} == said_by(whole), day.__name__
        assert not short.errors and not stayed.keys() & short.findings.keys()
        known = said_by(whole)
        villages = {key: one.village_id for key, one in whole.findings.items()}
        in_part += short.asked.told()["part"] + short.asked.told()["spared"]

    assert in_part > len(DAYS) * 40
