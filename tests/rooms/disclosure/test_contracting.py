"""Open contracting: every release and project holds against the official schemas, nothing leaks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sanzi.disclosure import contracting_queries
from sanzi.disclosure.contracting import facts, oc4ids, ocds
from sanzi.disclosure.contracting.facts import Change, Competition, Deal, Paid, Party, Process
from sanzi.orgs.errors import NotFound
from sanzi.registers.procurement.models import Procurement, Quote
from sanzi.registers.works.actions import projects
from sanzi.registers.works.models import Works
from worlds import deals, village
from worlds.deals import OPENING
from worlds.village import AT, WILLOW

SCHEMAS = Path(__file__).parents[3] / "build" / "contracting"
PREFIX = "ocds-sanzi0"
WHEN = datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)
BODY = Party("SANZI-O-1", "垂柳村股份经济合作社", "N2330521MF0000005P")
FIRM = Party("SANZI-C-1", "示范市政工程有限公司", "91330100799655058B")
OTHER = Party("SANZI-C-2", "王*芳")
WHOLE = Process(
    ident="GC-1", title="后塘路拓宽", is_works=True, kind="road", buyer=BODY, changed_at=WHEN,
    applied_at=WHEN - timedelta(days=90), approved_at=WHEN - timedelta(days=80),
    budget_fen=9_200_000, place="三组后塘", lat=29.306, lng=120.074, supplier=FIRM,
    award_fen=8_800_050,
    competition=Competition(
        "ZB-1", "后塘路拓宽施工", "open", "awarded", 9_000_000, WHEN - timedelta(days=70),
        WHEN - timedelta(days=60), (FIRM, OTHER), WHEN - timedelta(days=50),
    ),
    deal=Deal("HT-1", 8_800_050, date(2026, 10, 1), date(2026, 10, 5), date(2027, 3, 1), False),
    changes=(Change("BG-1", WHEN - timedelta(days=5), 120_000, "加一道挡墙"),),
    paid=(Paid("FK-1", WHEN - timedelta(days=1), 2_640_015),),
    started_at=WHEN - timedelta(days=40), completed_at=WHEN - timedelta(days=3),
    accepted_at=WHEN - timedelta(days=2), final_fen=8_900_000,
)  # fmt: skip
EARLY = replace(
    WHOLE, supplier=None, award_fen=None, deal=None, changes=(), paid=(), started_at=None,
    completed_at=None, accepted_at=None, final_fen=None, lat=None, lng=None,
    competition=replace(WHOLE.competition, state="published", offers=None, awarded_at=None),
)  # fmt: skip
BOUGHT = replace(
    WHOLE, ident="CG-1", is_works=False, kind="service", deal=None, changes=(), place="",
    competition=Competition("CG-1", "保洁", "inquiry", "awarded", offers=(FIRM, OTHER)),
)  # fmt: skip


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / name).read_text("utf-8"))
    return found


def check(told: Any, name: str) -> None:
    """Hold a value against a schema, and each of its instants against ISO 8601."""
    jsonschema.Draft4Validator(schema(name)).validate(told)
    for text in instants(told):
        assert datetime.fromisoformat(text).tzinfo is not None


def instants(told: Any, key: str = "") -> list[str]:
    """Return the texts of all fields that tell an instant."""
    if isinstance(told, dict):
        return [text for name, one in told.items() for text in instants(one, name)]
    if isinstance(told, list):
        return [text for one in told for text in instants(one, key)]
    is_instant = key in ("date", "updated", "dateMet", "dateSigned") or key.endswith("Date")
    return [told] if is_instant else []


def unknown(told: Any, shape: dict[str, Any], whole: dict[str, Any], path: str = "") -> list[str]:
    """Return the fields of a value that a schema does not name."""
    while "$ref" in shape:
        shape = whole["definitions"][shape["$ref"].rpartition("/")[2]]
    if isinstance(told, list):
        inner = shape.get("items", {})
        return [name for one in told for name in unknown(one, inner, whole, path)]
    if not isinstance(told, dict):
        return []
    known = shape.get("properties")
    if known is None:
        return []
    found = [f"{path}.{key}" for key in told if key not in known]
    for key in set(told) & set(known):
        found += unknown(told[key], known[key], whole, f"{path}.{key}")
    return found


@pytest.mark.parametrize("process", [WHOLE, EARLY, BOUGHT], ids=["whole", "early", "bought"])
def test_a_release_holds_against_ocds_and_says_nothing_the_standard_does_not_know(
    process: Process,
) -> None:
    told = json.loads(json.dumps(ocds.release(process, PREFIX)))
    check(told, "ocds-release.json")
    whole = schema("ocds-release.json")
    assert unknown(told, whole, whole) == []


def test_the_schema_would_notice_a_wrong_release() -> None:
    told = ocds.release(WHOLE, PREFIX)
    for broken in (
        {**told, "date": 20},
        {**told, "tag": ["nonsense"]},
        {key: value for key, value in told.items() if key != "ocid"},
        {**told, "tender": {**told["tender"], "procurementMethod": "by chance"}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            check(broken, "ocds-release.json")


@pytest.mark.parametrize("process", [WHOLE, EARLY], ids=["whole", "early"])
def test_a_work_holds_against_oc4ids(process: Process) -> None:
    told = json.loads(json.dumps(oc4ids.project(process, PREFIX)))
    check(told, "oc4ids-project.json")
    whole = schema("oc4ids-project.json")
    # Names of later 0.9 versions than the schema at hand.
    later = {".publicAuthority", ".contractingProcesses.summary.transactions"}
    assert set(unknown(told, whole, whole)) <= later
    assert told["id"] == "oc4ids-sanzi0-GC-1"


def test_a_change_tells_the_sum_before_and_after() -> None:
    (process,) = oc4ids.project(WHOLE, PREFIX)["contractingProcesses"]
    (change,) = process["summary"]["modifications"]
    sums = [change[key]["amount"] for key in ("oldContractValue", "newContractValue")]
    assert sums == [88_000.5, 89_200.5]


def test_who_offered_is_told_only_after_the_opening() -> None:
    before, after = ocds.release(EARLY, PREFIX), ocds.release(WHOLE, PREFIX)
    assert "tenderers" not in before["tender"]
    assert [one["id"] for one in before["parties"]] == [BODY.ident]
    assert after["tender"]["numberOfTenderers"] == 2
    assert [one["name"] for one in after["parties"]] == [BODY.name, FIRM.name, OTHER.name]


@pytest.fixture
def road(db: None) -> Works:
    world = village.build()
    deals.works_office(world)
    for firm in ("C-1", "C-2", "C-3", "C-PRICE"):
        deals.party(firm)
    by = world.actor("committee_member", OPENING + timedelta(days=5))
    wish = projects.Wish(
        name="后塘路拓宽", kind="road", place="三组后塘", estimate_fen=9_200_000,
        planned_end_date=date(2027, 3, 1), lat_micro=29_306_000, lng_micro=120_074_000,
    )  # fmt: skip
    projects.apply(wish=wish, organisation="O-WILLOW", case_number="K-1", by=by, at=AT)
    return Works.objects.get(case_number="K-1")


def told_of(code: str) -> dict[str, Any]:
    return contracting_queries.releases(code, address="http://localhost/x", at=WHEN)


def test_a_village_tells_a_work_from_its_approval_on(road: Works) -> None:
    assert told_of(WILLOW)["releases"] == []
    Works.objects.filter(pk=road.pk).update(status="approved", approved_at=AT)
    (release,) = told_of(WILLOW)["releases"]
    check(release, "ocds-release.json")
    assert release["ocid"] == f"{PREFIX}-{road.ext_id}"
    found = contracting_queries.projects(WILLOW, address="http://localhost/x", at=WHEN)
    check(found["projects"][0], "oc4ids-project.json")
    with pytest.raises(NotFound):
        told_of("999999999999")


def test_purchases_are_told_with_their_prices_and_a_person_stays_masked(
    road: Works, django_assert_num_queries: Any
) -> None:
    seller = deals.party("C-9")
    seller.kind, seller.name, seller.uscc = "person", "王小芳", ""
    seller.save()
    for place in range(3):
        bought = Procurement.objects.create(
            ext_id=f"CG-{place}", organisation=road.organisation, division_code=WILLOW,
            category_code="office", title="桌椅", quantity_milli=4_000, unit="套",
            estimate_fen=400_000, award_fen=390_000, counterparty=seller, method="inquiry",
            submitted_at=AT, approved_at=AT, ordered_at=AT, status="ordered",
        )  # fmt: skip
        Quote.objects.create(
            ext_id=f"BJ-{place}", procurement=bought, counterparty=seller, price_fen=390_000,
            quoted_at=AT, is_winner=True,
        )  # fmt: skip
    with django_assert_num_queries(4):
        found = facts.processes(WILLOW)
    assert len(found) == 3
    text = json.dumps([ocds.release(one, PREFIX) for one in found], ensure_ascii=False)
    assert "王小芳" not in text
    assert "王*芳" in text
