"""What the bulk helper writes is what the ORM would have written, on either engine."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from sanzi.ledger.models import Voucher
from sanzi.matters.models import Case
from sanzi.orgs.models import CalendarDay, Division, Household, LandRight, Organisation, Person
from sanzi.record import bulk
from sanzi.record.loaders import LoadCount
from sanzi.record.merging import add, merge
from worlds import village

pytestmark = pytest.mark.django_db

UTC_MOMENT = dt.datetime(2026, 3, 1, 1, 30, tzinfo=dt.UTC)
EXACT_MOMENT = dt.datetime(2026, 3, 1, 1, 30, 5, 250_001, tzinfo=dt.UTC)
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def case_values(number: str, body: Organisation) -> dict[str, object]:
    return {
        "number": number,
        "matter_code": "M10",
        "matter_version": "",
        "organisation_id": body.pk,
        "division_code": body.division_id,
        "title": "保洁费\t“五月”\\N\n第二行",
        "form": {"source_id": "S1", "行": [1, None, True, "三"]},
        "amount_fen": 365_591_00,
        "parties": {},
        "created_at": UTC_MOMENT,
        "saved_at": EXACT_MOMENT,
        "submitted_at": dt.datetime(2026, 3, 1, 9, 30, tzinfo=SHANGHAI),
        "closed_at": None,
        "is_backfilled": True,
    }


def raw(model: type[Case | CalendarDay | LandRight], key: str, value: str) -> tuple[object, ...]:
    """The row as the database holds it, past every conversion of the ORM, its id left out."""
    quote = connection.ops.quote_name
    fields = [one for one in model._meta.concrete_fields if one.name not in ("id", key)]
    columns = ", ".join(
        f"CAST({quote(str(one.column))} AS TEXT)" if connection.vendor == "postgresql"
        else f"typeof({quote(str(one.column))}) || {quote(str(one.column))}"
        for one in fields
    )  # fmt: skip
    with connection.cursor() as cursor:
        table = quote(model._meta.db_table)
        cursor.execute(f"SELECT {columns} FROM {table} WHERE {quote(key)} = %s", [value])
        row = cursor.fetchone()
    assert row is not None
    return tuple(row)


@pytest.fixture
def body() -> Organisation:
    village.build()
    return Organisation.objects.order_by("pk")[0]


def test_every_type_is_stored_as_a_save_would_store_it(body: Organisation) -> None:
    Case.objects.create(**case_values("BY-ORM", body))

    bulk.insert(Case, [case_values("BY-BULK", body)])

    assert raw(Case, "number", "BY-BULK") == raw(Case, "number", "BY-ORM")
    stored = Case.objects.get(number="BY-BULK")
    for name, value in case_values("BY-BULK", body).items():
        assert getattr(stored, name) == value


def test_days_and_keys_of_our_own_are_stored_as_a_save_would(body: Organisation) -> None:
    day = {"is_workday": False, "is_holiday": True}
    CalendarDay.objects.create(day=dt.date(2031, 10, 1), **day)
    right = {
        "division_id": body.division_id,
        "holder_kind": "household",
        "household_id": None,
        "right_kind": "contract",
        "area_mu_centi": 312,
        "area_m2_centi": None,
        "start_date": dt.date(1999, 1, 1),
    }
    LandRight.objects.create(parcel_id="BY-ORM", **right)

    bulk.insert(CalendarDay, [{"day": dt.date(2031, 10, 2), **day}])
    bulk.insert(LandRight, [{"parcel_id": "BY-BULK", **right}])

    assert CalendarDay.objects.get(day=dt.date(2031, 10, 2)).is_holiday is True
    assert raw(LandRight, "parcel_id", "BY-BULK") == raw(LandRight, "parcel_id", "BY-ORM")


def test_a_column_that_is_not_named_takes_its_default(body: Organisation) -> None:
    bulk.insert(Case, [case_values("BY-BULK", body)])

    stored = Case.objects.get(number="BY-BULK")
    assert (stored.state, stored.round, stored.route, stored.tier) == ("DRAFT", 1, {}, "")


def test_rows_keep_their_order_and_no_row_is_no_work(body: Organisation) -> None:
    bulk.insert(Case, [])
    bulk.insert(Case, [case_values(f"C-{number}", body) for number in range(50)])

    found = Case.objects.order_by("pk").values_list("number", flat=True)
    assert list(found) == [f"C-{number}" for number in range(50)]


def test_a_name_that_is_no_column_is_refused(body: Organisation) -> None:
    with pytest.raises(ValueError, match="Case has no column organisation"):
        bulk.insert(Case, [{**case_values("C-1", body), "organisation": body}])

    assert not Case.objects.exists()


def test_a_row_that_lacks_a_value_is_refused(body: Organisation) -> None:
    short = case_values("C-2", body)
    del short["title"]

    with pytest.raises(KeyError, match="title"), transaction.atomic():
        bulk.insert(Case, [case_values("C-1", body), short])

    assert not Case.objects.exists()


def test_constraints_stay_in_force(body: Organisation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Case, [case_values("C-1", body), case_values("C-1", body)])

    assert not Case.objects.exists()


def test_triggers_stay_in_force(body: Organisation) -> None:
    """A voucher that skips a number is refused by the ledger's guard, not by Python."""
    from sanzi.ledger.actions.books import ensure_book
    from sanzi.ledger.models import Book
    from sanzi.orgs.actors import SYSTEM

    collective = Organisation.objects.filter(kind="collective").first() or body
    ensure_book(
        org_ext_id=collective.ext_id, first_period="2026-01", by=SYSTEM, at=UTC_MOMENT
    )  # fmt: skip
    values = {
        "ext_id": "J1",
        "book_id": Book.objects.get(organisation=collective).pk,
        "period": "2026-03",
        "word": "记",
        "number": 2,
        "date": dt.date(2026, 3, 1),
        "summary": "",
        "origin": "auto",
        "source_kind": "manual",
        "source_id": "J1",
        "line_count": 2,
        "total_fen": 100,
        "maker_name": "甲",
        "reviewer_name": "乙",
        "posted_by_name": "丙",
        "posted_at": UTC_MOMENT,
        "previous_hash": "",
        "hash": "0" * 64,
    }

    with pytest.raises(IntegrityError, match="next number"), transaction.atomic():
        bulk.insert(Voucher, [values])

    assert not Voucher.objects.exists()


