"""How the record is read from the application, on either engine."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from django.db import transaction

from sanzi.orgs.models import Person
from sanzi.record import extraction, neighbourhood, schema
from sanzi.record.extraction import Only
from worlds import spending, village
from worlds.village import AT


@pytest.fixture
def world(db):
    built = village.build()
    spending.source(built, "S1")
    built.bodies["shop"] = spending.firm("SHOP")
    return built


@pytest.mark.parametrize("table", sorted(schema.load_tables()))
def test_every_table_reads_with_the_columns_and_types_of_its_file(db, table):
    found = extraction.read([table])[table]

    assert found.schema == extraction.arrow_schema(table)
    assert [field.name for field in found.schema] == [
        column.record for column in schema.load_tables()[table].record_columns
    ]


def test_no_statement_adds_up_or_orders(db):
    for table in schema.load_tables():
        words = (schema.FOLDER / f"{table}.sql").read_text(encoding="utf-8").upper()
        assert not any(word in words for word in ("GROUP BY", "ORDER BY", "SUM(", "DISTINCT"))


def test_times_are_local_days_are_days_and_empty_text_is_nothing(world):
    moment = datetime(2026, 11, 11, 17, 30, 0, 250_000, tzinfo=UTC)
    spending.spend(world, "K1", [(world.bodies["shop"], 5)], state="paid", at=moment)
    Person.objects.update(birth_date=date(1960, 2, 29))

    payment = extraction.read(["payment"])["payment"].to_pylist()[0]
    person = extraction.read(["person"])["person"].to_pylist()[0]

    assert payment["submitted_at"] == datetime(2026, 11, 12, 1, 30, 0, 250_000)
    assert (payment["status"], payment["amount_fen"], payment["contract_id"]) == ("paid", 5, None)
    assert payment["is_backfilled"] is False
    assert person["birth_date"] == date(1960, 2, 29)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("draft", "draft"),
        ("submitted", "submitted"),
        ("approved", "approved"),
        ("paid", "paid"),
        ("withdrawn", "withdrawn"),
        ("returned", "returned"),
    ],
)
def test_a_payment_says_where_it_stands_in_the_words_of_the_record(world, state, status):
    spending.spend(world, "K1", [(world.bodies["shop"], 5)], state=state)

    row = extraction.fetch("payment", Only("payment_id", ["K1-1"]))[0]

    assert row[extraction.position("payment", "status")] == status
    assert status in (schema.load_tables()["payment"].column("status").enum)


def test_a_draft_not_committed_is_seen(world):
    with transaction.atomic():
        spending.spend(world, "K1", [(world.bodies["shop"], 5)])
        found = neighbourhood.collect(["K1"], ["payment", "case"], at=AT).tables(
            ["payment", "case"]
        )
        transaction.set_rollback(True)

    assert found["payment"].column("payment_id").to_pylist() == ["K1-1"]
    assert found["case"].num_rows == 1


def test_the_neighbourhood_holds_what_the_village_paid_within_the_window_and_not_elsewhere(world):
    shop = world.bodies["shop"]
    spending.spend(world, "K1", [(shop, 5)], at=AT)
    # What has the same source, or the same payee, is read for reasons of its own.
    other = {"state": "paid", "source_id": "", "source_kind": ""}
    far = spending.firm("FAR")
    spending.spend(world, "K2", [(far, 6), (far, 7)], at=AT - timedelta(days=60), **other)
    spending.spend(world, "K3", [(far, 8)], at=AT - timedelta(days=62), **other)
    spending.spend(world, "K4", [(far, 9)], body="stone", **other)

    found = neighbourhood.collect(["K1"], ["payment"], at=AT, window_days=60)
    alone = neighbourhood.collect(["K1"], ["payment"], at=AT)

    assert found.values("payment", "payment_id") == {"K1-1", "K2-1", "K2-2"}
    assert alone.values("payment", "payment_id") == {"K1-1"}


def test_the_window_starts_at_the_case_and_not_at_today(world):
    shop = world.bodies["shop"]
    spending.spend(world, "K1", [(shop, 5)], state="paid", at=AT - timedelta(days=50))
    spending.spend(world, "K2", [(shop, 6)], state="paid", at=AT - timedelta(days=80))

    found = neighbourhood.collect(["K1"], ["payment"], at=AT, window_days=30)

    assert found.values("payment", "payment_id") == {"K1-1", "K2-1"}


def test_many_values_are_asked_for_in_chunks(world):
    names = [f"X{number}" for number in range(3 * extraction.CHUNK)]

    assert extraction.fetch("person", Only("person_id", names)) == []
    assert pa.types.is_int64(extraction.arrow_schema("payment").field("amount_fen").type)
