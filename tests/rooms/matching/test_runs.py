"""One county's runs out of its database: sent once, found again, held when something is wrong."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings as django_settings

from sanzi.audit.models import Event
from sanzi.interfaces.cli import main
from sanzi.matching import actions, gathering, party, queries
from sanzi.matching.errors import (
    AnswerWrong,
    BadSetting,
    NotTakingPart,
    PeriodClosed,
    ServiceDown,
    ServiceRefused,
    TooManyValues,
    UnknownPurpose,
)
from sanzi.matching.models import Fault, Pair, PairRow, Run, RunState, Sending
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty
from sanzi.payments.models import Payment
from worlds import spending, village
from worlds.matching import AT, Province

OWN, OTHER = "999901", "999902"
USCC = "91320582MA1MU1234X"
ID_NO = "320582199001011234"
PAID = datetime(2025, 6, 1, 2, 0, tzinfo=UTC)
ABOUT = {"purpose": "supplier", "period": "2025"}


@pytest.fixture
def province(tmp_path):
    with Province(tmp_path, (OWN, OTHER)).open() as found:
        yield found


@pytest.fixture
def world(db):
    built = village.build()
    spending.source(built, "S1")
    person = built.people["committee_member"]
    person.sealed_id_no = secrets.seal("id_no", ID_NO)
    person.save(update_fields=["sealed_id_no"])
    shop = spending.firm("SHOP")
    shop.uscc = USCC
    shop.save(update_fields=["uscc"])
    mason = Counterparty.objects.create(
        ext_id="MASON", kind="person", name=person.name, person=person
    )
    alone = spending.firm("ALONE")
    alone.uscc = "91320582MA1MU9999X"
    alone.save(update_fields=["uscc"])
    spending.spend(built, "K1", [(shop, 500), (mason, 700), (alone, 900)], state="paid")
    spending.spend(built, "K2", [(shop, 100)], state="paid")
    Payment.objects.update(paid_at=PAID)
    return built


def _run(province, **changed):
    asked = {**ABOUT, "by": SYSTEM, "at": AT, "as_party": province.party(OWN), **changed}
    return actions.run(**asked)


def _theirs(province, values):
    """The other county hands in its suppliers."""
    them = province.party(OTHER)
    outputs = them.outputs("supplier", "2025", values)
    them.deliver("supplier", "2025", OWN, them.tags("supplier", "2025", OWN, outputs))


def _state():
    return [one.objects.count() for one in (Sending, Run, Pair, PairRow)], Event.objects.filter(
        kind__startswith="matching."
    ).count()


def test_both_counties_are_told_of_the_same_pairs_and_each_of_its_own_rows(world, province):
    assert [one.state for one in _run(province)] == [RunState.SENT]
    _theirs(province, [f"no:{USCC}", f"id:{ID_NO}", "no:91110000MA00000000"])
    [run] = _run(province, at=AT + timedelta(hours=1))

    assert (run.state, run.pair_count, run.other_code) == (RunState.MATCHED, 2, OTHER)
    found = {one.row_id: one for one in PairRow.objects.select_related("pair")}
    assert set(found) == {"SHOP", "MASON"}
    assert found["MASON"].person_ext_id == world.people["committee_member"].ext_id
    told = province.party(OTHER).collect("supplier", "2025", OWN)["pairs"]
    assert {code for _, code in told} == {one.pair.pair_id for one in found.values()}

    kinds = [one.kind for one in Event.objects.filter(kind__startswith="matching.").order_by("pk")]
    assert kinds == ["matching.run.sent", "matching.run.matched"]
    assert Sending.objects.get().count == 3
    assert actions.forget_over(AT) == 1
    assert Sending.objects.get().rows == []
    # Done is done: the service is not asked again.
    province.server.service.purposes = {}
    assert [one.state for one in _run(province)] == [RunState.MATCHED]


def test_the_statements_of_all_purposes_run_and_open_no_number_on_disk(world, province, tmp_path):
    for code, purpose in gathering.purposes().items():
        period = {"year": "2025", "quarter": "2025-Q4"}[purpose.every]
        found = gathering.gather(purpose, period)
        assert len(found.values) == len(found.rows) == len(set(found.values))
        assert len(found.values) == (3 if code == "supplier" else 0)
    _run(province)
    assert ID_NO not in str(list(Sending.objects.values()))


def test_invoices_and_award_lines_give_their_values(world):
    from sanzi.evidence.models import Invoice
    from sanzi.registers.subsidies.models import Award
    from worlds import subsidies

    Invoice.objects.create(
        ext_id="I1", kind="paper_invoice", code="3200", number="00012345", amount_fen=5,
        issue_date=date(2025, 11, 3), payment_ext_id="K1-1", org_ext_id="x",
    )  # fmt: skip
    Invoice.objects.create(
        ext_id="I2", kind="e_invoice", number="2" * 20, amount_fen=5, code="ignored",
        issue_date=date(2025, 12, 31), payment_ext_id="K1-2", org_ext_id="x",
    )  # fmt: skip
    Invoice.objects.create(
        ext_id="I3", kind="e_invoice", number="3" * 20, amount_fen=5,
        issue_date=date(2026, 1, 1), payment_ext_id="K1-2", org_ext_id="x",
    )  # fmt: skip
    known = gathering.purposes()
    found = gathering.gather(known["invoice-claimed"], "2025-Q4")
    assert found.values == ("no:" + "2" * 20, "no:3200/00012345")

    person = world.people["committee_member"]
    for number, period in (("A1", "2025"), ("A2", "2025-03"), ("A3", "2026")):
        Award.objects.create(
            ext_id=number, organisation=world.bodies["willow"], division_code=village.WILLOW,
            program=subsidies.program(world, ext_id=f"SP-{number}", code=f"c{number}"),
            person=person, period=period, quantity_milli=1000, amount_fen=100, status="approved",
        )  # fmt: skip
    found = gathering.gather(known["subsidy-person"], "2025")
    assert found.values == (f"id:{ID_NO}",)
    assert [row[1] for row in found.rows[0]] == ["A1", "A2"]


def test_a_service_that_is_down_leaves_nothing_and_says_so(world, province):
    down = province.party(
        OWN, service=party.Service("http://127.0.0.1:9", province.service_key.verifier)
    )
    before = _state()

    with pytest.raises(ServiceDown):
        _run(province, as_party=down)

    assert _state() == before
    assert Fault.objects.get().code == "matching.service_down"
    [told] = queries.all_runs()
    assert "没有答上来" in told.fault
    _run(province)
    assert not Fault.objects.exists()


def test_a_lost_answer_is_found_again(world, province, monkeypatch):
    true = party.Party.deliver

    def lost(self, *asked):
        true(self, *asked)
        raise ServiceDown(why="ReadTimeout")

    monkeypatch.setattr(party.Party, "deliver", lost)
    with pytest.raises(ServiceDown):
        _run(province)
    assert Run.objects.get().state == RunState.SENDING
    monkeypatch.setattr(party.Party, "deliver", true)
    # What is in the record has changed meanwhile; what was handed in stands.
    spending.firm("LATER")
    Payment.objects.filter(ext_id="K1-3").update(status="CANCELLED")
    _theirs(province, [f"no:{USCC}"])

    [run] = _run(province)

    assert (run.state, run.pair_count) == (RunState.MATCHED, 1)
    assert Sending.objects.count() == 1
    assert PairRow.objects.get().row_id == "SHOP"


def test_a_delivery_that_never_arrived_is_made_anew(world, province, monkeypatch):
    def never(self, *_asked):
        raise ServiceDown(why="ConnectError")

    with monkeypatch.context() as patch:
        patch.setattr(party.Party, "deliver", never)
        with pytest.raises(ServiceDown):
            _run(province)
    Payment.objects.filter(ext_id="K1-3").update(status="CANCELLED")

    [run] = _run(province)

    assert run.state == RunState.SENT
    assert run.sending.count == 2


def test_what_somebody_else_handed_in_under_our_name_is_not_taken_for_ours(world, province):
    twin = province.party(OWN)
    outputs = twin.outputs("supplier", "2025", ["no:1"])
    twin.deliver("supplier", "2025", OTHER, twin.tags("supplier", "2025", OTHER, outputs))
    before = _state()

    with pytest.raises(AnswerWrong):
        _run(province)

    assert _state() == before


@pytest.mark.parametrize(
    "pairs", [[[99, "P-1"]], [[-1, "P-1"]], [[0, "P-1"], [0, "P-2"]], [[0, "P"], [1, "P"]], [[0]]]
)
def test_pairs_of_places_that_were_not_sent_are_refused_whole(world, province, monkeypatch, pairs):
    _run(province)
    before = _state()
    true = party.Party.collect

    def wrong(self, *asked):
        return {**true(self, *asked), "pairs": pairs}

    monkeypatch.setattr(party.Party, "collect", wrong)
    with pytest.raises(AnswerWrong):
        _run(province)

    assert _state() == before
    assert Run.objects.get().state == RunState.SENT


def test_what_the_service_refuses_is_told(world, province, monkeypatch):
    province.server.service.purposes = {}
    with pytest.raises(ServiceRefused) as refusal:
        _run(province)
    assert refusal.value.data["why"] == "unknown_purpose"
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"purpose": "curiosity"}, UnknownPurpose),
        ({"period": "2026"}, PeriodClosed),
        ({"period": "2025-Q1"}, PeriodClosed),
        ({"at": AT + timedelta(days=100)}, PeriodClosed),
    ],
)
def test_a_period_that_may_not_be_matched_is_refused(world, province, changed, refusal):
    before = _state()
    with pytest.raises(refusal):
        _run(province, **changed)
    assert _state() == before
    assert province.store.lines() == []


def test_too_many_values_never_leave_the_county(world, province, monkeypatch):
    from dataclasses import replace

    known = gathering.purposes()
    monkeypatch.setitem(known, "supplier", replace(known["supplier"], most=2))
    with pytest.raises(TooManyValues):
        _run(province)
    assert "evaluated" not in [one["what"] for one in province.store.lines()]


def test_only_the_countys_discipline_sees_pairs(world, province):
    _theirs(province, [f"no:{USCC}", f"id:{ID_NO}"])
    _run(province)

    discipline = world.actor("county_discipline")
    told = queries.seen_all(queries.pairs(by=discipline))
    assert {row.row_id for one in told for row in one.rows} == {"SHOP", "MASON"}
    assert {one.other_name for one in told} == {"999902县"}
    assert queries.pairs(by=discipline, purpose="subsidy-person").count() == 0
    [run] = queries.runs(by=discipline)
    assert (run.pairs, run.values, run.fault) == (2, 3, "")
    for role in ("county_finance", "town_discipline_office", "village_secretary"):
        with pytest.raises(NotFound):
            queries.pairs(by=world.actor(role))
        with pytest.raises(NotFound):
            queries.runs(by=world.actor(role))


def test_the_command_and_the_worker_match_what_is_due(
    world, province, tmp_path, monkeypatch, capsys
):
    from dataclasses import replace

    from sanzi.kernel import clock
    from sanzi.record.lake import keys

    with pytest.raises(NotTakingPart):
        actions.own_party()
    assert actions.run_due(AT) == 0
    assert main.main(["match", "run"]) == 2
    capsys.readouterr()

    folder = tmp_path / "own-keys"
    of = replace(django_settings.SANZI, lake_keys=folder, matching=tmp_path / "matching.yaml")
    monkeypatch.setattr(django_settings, "SANZI", of)
    province.setting(tmp_path / "matching.yaml")
    with pytest.raises(BadSetting):
        actions.own_party()
    assert main.main(["match", "key"]) == 0
    assert 'code: "999901"' in capsys.readouterr().out
    province.signers[OWN] = keys.signers(folder, OWN)[0]
    province.agrees[OWN] = party.agree_key(folder, OWN)
    province.server.service.counties = province.counties
    province.setting(tmp_path / "matching.yaml")
    monkeypatch.setattr(clock, "now", lambda: AT)
    _theirs(province, [f"no:{USCC}"])

    assert main.main(["match", "run", "--purpose", "supplier", "--period", "2025"]) == 0
    assert "对上 1 个" in capsys.readouterr().out
    # The others are due, too: both are sent, and wait for the other county.
    monkeypatch.setattr(actions, "own_party", lambda: province.party(OWN))
    assert actions.run_due(AT) == 0
    assert {one.purpose: one.state for one in Run.objects.all()} == {
        "supplier": RunState.MATCHED,
        "subsidy-person": RunState.SENT,
        "invoice-claimed": RunState.SENT,
    }
    assert main.main(["match", "status", "--json"]) == 0
