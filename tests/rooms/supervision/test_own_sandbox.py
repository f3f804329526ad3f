"""The sandbox of own models: which rows and columns there are, and every refused statement."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from sanzi.audit import personal
from sanzi.audit.models import Event
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Kinship, Person
from sanzi.payments.models import Payment
from sanzi.record import places, sandbox, schema
from sanzi.supervision import catalogue, own_errors, own_queries, own_rights
from sanzi.supervision.actions import own
from worlds import inspections, spending
from worlds.village import AT, COUNTY, STONE, TOWN, WILLOW


def desk(world, role):
    return own_queries.desk(by=world.actor(role))


def tried(world, sql, role="county_agri"):
    return own.try_out(sql=sql, desk=desk(world, role), by=world.actor(role), at=AT)


@pytest.fixture
def paid(world):
    spending.source(world, "S1")
    for number, body in (("W1", "willow"), ("T1", "stone")):
        spending.spend(world, number, [(world.bodies["shop"], 60_000)], state="paid", body=body)
    return world


@pytest.fixture
def world(db):
    from worlds import village

    built = village.build()
    built.bodies["shop"] = spending.firm("SHOP")
    return built


def test_every_table_of_the_record_belongs_somewhere():
    assert set(schema.load_tables()) == set(places.places())


def test_a_county_sees_its_villages_and_a_town_of_another_county_nothing(paid):
    everything = tried(paid, "SELECT p.payment_id FROM stg_payment p")
    assert sorted(everything.rows) == [("T1-1",), ("W1-1",)]

    for place, found in ((WILLOW, {"W1-1"}), (STONE, {"T1-1"}), ("999902000000", set())):
        rows, _ = places.read(["payment", "case", "org", "approval"], place)
        assert set(rows["payment"].column("payment_id").to_pylist()) == found
        assert {one[:2] for one in rows["case"].column("case_id").to_pylist()} == {
            one[:2] for one in found
        }
        assert all(code == place for code in rows["org"].column("division_code").to_pylist())


def test_a_village_code_in_the_statement_brings_no_other_village(paid):
    view = replace(desk(paid, "county_agri").view, division_code=WILLOW)
    limits = own_rights.load().limits.of_a_try()

    with sandbox.opened(view, ["payment"], limits) as copy:
        answer = copy.ask(
            f"SELECT p.payment_id FROM stg_payment p WHERE p.village_id >= '{STONE}'", {}
        )

    assert answer.rows == ()


def test_kin_and_accounts_come_with_the_people_of_the_place(paid):
    first, second = paid.people["village_secretary"], paid.people["stone_cashier"]
    Kinship.objects.create(
        person=first, relative=second, relation="cousin", is_statutory_kin=False,
        is_extended_kin=True, source="declared",
    )  # fmt: skip
    spending.account("A1", first)
    spending.account("A2", second)

    willow, _ = places.read(["kinship", "account", "person"], WILLOW)
    county, _ = places.read(["kinship", "account"], COUNTY)
    other, _ = places.read(["kinship", "account"], "999902000000")

    assert willow["kinship"].num_rows == county["kinship"].num_rows == 1
    assert willow["account"].column("account_id").to_pylist() == ["A1"]
    assert sorted(county["account"].column("account_id").to_pylist()) == ["A1", "A2"]
    assert (other["kinship"].num_rows, other["account"].num_rows) == (0, 0)
    assert second.ext_id not in willow["person"].column("person_id").to_pylist()


def test_a_firm_is_everybodys_and_a_person_as_payee_is_of_his_village(paid):
    from sanzi.orgs.models import Counterparty

    Counterparty.objects.create(
        ext_id="MAN", kind="person", name="石会计", person=paid.people["stone_cashier"]
    )

    willow, _ = places.read(["counterparty"], WILLOW)
    stone, _ = places.read(["counterparty"], STONE)

    assert willow["counterparty"].column("counterparty_id").to_pylist() == ["SHOP"]
    assert sorted(stone["counterparty"].column("counterparty_id").to_pylist()) == ["MAN", "SHOP"]


def test_columns_of_classes_that_a_role_has_not_are_not_there(paid):
    names = {one.name for one in desk(paid, "county_agri").view.tables()["person"]}
    assert "person_id" in names
    assert not names & {"name", "id_no", "phone"}

    with pytest.raises(own_errors.OwnUnknownColumn) as refused:
        tried(paid, "SELECT p.person_id,\n  p.name FROM stg_person p")

    assert (refused.value.data["line"], refused.value.data["column"]) == (2, 3)
    assert "第2行第3个字" in refused.value.text
    assert "name" in refused.value.text


def test_complaints_and_outside_statuses_are_for_discipline_alone(paid):
    closed = own_rights.load().closed_tables
    for role in own_rights.load().grants:
        is_discipline = "discipline" in role
        there = set(own_rights.view_of(role, COUNTY).tables())
        assert (closed <= there) == is_discipline, role
        assert is_discipline or not closed & there, role

    with pytest.raises(own_errors.OwnUnknownTable):
        tried(paid, "SELECT s.kind FROM stg_ext_status s")
    assert tried(paid, "SELECT s.kind FROM stg_ext_status s", "county_discipline").rows == ()


def test_alerts_of_closed_models_are_for_discipline_alone(paid):
    for number, code in enumerate(["payment-duplicate", min(catalogue.closed_codes())]):
        inspections.alert(f"W{number}", model_code=code)
    sql = "SELECT a.model_code FROM stg_alert a"

    both = {("payment-duplicate",), (min(catalogue.closed_codes()),)}
    assert set(tried(paid, sql, "county_discipline").rows) == both
    assert set(tried(paid, sql).rows) == {("payment-duplicate",)}
    names, rows = own_queries.sample(desk=desk(paid, "county_agri"), table="alert")
    assert [row[names.index("model_code")] for row in rows] == ["payment-duplicate"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT p.name FROM stg_person p",
        "SELECT upper(p.name) AS person_id FROM stg_person p",
        "SELECT q.n FROM (SELECT p.name AS n FROM stg_person p) q",
        "WITH q AS (SELECT p.name AS n FROM stg_person p) SELECT MAX(q.n) AS x FROM q",
        "SELECT '甲' || p.name AS x FROM stg_person p",
        "SELECT p.person_id AS x FROM stg_person p UNION ALL SELECT p.name FROM stg_person p",
        "SELECT * FROM stg_person",
        "SELECT p FROM stg_person p",
        "SELECT COLUMNS('n.*') FROM stg_person p",
        "SELECT string_agg(p.name, '') AS x FROM stg_person p",
        "SELECT list(p.name) AS x FROM stg_person p",
    ],
)
def test_names_are_shown_in_part_whatever_a_statement_makes_of_them(paid, sql):
    full = set(Person.objects.values_list("name", flat=True))

    answer = tried(paid, sql, "county_discipline")

    shown = " ".join(cell for row in answer.rows for cell in row)
    assert answer.rows
    assert not [name for name in full if name in shown]


def test_keyed_hashes_are_not_shown_at_all(paid):
    spending.account("A1", paid.people["village_secretary"])

    answer = tried(
        paid, "SELECT a.account_id, a.account_hash FROM stg_account a", "county_discipline"
    )

    assert answer.rows == (("A1", "（不显示）"),)


ENDLESS = (
    "WITH RECURSIVE t AS (SELECT p.amount_fen AS i FROM stg_payment p UNION ALL"
    " SELECT t.i FROM t) SELECT COUNT(*) AS c FROM t"
)
HUGE = (
    "SELECT string_agg(a.purpose || b.purpose || c.purpose || d.purpose, '') AS x"
    " FROM stg_payment a, stg_payment b, stg_payment c, stg_payment d"
)
REFUSED = [
    ("", "own_length"),
    ("x" * 8001, "own_length"),
    ("DROP TABLE stg_payment", "own_only_select"),
    ("DELETE FROM stg_payment", "own_only_select"),
    ("INSERT INTO stg_payment SELECT * FROM stg_payment", "own_only_select"),
    ("UPDATE stg_payment SET amount_fen = 1", "own_only_select"),
    ("CREATE TABLE x AS SELECT 1", "own_only_select"),
    ("SELECT 1 AS a; DROP TABLE stg_payment", "own_only_select"),
    ("ATTACH 'x.db' AS x", "own_only_select"),
    ("INSTALL httpfs", "own_only_select"),
    ("LOAD httpfs", "own_only_select"),
    ("SET memory_limit = '80GB'", "own_only_select"),
    ("COPY stg_payment TO '/tmp/sanzi-own.csv'", "own_only_select"),
    ("SELECT * FROM read_csv('/etc/passwd')", "own_outside"),
    ("SELECT * FROM '/etc/passwd'", "own_outside"),
    ("SELECT * FROM 'https://example.org/x.parquet'", "own_outside"),
    ("SELECT * FROM information_schema.tables", "own_outside"),
    ("SELECT read_text('/etc/passwd') AS x FROM stg_payment", "own_unknown_function"),
    ("SELECT getenv('HOME') AS x FROM stg_payment", "own_unknown_function"),
    ("SELECT * FROM duckdb_settings()", "own_unknown_function"),
    ("SELECT * FROM orgs_person", "own_unknown_table"),
    ("SELECT * FROM stg_paymint", "own_unknown_table"),
    ("SELECT p.payee FROM stg_payment p", "own_unknown_column"),
    ("SELECT payee FROM stg_payment", "own_unknown_column"),
    ("SELECT p.payment_id FROM stg_payment p WHERE", "own_not_sql"),
    ("SELECT p.payment_id FROM stg_payment p WHERE p.purpose = 'x", "own_not_sql"),
    ("(" * 3000, "own_not_sql"),
    ("SELECT p.payment_id FROM stg_payment p ORDER BY 1", "own_forbidden"),
    ("SELECT p.payment_id FROM stg_payment p LIMIT 1", "own_forbidden"),
    ("SELECT p.amount_fen / 2 AS x FROM stg_payment p", "own_forbidden"),
    ("SELECT repeat('x', 1000000000) AS x FROM stg_payment p", "own_forbidden"),
    ("SELECT * FROM range(1000000000)", "own_forbidden"),
    ("SELECT CURRENT_DATE AS x FROM stg_payment", "own_forbidden"),
    ("SELECT p.payment_id, SUM(p.amount_fen) AS x FROM stg_payment p", "own_group"),
    ("SELECT p.org_id FROM stg_payment p WHERE SUM(p.amount_fen) > 1", "own_aggregate"),
    ("SELECT org_id FROM stg_payment p JOIN stg_org o ON TRUE", "own_ambiguous"),
    ("SELECT p.org_id FROM stg_payment p WHERE p.submitted_at > 5", "own_types"),
    ("SELECT p.org_id FROM stg_payment p WHERE p.amount_fen = 'x'", "own_convert"),
    ("SELECT 1 AS a UNION ALL SELECT 1, 2", "own_columns_differ"),
    ("SELECT $limit AS x FROM stg_payment", "own_parameter"),
    (ENDLESS, "own_time"),
    (HUGE, "own_memory"),
]


@pytest.fixture
def short(monkeypatch):
    rules = own_rights.load()
    limits = replace(rules.limits, try_seconds=1, memory_mb=64)
    monkeypatch.setattr(own_rights, "load", lambda: replace(rules, limits=limits))


@pytest.mark.parametrize(("sql", "code"), REFUSED, ids=[f"{code}-{n}" for n, (_, code) in
                                                         enumerate(REFUSED)])  # fmt: skip
def test_a_statement_that_may_not_run_is_refused_and_changes_nothing(paid, short, sql, code):
    if code == "own_memory":
        spending.spend(paid, "BIG", [(paid.bodies["shop"], 1)] * 60, state="paid")
    before = list(Payment.objects.order_by("id").values())
    events = Event.objects.count()

    with pytest.raises(own_errors.Refusal) as refused:
        tried(paid, sql)

    assert refused.value.code == f"supervision.{code}"
    assert refused.value.text
    assert "{" not in refused.value.text
    assert list(Payment.objects.order_by("id").values()) == before
    # Only the log knows of it: who, which text, and why not.
    [event] = Event.objects.order_by("id")[events:]
    assert (event.kind, event.subject_id) == ("supervision.own_model.tried", "new")
    assert event.actor_id == paid.users["county_agri"].pk
    assert f'"refused":"supervision.{code}"' in event.change
    assert tried(paid, "SELECT p.payment_id FROM stg_payment p").rows


def test_a_run_is_logged_with_author_text_and_count(paid):
    sql = "SELECT p.payment_id FROM stg_payment p"

    tried(paid, sql)

    event = Event.objects.latest("id")
    assert (event.actor_name, event.chain) == ("农业局", "O-COUNTY")
    assert f'"statement":"{sql}"' in event.change
    assert '"rows":2' in event.change


def test_a_text_that_may_name_people_is_sealed_in_the_log(paid):
    sql = "SELECT p.person_id FROM stg_person p WHERE p.name = '陈国平'"

    tried(paid, sql, "county_discipline")

    event = Event.objects.latest("id")
    assert event.chain == "supervision"
    assert "陈国平" not in event.change
    sealed = json.loads(event.change)["after"]["sealed"]
    assert personal.reveal(paid.people["county_discipline"].ext_id, sealed) == sql


def test_more_rows_than_a_try_shows_are_told(paid, monkeypatch):
    rules = own_rights.load()
    sql = "SELECT p.payment_id FROM stg_payment p"

    def limited(**changes):
        limits = replace(rules.limits, **changes)
        monkeypatch.setattr(own_rights, "load", lambda: replace(rules, limits=limits))
        return tried(paid, sql)

    few = limited(try_rows=1)
    assert (len(few.rows), few.is_cut, few.cut) == (1, True, ())
    part = limited(copied_rows=1)
    assert (len(part.rows), part.is_cut, part.cut) == (1, False, ("payment",))


def test_tries_wait_for_one_another(paid, monkeypatch):
    monkeypatch.setattr(own, "_running", threading.BoundedSemaphore(1))
    assert own._running.acquire()

    with pytest.raises(own_errors.OwnBusy):
        tried(paid, "SELECT p.payment_id FROM stg_payment p")

    own._running.release()
    assert tried(paid, "SELECT p.payment_id FROM stg_payment p").rows


def test_roles_without_the_right_have_no_desk(paid):
    for role in ("cashier_reporter", "agency_accountant", "town_leader"):
        with pytest.raises(NotFound):
            desk(paid, role)
    assert desk(paid, "town_agri_head").division_code == TOWN


def test_the_schema_has_chinese_words_and_samples_are_masked(paid):
    tables = {one.name: one for one in own_queries.tables(desk(paid, "county_discipline"))}
    assert tables["person"].title == "人员"
    assert {"姓名"} <= {one.meaning for one in tables["person"].columns if one.is_masked}

    names, rows = own_queries.sample(desk=desk(paid, "county_discipline"), table="person")

    assert len(rows) == own_queries.SAMPLE_ROWS
    column = names.index("name")
    assert all("*" in row[column] for row in rows)
    with pytest.raises(NotFound):
        own_queries.sample(desk=desk(paid, "county_agri"), table="ext_status")
