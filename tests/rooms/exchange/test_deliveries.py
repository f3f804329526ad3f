"""A file from outside on its way: proposed, looked at, loaded whole, refused with what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.exchange import errors, keeping, queries
from sanzi.exchange.actions import loading, receiving
from sanzi.exchange.actions.receiving import Said
from sanzi.exchange.models import Delivery, SavedMapping, SourceFilePart
from sanzi.orgs import secrets
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division, OutsideDeath, OutsideStatus
from sanzi.record.outside import errors as outside_errors
from worlds import outside
from worlds.outside import HEAD, id_no
from worlds.sheets_outside import workbook
from worlds.village import AT, COUNTY, STONE, TOWN, WILLOW, World

pytestmark = pytest.mark.django_db
HILLS, HILL = "999901102000", "999901102201"


def receive(
    world: World, data: bytes, role: str = "county_civil_affairs", source: str = "deaths"
) -> Delivery:
    return receiving.receive(
        source=source, name="死亡名单.xlsx", data=data, by=world.actor(role), at=AT
    )


def looked(world: World, made: Delivery, role: str = "county_civil_affairs", **said: Any) -> Any:
    return receiving.look(
        ext_id=made.ext_id, said=Said(said.pop("columns", made.columns), **said),
        by=world.actor(role), at=AT,
    )  # fmt: skip


def confirm(world: World, made: Delivery, role: str = "county_civil_affairs") -> Delivery:
    seen = Delivery.objects.get(pk=made.pk).seen_digest
    return receiving.confirm(ext_id=made.ext_id, seen=seen, by=world.actor(role), at=AT)


def nothing_loaded() -> bool:
    return not OutsideDeath.objects.exists()


def test_a_list_of_deaths_goes_from_upload_to_the_record(world: World) -> None:
    made = receive(world, outside.deaths())

    assert made.header_row == 2
    assert made.columns == {
        "id_no": "身份证号", "name": "姓名", "death_date": "死亡时间", "village": "村",
    }  # fmt: skip
    checked = looked(world, made)
    assert checked.faults == []
    assert checked.quality.totals_left_out == 1
    assert nothing_loaded()

    done = confirm(world, made)

    assert done.state == "loaded"
    assert done.counts["ext_death"]["added"] == 2
    assert done.quality["villages"] == [WILLOW, STONE]
    assert done.quality["newest"] == "2026-10-01"
    dead = OutsideDeath.objects.get(id_no_index=secrets.index("id_no", id_no(1)))
    assert dead.death_date.isoformat() == "2026-03-05"
    kinds = Event.objects.filter(chain="exchange").order_by("number").values_list("kind", flat=True)
    assert [kind.rpartition(".")[2] for kind in kinds] == [
        "received", "checked", "confirmed", "loaded",
    ]  # fmt: skip


def test_the_file_is_kept_sealed_and_whole_under_its_digest(world: World) -> None:
    data = outside.deaths()

    made = receive(world, data)

    assert keeping.bytes_of(made.file) == data
    part = SourceFilePart.objects.get(file=made.file)
    assert secrets.reveal("file", part.sealed_file)
    assert part.sealed_file.startswith("k1.")


def test_the_same_file_is_refused_naming_the_first(world: World) -> None:
    made = receive(world, outside.deaths())
    data = keeping.bytes_of(made.file)
    looked(world, made)
    confirm(world, made)

    with pytest.raises(errors.SameFile) as refused:
        receive(world, data)

    assert made.ext_id in refused.value.text
    assert Delivery.objects.count() == 1


def test_wrong_cells_are_named_and_not_one_row_is_loaded(world: World) -> None:
    wrong = id_no(1)[:-1] + ("0" if id_no(1)[-1] != "0" else "1")
    data = outside.deaths(
        ("王老大", id_no(1), "2026-03-05", "柳湾村"),
        ("李老二", wrong, "20260305", "柳湾村"),
        ("赵老五", id_no(9), "2027-01-01", "柳湾村"),
        ("钱老六", id_no(8), "3/5/2026", "柳湾村"),
        ("王老大", id_no(1), "2026年3月5日", "柳湾村"),
        ("孙老七", id_no(7), None, "仙女村"),
        ("周老八", id_no(6), "=A1", "柳湾村"),
    )
    made = receive(world, data)

    checked = looked(world, made)

    assert [(one.row, one.column, one.code) for one in checked.faults] == [
        (4, "身份证号", "checksum"), (5, "死亡时间", "future"), (6, "死亡时间", "format"),
        (7, "", "duplicate"), (8, "死亡时间", "empty"), (8, "村", "no_place"),
        (9, "死亡时间", "formula"),
    ]  # fmt: skip
    assert checked.quality.refused == 6
    assert checked.quality.accepted == 1
    assert checked.quality.unknown_people == 4
    assert wrong not in checked.faults[0].text
    assert checked.faults[0].value.startswith("999***")
    with pytest.raises(errors.FileWrong) as refused:
        confirm(world, made)
    assert refused.value.data["count"] == 7
    assert nothing_loaded()
    assert Delivery.objects.get().state == "draft"


def test_a_township_cannot_load_rows_of_another_place(world: World) -> None:
    Division.objects.create(code=HILLS, name="北山镇", level="town", parent_code=COUNTY)
    Division.objects.create(code=HILL, name="坡头村", level="village", parent_code=HILLS)
    data = workbook(
        HEAD,
        ("王老大", id_no(1), "2026-03-05", "柳湾村"),
        ("山里人", id_no(4), "2026-03-05", "坡头村"),
        ("外乡人", id_no(5), "2026-03-05", "999902101201"),
        ("不知谁", id_no(9), "2026-03-05", None),
    )
    made = receive(world, data, "town_civil_office")

    checked = looked(world, made, "town_civil_office")

    assert made.division_code == TOWN
    assert [(one.row, one.code) for one in checked.faults] == [
        (3, "place"), (4, "no_place"), (5, "place"),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        receive(world, data, "agency_cashier")


def test_a_long_file_is_loaded_by_the_worker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "AT_ONCE", 1)
    made = receive(world, outside.deaths())
    looked(world, made)

    assert confirm(world, made).state == "queued"
    assert nothing_loaded()
    assert loading.load_waiting(AT) == 1

    assert Delivery.objects.get().state == "loaded"
    assert OutsideDeath.objects.count() == 2
    assert not queries.progress_file(made.ext_id).exists()


def test_what_was_not_looked_at_is_not_loaded(world: World) -> None:
    made = receive(world, outside.deaths())

    with pytest.raises(errors.ChangedMeanwhile):
        confirm(world, made)
    looked(world, made)
    receiving.choose(
        ext_id=made.ext_id, sheet="名单", header_row=2,
        by=world.actor("county_civil_affairs"), at=AT,
    )  # fmt: skip
    with pytest.raises(errors.ChangedMeanwhile):
        confirm(world, made)

    assert nothing_loaded()


def test_two_columns_for_one_field_and_missing_ones_are_refused(world: World) -> None:
    made = receive(world, outside.deaths())
    twice = {**made.columns, "name": "身份证号"}
    bare = {"name": "姓名"}

    with pytest.raises(outside_errors.MappedTwice):
        looked(world, made, columns=twice)
    with pytest.raises(outside_errors.NotMapped) as refused:
        looked(world, made, columns=bare)
    with pytest.raises(outside_errors.ColumnUnknown):
        looked(world, made, columns={**made.columns, "name": "籍贯"})
    with pytest.raises(errors.FormatWrong):
        looked(world, made, formats={"death_date": {"order": "xyz"}})

    assert "死亡日期" in refused.value.text


def test_a_mapping_is_found_again_and_says_what_changed(world: World) -> None:
    head = ("甲", "乙", "丙")
    first = receive(world, workbook(head, ("王老大", id_no(1), "2026-03-05")))
    assert first.columns == {"id_no": "乙", "death_date": "丙"}
    looked(world, first, columns={"name": "甲", "id_no": "乙", "death_date": "丙"})
    by = world.actor("county_civil_affairs")
    receiving.save_mapping(ext_id=first.ext_id, name="殡仪馆名单", by=by, at=AT)

    again = receive(world, workbook(head, ("李老二", id_no(2), "2026-04-05")))
    other = receive(world, workbook(("丙", "乙", "丁"), ("2026-05-05", id_no(3), "无")))

    assert again.mapping_name == "殡仪馆名单"
    assert again.columns["name"] == "甲"
    assert other.mapping_name == ""
    found = queries.changed_since(other)
    assert found is not None
    assert found[1].words == "少了甲，多了丁，列的次序变了"
    receiving.save_mapping(ext_id=again.ext_id, name="殡仪馆名单", by=by, at=AT)
    assert SavedMapping.objects.filter(replaced_at__isnull=True).count() == 1


def test_their_words_become_our_codes(world: World) -> None:
    head = ("姓名", "证件号码", "名单类别", "月工资(万元)", "登记日期")
    data = workbook(head, ("王老大", id_no(1), "吃皇粮", "“0.85”", "2020.9.1"))
    made = receive(world, data, source="statuses")

    checked = looked(world, made, formats=made.formats)
    assert [one.code for one in checked.faults] == ["code"]
    checked = looked(world, made, formats=made.formats, codes={"kind": {"吃皇粮": "payroll"}})
    assert checked.faults == []
    confirm(world, made)

    status = OutsideStatus.objects.get()
    assert (status.kind, status.value_fen) == ("payroll", 850_000)
