"""A night over what changed says what a whole night says, whatever the day brought."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from sanzi.evidence.models import Invoice
from sanzi.matters.models import CaseStep
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import CounterpartyOwner, Division, Organisation, Person
from sanzi.payments.models import Payment, PaymentOrder
from sanzi.supervision import catalogue, short_nights
from sanzi.supervision.actions import nightly, tracing
from sanzi.supervision.models import Alert, ModelRun, Parameter
from worlds import spending, village
from worlds.village import AT

NIGHT = AT + timedelta(hours=16)
DAY = timedelta(days=1)
VILLAGES = 12


@pytest.fixture(autouse=True)
def no_trace(settings, tmp_path):
    settings.SANZI = replace(settings.SANZI, var=tmp_path, full_night_days=7)


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
    (nothing,),
    (new_payment, corrected_row, excuse_gone, late_approval),
    (across_villages, draft_handed_in),
    (row_gone, firm_changed, paid_abroad),
)


SOME = (
    "payment-cash", "payment-duplicate", "payment-no-source", "payment-tier-split",
    "payment-chain-incomplete", "payment-before-approval", "payment-shared-account",
    "invoice-duplicate", "invoice-white-slip", "contract-not-written", "ledger-late-entry",
    "cadre-kin-posts", "fund-large-unusual", "payment-incompatible-duty",
)  # fmt: skip


@pytest.fixture(
    params=[pytest.param(SOME, id="some"), pytest.param((), id="all", marks=pytest.mark.long)]
)
def models(request, monkeypatch):
    """A few models that see much, then the whole catalogue."""
    if request.param:
        chosen = [catalogue.models()[code] for code in request.param]
        monkeypatch.setattr(catalogue, "at_gate", lambda _: chosen)


def said_by(result):
    return {key: one.figures_digest for key, one in result.findings.items()}


def test_day_after_day_the_short_night_finds_what_the_whole_one_finds(county, models, monkeypatch):
    """In so small a county a model would be asked whole sooner; here it is not."""
    monkeypatch.setattr(short_nights, "MOST_PERCENT", 90)
    first, left = nightly.look(at=NIGHT, old=None)
    known, at, in_part = said_by(first), NIGHT, 0
    villages = {key: one.village_id for key, one in first.findings.items()}
    assert len(known) > 20
    assert not first.errors

    for changes in DAYS:
        findings = short_nights.findings_table(villages.items())
        old = short_nights.Trace(1, "t", at, NIGHT, findings=findings, **left)
        # A jump of the calendar between two ordinary days: what is overdue then is overdue.
        at += DAY if changes != (nothing,) else 31 * DAY
        for change in changes:
            change(county)

        short, left = nightly.look(at=at, old=old)
        whole = nightly.scan(at=at)

        stayed = {key: known[key] for key, _ in short.stay}
        assert {**stayed, **said_by(short)} == said_by(whole)
        assert not short.errors
        assert not stayed.keys() & short.findings.keys()
        known = said_by(whole)
        villages = {key: one.village_id for key, one in whole.findings.items()}
        in_part += short.asked.told()["part"] + short.asked.told()["spared"]

    assert in_part > len(DAYS)


def alerts():
    shown = ("state", "figures", "sentence", "vanished_at", "division_code", "rows_digest")
    keys = ("model_code", "finding_kind", "finding_id", "period")
    return sorted(Alert.objects.values_list(*keys, *shown), key=repr)


def night(at, *, is_short=True):
    return nightly.run(as_of=at, by=SYSTEM, may_be_short=is_short, leaves_trace=True)


def undone(at):
    """Return the alerts and counts of a whole night, and take it back."""
    counts = ("finding_count", "opened_count", "kept_count", "vanished_count", "silenced_count")
    with transaction.atomic():
        done = nightly.run(as_of=at, by=SYSTEM)
        said = alerts(), [getattr(done, name) for name in counts]
        transaction.set_rollback(True)
    return said, counts


def test_the_alerts_of_a_short_night_are_those_of_a_whole_one(county, models, monkeypatch):
    monkeypatch.setattr(short_nights, "MOST_PERCENT", 90)
    first = night(NIGHT)
    assert (first.is_full, bool(first.trace_token)) == (True, True)
    for change in (new_payment, corrected_row, excuse_gone, across_villages):
        change(county)
    # Somebody asked again by day, and what was gone then is back as it was.
    touched = Alert.objects.filter(model_code="payment-cash", finding_id="K2-1-1").get()
    PaymentOrder.objects.filter(case_number="K2-1").update(method="transfer")
    nightly.recheck(
        ext_id=touched.ext_id, by=county.actor("town_agri_head"), at=NIGHT + timedelta(hours=9)
    )
    PaymentOrder.objects.filter(case_number="K2-1").update(method="cash")
    touched.refresh_from_db()
    assert touched.vanished_at is not None

    expected, counts = undone(NIGHT + DAY)
    short = night(NIGHT + DAY)

    assert (short.is_full, short.errors) == (False, [])
    assert (alerts(), [getattr(short, name) for name in counts]) == expected
    assert short.opened_count > 0
    assert short.vanished_count > 0
    touched.refresh_from_db()
    assert touched.vanished_at is None


def test_without_a_trace_that_fits_the_night_is_a_whole_one(county, models, settings):
    night(NIGHT)
    assert tracing.usable(NIGHT + DAY) is not None

    assert tracing.usable(NIGHT) is None
    assert tracing.usable(NIGHT + 7 * DAY) is None
    settings.SANZI = replace(settings.SANZI, full_night_days=1)
    assert tracing.usable(NIGHT + DAY) is None
    settings.SANZI = replace(settings.SANZI, full_night_days=7)
    (settings.SANZI.var / tracing.FOLDER / tracing.FACTS).write_text("{")
    assert tracing.usable(NIGHT + DAY) is None
    night(NIGHT + timedelta(hours=1))
    ModelRun.objects.create(started_at=NIGHT, as_of=NIGHT + timedelta(hours=2), finished_at=NIGHT)
    assert tracing.usable(NIGHT + DAY) is None


def test_a_model_with_other_parameters_is_asked_of_everybody(county, models):
    first, left = nightly.look(at=NIGHT, old=None)
    findings = short_nights.findings_table(
        (key, one.village_id) for key, one in first.findings.items()
    )
    old = short_nights.Trace(1, "t", NIGHT, NIGHT, findings=findings, **left)
    Parameter.objects.create(
        model_code="payment-cash",
        name="cash_limit_fen",
        division_code=village.COUNTY,
        value=90_000,
        valid_from_date=(AT - 400 * DAY).date(),
        made_by_id=1,
        approved_by_id=2,
    )

    short, _ = nightly.look(at=NIGHT + DAY, old=old)

    assert short.asked.villages["payment-cash"] is None
    whole = nightly.scan(at=NIGHT + DAY)
    stayed = {key: said_by(first)[key] for key, _ in short.stay}
    assert {**stayed, **said_by(short)} == said_by(whole)
    assert said_by(whole) != said_by(first)