def households(division: str) -> list[dict[str, object]]:
    return [
        {"ext_id": "HX1", "division_id": division, "group_no": 1, "member_count": 3},
        {"ext_id": "HX2", "division_id": division, "group_no": None, "member_count": 1},
    ]


def test_merging_twice_changes_nothing_and_a_difference_is_brought_up_to_date(
    body: Organisation,
) -> None:
    compare = ("division_id", "group_no", "member_count")
    rows = households(body.division_id)

    first = merge(Household, rows, key="ext_id", compare=compare)
    again = merge(Household, rows, key="ext_id", compare=compare)
    rows[1]["group_no"] = 4
    changed = merge(Household, rows, key="ext_id", compare=compare)

    assert (first, again) == (LoadCount(added=2), LoadCount(unchanged=2))
    assert changed == LoadCount(changed=1, unchanged=1)
    assert Household.objects.get(ext_id="HX2").group_no == 4


def test_what_is_carried_along_is_made_only_for_rows_that_are_written() -> None:
    division = Division.objects.create(code="999901101201", name="柳湾村", level="village")
    sealed: list[str] = []

    def seal() -> str:
        sealed.append("once more")
        return f"k1.{len(sealed)}"

    row = {"ext_id": "PX1", "name": "张三", "division_id": division.pk, "sealed_id_no": seal}

    def load() -> LoadCount:
        return merge(
            Person, [row], key="ext_id", compare=("name", "division_id"), carry=("sealed_id_no",)
        )

    counts = [load(), load()]
    row["name"] = "张叁"
    counts.append(load())

    assert counts == [LoadCount(added=1), LoadCount(unchanged=1), LoadCount(changed=1)]
    assert len(sealed) == 2
    assert Person.objects.get(ext_id="PX1").sealed_id_no == "k1.2"


def test_adding_leaves_known_rows_as_they_stand(body: Organisation) -> None:
    rows = [{"id": "HX1", "members": 3}, {"id": "HX2", "members": 1}]

    def made(row: bulk.Values) -> bulk.Values:
        return {
            "ext_id": row["id"],
            "division_id": body.division_id,
            "member_count": row["members"],
        }

    first = add(Household, rows, column="id", made=made)
    again = add(Household, [{"id": "HX1", "members": 9}], column="id", made=made)

    assert (first, again) == (LoadCount(added=2), LoadCount(unchanged=1))
    assert Household.objects.get(ext_id="HX1").member_count == 3
