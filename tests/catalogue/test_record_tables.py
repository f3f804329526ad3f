"""Every table list of `data/record`, and the message each broken one gives."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sanzi.record.schema import FOLDER, LOAD_ORDER, SchemaBroken, load_tables, read_folder

BROKEN = Path(__file__).parent / "broken" / "record"


def test_the_record_lists_the_tables_of_the_load_order() -> None:
    assert set(load_tables()) == set(LOAD_ORDER)
    assert len(list(FOLDER.glob("*.yaml"))) == len(LOAD_ORDER)


def test_no_personal_number_reaches_the_record_in_the_clear() -> None:
    clear = {
        f"{table.name}.{column.name}"
        for table in load_tables().values()
        for column in table.record_columns
        if column.is_personal and not column.is_hashed
    }
    assert clear == {
        "person.name",
        "account.holder_name",
        "award.payee_name",
        "payment.payee_name",
        "bank_txn.peer_name",
        "compensation.payee_name",
    }


def test_every_hashed_column_ends_in_hash_in_the_record() -> None:
    hashed = [c.record for t in load_tables().values() for c in t.record_columns if c.is_hashed]
    assert hashed
    assert all(name is not None and name.endswith("_hash") for name in hashed)


def test_a_table_comes_after_those_it_refers_to_save_for_households() -> None:
    order = {name: place for place, name in enumerate(LOAD_ORDER)}
    backward = {
        (table.name, key.table)
        for table in load_tables().values()
        for key in table.foreign_keys
        if order[key.table] > order[table.name]
    }
    assert backward == {("person", "household")}


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_broken_table_list_is_refused_with_its_message(path: Path, tmp_path: Path) -> None:
    shutil.copy(path, tmp_path / path.name)
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ")
    with pytest.raises(SchemaBroken) as refused:
        read_folder(tmp_path)
    assert str(refused.value) == expected


def test_no_statement_holds_a_percent_sign_which_a_driver_reads_as_a_place_for_a_value() -> None:
    found = [path.name for path in FOLDER.glob("*.sql") if "%" in path.read_text("utf-8")]

    assert found == []
