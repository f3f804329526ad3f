"""Publishing to a lake and taking from it: whole or not at all, signed, whatever the version."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sanzi.kernel import digest, notes
from sanzi.record.lake import divisions, errors, evolution, manifest, reading, shape, stores, totals
from sanzi.record.lake.manifest import Head
from sanzi.record.lake.shape import Change
from worlds.lake import AT, CODES, NEXT_DAY, SmallCounty, county_list


@pytest.fixture
def county(tmp_path):
    return SmallCounty(tmp_path)


def _files(county):
    return {path: county.store.read(path) for path in county.store.listed("payment")}


def _months(county):
    return sorted(path.split("/")[2] for path in _files(county))


def test_files_are_cut_by_county_and_month_in_plain_ascii(county):
    county.publish()

    assert [path.rpartition("/")[0] for path in _files(county)] == [
        "payment/county_code=320582/ym=2026-09",
        "payment/county_code=320582/ym=2026-10",
    ]
    assert all(path.isascii() for path in county.store.listed("."))


def test_only_the_month_that_changed_is_written_again(county):
    county.publish()
    before = _files(county)
    county.rows["payment"][0]["amount_fen"] = 60_000

    done = county.publish(AT + NEXT_DAY)

    assert (done.serial, done.written) == (2, 1)
    assert set(before) < set(_files(county)), "the publication before stays whole"
    assert county.publish(AT + 2 * NEXT_DAY).written == 0


def test_what_was_lost_or_damaged_in_the_lake_is_made_good(county):
    county.publish()
    lost, damaged = _files(county)
    county.store.remove(lost)
    county.store.write(damaged, b"x" * len(county.store.read(damaged)))

    assert county.publish(AT + NEXT_DAY).written == 1
    with pytest.raises(errors.FileBroken):
        county.take(AT + NEXT_DAY)
    assert county.publish(AT + 2 * NEXT_DAY, is_whole=True).kept == 0
    assert county.take(AT + 2 * NEXT_DAY).is_new


def test_rows_in_another_order_are_the_same_file(county):
    county.publish()
    county.rows["payment"].reverse()

    assert county.publish(AT + NEXT_DAY).written == 0


def test_files_that_no_kept_publication_names_go(county):
    for fen in (1, 2, 3):
        county.rows["payment"][0]["amount_fen"] = fen
        county.publish(AT + fen * NEXT_DAY)

    assert _months(county) == ["ym=2026-09", "ym=2026-09", "ym=2026-10"]


def test_until_the_head_is_written_readers_see_what_was_there(county, monkeypatch):
    county.publish()
    held = county.take().manifest
    county.rows["payment"][0]["amount_fen"] = 60_000
    write = county.store.write

    def cut_off(path, content):
        if path == manifest.head_path(county.code):
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(county.store, "write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        county.publish(AT + NEXT_DAY)

    assert county.take(AT + NEXT_DAY).manifest == held


def test_names_of_people_do_not_travel_those_of_bodies_do(county):
    county.publish()
    taken = county.take()

    payees = pa.concat_tables(pq.read_table(one) for one in taken.files["payment"])["payee_name"]
    people = pq.read_table(taken.files["person"][0])["name"].to_pylist()
    firms = pq.read_table(taken.files["counterparty"][0])["name"].to_pylist()

    assert payees.to_pylist()[:2] == ["老张建材店", "老张建材店"]
    assert payees.to_pylist()[2] == people[1] == firms[1] != people[0]
    assert all(one.startswith("代号") for one in people)
    content = b"".join(one.read_bytes() for paths in taken.files.values() for one in paths)
    assert "李大山".encode() not in content


def test_another_county_has_other_pseudonyms(tmp_path):
    from sanzi.record.lake.pseudonyms import Pseudonyms

    ours, theirs = (Pseudonyms(key * 32, frozenset()) for key in (b"a", b"b"))

    assert ours.of("李大山") == ours.of("李大山") != theirs.of("李大山")


def test_no_sealed_column_and_no_withheld_table_travels():
    told = shape.current().described()

    assert "inspection_lead" not in told
    assert "id_no" not in told["person"]
    assert "id_no_hash" in told["person"]


# --- bad input: a code, a sentence, and nothing changed -------------------------------------------


def _broken_file(county):
    path = next(iter(_files(county)))
    county.store.write(path, b"PAR1 but broken")


def _missing_file(county):
    county.store.remove(next(iter(_files(county))))


def _unsigned(county):
    head = county.head()
    strangers = [notes.new_signer(f"{county.code}.lake", notes.ED25519)]
    county.store.write(manifest.head_path(county.code), manifest.signed(head, strangers))


def _false_signature(county):
    told = county.store.read(manifest.head_path(county.code)).decode()
    changed = told.replace(f"\n{county.head().serial}\n", "\n9\n", 1)
    county.store.write(manifest.head_path(county.code), changed.encode())


def _cut_head(county):
    county.store.write(manifest.head_path(county.code), b"sanzi-lake/1\n")


def _other_manifest(county):
    county.store.write(county.head().manifest_path, b"{}")


def _of_another_county(county):
    other = SmallCounty(county.folder / "other", CODES[1])
    other.publish()
    told = other.store.read(manifest.head_path(other.code)).decode()
    note = notes.read(told)
    made = notes.Note(note.text).signed(*(one.sign(note.text) for one in county.signers))
    county.store.write(manifest.head_path(county.code), made.whole().encode())


def _sent_twice(county):
    county.put(replace(county.manifest(), serial=1, as_of=AT + timedelta(hours=1)))


def _gone_back(county):
    county.publish(AT + NEXT_DAY)
    county.take(AT + NEXT_DAY)
    county.put(replace(county.manifest(), serial=1))


def _does_not_follow(county):
    county.publish(AT + NEXT_DAY)
    county.put(replace(county.manifest(), previous="0" * 64))


def _time_went_back(county):
    county.put(replace(county.manifest(), serial=5, as_of=AT - NEXT_DAY))


def _late(county):
    county.put(replace(county.manifest(), serial=2, as_of=AT - 40 * NEXT_DAY))


def _future(county):
    county.put(replace(county.manifest(), serial=5, as_of=AT + 9 * NEXT_DAY))


def _too_old(county):
    county.put(replace(county.manifest(), serial=5, version=0))


def _own_models_unclear(county):
    county.put(replace(county.manifest(), serial=5, own_models={"own-1": "yes"}))


def _foreign_own_model(county):
    county.put(replace(county.manifest(), serial=5, own_models={"payment-duplicate": True}))


def _title_of_a_closed_model(county):
    told = {"own_models": {"own-1": False}, "own_titles": {"own-1": "谁领了"}}
    county.put(replace(county.manifest(), serial=5, **told))


def _title_of_an_unknown_model(county):
    county.put(replace(county.manifest(), serial=5, own_titles={"own-1": "谁领了"}))


def _title_of_two_lines(county):
    told = {"own_models": {"own-1": True}, "own_titles": {"own-1": "谁\n领了"}}
    county.put(replace(county.manifest(), serial=5, **told))


def _same_month_twice(county):
    made = county.manifest()
    county.put(replace(made, serial=5, parts=(*made.parts, made.parts[-1])))


def _row_in_two_months(county):
    again = {**county.rows["payment"][0], "created_at": datetime(2026, 10, 1)}
    county.rows["payment"].append(again)
    county.publish(AT + NEXT_DAY)


def _rows_of_another_month(county):
    made = county.manifest()
    moved = [replace(p, ym="2026-08") if p.ym == "2026-09" else p for p in made.parts]
    for old, new in zip(made.parts, moved, strict=True):
        county.store.write(new.path(county.code), county.store.read(old.path(county.code)))
    county.put(replace(made, serial=5, parts=tuple(moved)))


def _rows_of_another_county(county):
    county.rows["person"][0]["village_id"] = f"{CODES[1]}101001"
    county.publish(AT + NEXT_DAY)


def _other_columns(county):
    made = county.manifest()
    tables = {**made.tables, "payment": {**made.tables["payment"], "more": "string"}}
    county.put(replace(made, serial=5, tables=tables))


def _other_type(county):
    made = county.manifest()
    tables = {**made.tables, "payment": {**made.tables["payment"], "amount_fen": "string"}}
    county.put(replace(made, serial=5, tables=tables))


def _no_parquet(county):
    made, content = county.manifest(), b"not Parquet, but whole"
    part = replace(made.parts[0], sm3=digest.sm3(content), size=len(content))
    county.store.write(part.path(county.code), content)
    county.put(replace(made, serial=5, parts=(part, *made.parts[1:])))


def _wrong_count(county):
    made = county.manifest()
    part = replace(made.parts[0], rows=99)
    county.put(replace(made, serial=5, parts=(part, *made.parts[1:])))


def _bad_parameter(county):
    county.rows["parameter_value"] = [{"parameter_id": "V1", "value": "{"}]
    county.publish(AT + NEXT_DAY)


def _bad_change(county):
    told = [{"kind": "merge", "on": "2026-07-01", "before": ["x"], "after": ["y"]}]
    county.put(replace(county.manifest(), serial=5, division_changes=told))


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (_missing_file, errors.FileMissing),
        (_broken_file, errors.FileBroken),
        (_no_parquet, errors.FileUnreadable),
        (_wrong_count, errors.FileUnreadable),
        (_other_columns, errors.FileUnreadable),
        (_other_type, errors.FileUnreadable),
        (_unsigned, errors.BadSignature),
        (_false_signature, errors.BadSignature),
        (_cut_head, errors.HeadBroken),
        (_other_manifest, errors.HeadBroken),
        (_of_another_county, errors.OtherCounty),
        (_sent_twice, errors.SentTwice),
        (_gone_back, errors.GoneBack),
        (_does_not_follow, errors.ChainBroken),
        (_time_went_back, errors.ChainBroken),
        (_late, errors.TooLate),
        (_future, errors.FromTheFuture),
        (_too_old, errors.SchemaTooOld),
        (_own_models_unclear, errors.HeadBroken),
        (_foreign_own_model, errors.HeadBroken),
        (_title_of_a_closed_model, errors.HeadBroken),
        (_title_of_an_unknown_model, errors.HeadBroken),
        (_title_of_two_lines, errors.HeadBroken),
        (_same_month_twice, errors.OverlappingPeriods),
        (_row_in_two_months, errors.OverlappingPeriods),
        (_rows_of_another_month, errors.OverlappingPeriods),
        (_rows_of_another_county, errors.ForeignRows),
        (_bad_parameter, errors.FileUnreadable),
        (_bad_change, errors.BadDivisionChange),
    ],
)
def test_what_cannot_be_taken_is_refused_and_the_cache_stays(county, spoil, refusal):
    county.publish()
    county.take()
    spoil(county)
    if spoil in (_missing_file, _broken_file):
        county.cache.rename(county.folder / "moved")  # a city that comes anew
    before = county.kept()

    with pytest.raises(refusal) as raised:
        county.take(AT + NEXT_DAY)

    assert county.kept() == before
    assert raised.value.code.startswith("lake.")
    assert county.code in raised.value.text
    assert raised.value.advice


def test_the_same_publication_taken_twice_is_no_news(county):
    county.publish()

    assert [county.take().is_new, county.take().is_new] == [True, False]


def test_a_county_that_sent_nothing_and_one_nobody_knows_are_named(tmp_path):
    county, silent = SmallCounty(tmp_path), SmallCounty(tmp_path, CODES[1])
    county.publish()

    with pytest.raises(errors.NothingSent):
        silent.take()
    [stranger] = reading.strangers(county.store, [silent.code])
    assert (stranger.code, stranger.data["county"]) == ("lake.unknown_county", county.code)
    assert silent.kept() == {}


def test_publishing_over_another_program_s_head_is_refused(county):
    county.publish()
    other = SmallCounty(county.folder / "other", county.code, county.place)
    before = {path: county.store.read(path) for path in county.store.listed(".")}

    with pytest.raises(errors.BadSignature):
        other.publish(AT + NEXT_DAY)
    with pytest.raises(errors.GoneBack):
        county.publish(AT - NEXT_DAY)

    assert {path: county.store.read(path) for path in county.store.listed(".")} == before


@pytest.mark.parametrize(
    "told",
    ["", "counties: []", "counties: [{code: '3205', name: 县, keys: []}]",
     "counties: [{code: '320582', name: 县, keys: [no key]}]"],
)  # fmt: skip
def test_a_list_of_counties_that_cannot_be_is_refused(tmp_path, told):
    (tmp_path / "list.yaml").write_text(told, encoding="utf-8")

    with pytest.raises(errors.BadCountyList):
        reading.counties(tmp_path / "list.yaml")


def test_a_county_is_listed_once(tmp_path, county):
    with pytest.raises(errors.BadCountyList):
        reading.counties(county_list(tmp_path / "list.yaml", county, county))


@pytest.mark.parametrize("place", ["ftp://there/x", "s3://bucket/x?secret=1"])
def test_a_place_that_is_no_lake_is_refused(place):
    with pytest.raises(errors.BadPlace):
        stores.opened(place)


def test_no_path_leads_out_of_the_lake(county):
    for path in ("../out", "a/../../out", "/etc/passwd"):
        with pytest.raises(errors.BadPlace):
            county.store.write(path, b"x")


# --- other versions of the schema -----------------------------------------------------------------


def _told(county, version=1, changed=(), **tables):
    made = county.manifest()
    held = {name: columns for name, columns in made.tables.items() if name not in tables}
    held |= {name: columns for name, columns in tables.items() if columns is not None}
    return replace(made, version=version, changed=list(changed), tables=held)


def test_a_manifest_of_before_own_models_were_told_is_read(county):
    own, titles = {"own-3": True, "own-4": False}, {"own-3": "维修付款", "own-4": "谁领了"}
    county.publish(own_models=own, own_titles=titles)
    taken = county.take().manifest
    assert (taken.own_models, taken.own_titles) == (own, {"own-3": "维修付款"})
    assert "谁领了".encode() not in county.manifest().content()

    def read(*left_out):
        told = {name: one for name, one in json.loads(county.manifest().content()).items()
                if name not in left_out}  # fmt: skip
        content = digest.canonical(told)
        return manifest.read_manifest(Head(county.code, 1, digest.sm3(content)), content)

    assert (read("own_titles").own_models, read("own_titles").own_titles) == (own, {})
    older = read("own_titles", "own_models")
    assert (older.own_models, older.own_titles) == ({}, {})


def test_a_missing_table_and_a_missing_column_are_told(county):
    county.publish()
    payment = dict(county.manifest().tables["payment"])
    del payment["stopped_reason"]

    found = evolution.evolved(_told(county, seal_use=None, payment=payment))

    assert found.lacks({"seal_use": ("seal_use_id",)}) == ["seal_use"]
    assert found.lacks({"payment": ("stopped_reason",)}) == ["payment.stopped_reason"]
    assert found.lacks({"payment": ("amount_fen",)}) == []


def test_an_added_column_that_says_what_stands_for_it_is_answered(county, monkeypatch):
    county.publish()
    payment = dict(county.manifest().tables["payment"])
    del payment["is_backfilled"]
    added = Change(2, "added", "payment", "is_backfilled", default=False)
    ours = replace(shape.current(), version=2, changed=(added,))
    monkeypatch.setattr(shape, "current", lambda: ours)

    found = evolution.evolved(_told(county, payment=payment))

    assert found.lacks({"payment": ("is_backfilled",)}) == []
    _, sources = found.tables["payment"]
    assert "CAST(FALSE AS BOOLEAN)" in evolution.select("payment", sources, ["is_backfilled"])


@pytest.mark.parametrize("is_older", [True, False])
def test_a_renamed_value_column_and_table_are_read_from_both_sides(county, monkeypatch, is_older):
    """An older county calls it as it was; a newer one brings the list of what it renamed."""
    county.publish()
    tables = county.manifest().tables
    here, there = ("new", "old") if is_older else ("old", "new")
    changed = [
        Change(2, "value", "payment", "status", **{here: "paid", there: "settled"}),
        Change(2, "column", "payment", **{here: "purpose", there: "use"}),
        Change(2, "table", "seal_use", **{here: "seal_use", there: "stamping"}),
    ]
    payment = {("use" if k == "purpose" else k): v for k, v in tables["payment"].items()}
    theirs = {"payment": payment, "stamping": tables["seal_use"], "seal_use": None}
    if is_older:
        ours = replace(shape.current(), version=2, changed=tuple(changed))
        monkeypatch.setattr(shape, "current", lambda: ours)
        found = evolution.evolved(_told(county, **theirs))
    else:
        told = [one.plain() for one in changed]
        found = evolution.evolved(_told(county, version=2, changed=told, **theirs))

    there_called, sources = found.tables["payment"]
    assert evolution.select("payment", sources, ["status", "purpose"]) == (
        'CASE "status" WHEN \'settled\' THEN \'paid\' ELSE "status" END AS "status",'
        ' "use" AS "purpose"'
    )
    assert (there_called, found.tables["seal_use"][0]) == ("payment", "stamping")
    assert not found.lacks({"seal_use": ("seal_use_id",), "payment": ("status", "purpose")})


# --- merges, splits, new codes --------------------------------------------------------------------

A, B, C, NEW = (f"320582101{n:03d}" for n in (1, 2, 3, 9))
MERGE = {"kind": "merge", "on": "2026-07-01", "before": [A, B], "after": [NEW]}
SPLIT = {"kind": "split", "on": "2026-09-01", "before": [C], "after": [C, "320582101010"]}
RECODE = {"kind": "recode", "on": "2026-10-01", "before": [NEW], "after": ["320582102009"]}


def test_codes_that_a_change_ties_together_are_one_unit_in_the_days_compared():
    changes = divisions.check("320582", [MERGE, SPLIT, RECODE])
    year = {"from_date": date(2026, 1, 1), "until_date": date(2026, 12, 31)}
    spring = {"from_date": date(2026, 1, 1), "until_date": date(2026, 6, 30)}
    codes = [A, B, C, NEW, "320582102009"]

    assert divisions.units(codes, changes, **year) == {
        A: A, B: A, NEW: A, "320582102009": A, C: C,
    }  # fmt: skip
    assert divisions.units(codes, changes, **spring) == {one: one for one in codes}


@pytest.mark.parametrize(
    "told",
    [
        [{**MERGE, "before": [A]}],
        [{**MERGE, "kind": "moved"}],
        [{**MERGE, "on": "in July"}],
        [{**MERGE, "after": ["320583101001"]}],
        [MERGE, {**SPLIT, "before": [A], "after": [B, C]}],
        [{**RECODE, "after": [NEW]}],
        [{**MERGE, "why": "so"}],
        [{"kind": "merge"}],
    ],
)
def test_a_change_that_cannot_be_is_refused_before_anything_is_sent(county, told):
    with pytest.raises(errors.BadDivisionChange):
        county.publish(changes=told)

    assert list(county.store.listed(".")) == []


def test_a_village_that_split_is_compared_as_one(county):
    """Half of the village's money moves to the new half in October: the unit lost nothing."""
    half = f"{county.code}101010"
    split = {"kind": "split", "on": "2026-10-01", "before": [A], "after": [A, half]}
    county.rows["division"].append({"code": half, "name": "新村", "level": "village"})
    for row in county.rows["payment"]:
        row["paid_at"] = row["created_at"]
    county.rows["payment"][2]["village_id"] = half
    days = {"from_date": date(2026, 9, 1), "until_date": date(2026, 10, 31), "by": "month"}
    county.publish()
    apart = totals.of(county.take(), **days)
    county.publish(AT + NEXT_DAY, changes=[split])

    told = totals.of(county.take(AT + NEXT_DAY), **days)

    assert [(one.unit, one.period, one.paid_fen) for one in told] == [
        (A, "2026-09", 50_000), (A, "2026-10", 100_000),
    ]  # fmt: skip
    assert {one.villages for one in told} == {(A, half)}
    assert [(one.unit, one.period, one.paid_fen) for one in apart] == [
        (A, "2026-09", 50_000), (A, "2026-10", 50_000), (half, "2026-10", 50_000),
    ]  # fmt: skip
    whole = totals.of(county.take(AT + NEXT_DAY), **{**days, "by": "year"})
    assert [(one.unit, one.period, one.payments) for one in whole] == [(A, "2026", 3)]


def test_changes_travel_signed(county):
    county.publish(changes=[MERGE])

    assert county.take().manifest.division_changes == [MERGE]
