"""The models over what counties published: as each would judge itself, one refused stops none."""

import json
from datetime import timedelta

import pytest
from django.conf import settings

from sanzi.interfaces.cli import main
from sanzi.kernel import clock
from sanzi.record.lake import reading, source, stores
from sanzi.supervision import catalogue
from sanzi.supervision.actions import lakes, nightly
from worlds import spending
from worlds.lake import SmallCounty, county_list, lines

CODES = (
    "payment-no-source", "payment-duplicate", "payment-before-approval", "payment-tier-split",
    "invoice-duplicate", "efficiency-off-system", "cadre-pay-over",
)  # fmt: skip


@pytest.fixture
def models():
    return [catalogue.models()[one] for one in CODES]


def _listed(tmp_path, *others):
    from sanzi.record.lake import keys

    code = source.own_code()
    made = SmallCounty(tmp_path, code)
    made.signers = keys.signers(settings.SANZI.lake_keys, code)
    return county_list(tmp_path / "counties.yaml", made, *others), code


def _spend(world):
    for number in ("K1", "K2", "K3"):
        spending.spend(world, number, [(world.bodies["shop"], 60_000)], state="paid")


def test_a_county_in_a_lake_is_judged_as_it_judges_itself(world, tmp_path, models):
    _spend(world)
    at = spending.AT + timedelta(days=60)
    store = stores.opened(str(tmp_path / "lake"))
    source.publish(store, at=at)
    listed, _ = _listed(tmp_path)

    [taken], refused = lakes.taken(
        store, reading.counties(listed).values(), tmp_path / "cache", at=at
    )
    [found] = lakes.scan_apart([taken], models)

    night = nightly.live(nightly.scan(at=at, models=models).findings)
    assert refused == []
    assert found.scan.errors == []
    assert set(night) == set(found.scan.findings)
    assert {key[2] for key in night} == {"K2-1", "K3-1"}
    for key, one in night.items():
        other = found.scan.findings[key]
        assert (one.village_id, one.business_date) == (other.village_id, other.business_date)
        names = {"payee_name", "person_name", "seller_name"}
        assert {k: v for k, v in one.figures.items() if k not in names} == {
            k: v for k, v in other.figures.items() if k not in names
        }


def test_the_command_reads_the_counties_that_can_be_read(world, tmp_path, capsys, monkeypatch):
    _spend(world)
    place, out = str(tmp_path / "lake"), tmp_path / "found.jsonl"
    other = SmallCounty(tmp_path, "999955", place)
    listed, code = _listed(tmp_path, other)
    assert main.main(["lake", "publish", "--lake", place, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["serial"] == 1
    command = ["supervise", "--lake", place, "--counties", str(listed), "--out", str(out), "--json"]
    command += ["--cache", str(tmp_path / "cache")]
    monkeypatch.setattr(lakes, "chosen_models", lambda **_: [catalogue.models()[CODES[0]]])

    status = main.main(command)

    told = json.loads(capsys.readouterr().out)
    assert status == 1
    assert [one["code"] for one in told["refused"]] == ["lake.nothing_sent"]
    assert [one["county_code"] for one in told["counties"]] == [code]
    assert {one["county_code"] for one in lines(out)} <= {code}
    assert len(lines(out)) == told["counties"][0]["findings"]


def test_a_model_is_not_asked_for_what_a_county_does_not_have(tmp_path, models):
    from dataclasses import replace

    from worlds.lake import AT

    county = SmallCounty(tmp_path)
    county.publish()
    made = county.manifest()
    tables = {name: told for name, told in made.tables.items() if name != "invoice"}
    county.put(replace(made, serial=2, tables=tables))

    found = lakes.scan(county.take(AT), models)

    assert found.unasked["invoice-duplicate"] == ["invoice"]
    assert "payment-duplicate" in found.scan.ran
    assert "invoice-duplicate" not in found.scan.ran


def test_the_session_of_a_model_reaches_no_file(tmp_path):
    from sanzi.record.lake import copies
    from worlds.lake import AT

    county = SmallCounty(tmp_path)
    county.publish()
    taken = county.take(AT)

    with copies.held(taken, {"payment": ("payment_id",)}) as session:
        assert len(session.run("SELECT p.payment_id FROM stg_payment p", {})) == 3
        [file, *_] = taken.files["payment"]
        with pytest.raises(Exception, match=r"disabled|external"):
            session._connection.execute(f"SELECT COUNT(*) FROM read_parquet('{file}')").fetchall()
        with pytest.raises(Exception, match="locked"):
            session._connection.execute("SET enable_external_access = true")


def test_status_and_totals_say_what_was_taken_and_what_was_not(tmp_path, capsys):
    county, silent = SmallCounty(tmp_path), SmallCounty(tmp_path, "320583")
    for row in county.rows["payment"]:
        row["paid_at"] = row["created_at"]
    county.publish(clock.now())
    listed = county_list(tmp_path / "counties.yaml", county, silent)
    of = ["--lake", county.place, "--counties", str(listed), "--cache", str(county.cache)]

    assert main.main(["lake", "status", *of]) == 1
    told = capsys.readouterr().out
    assert f"{county.code} 某县 第 1 次" in told
    assert "320583 还没有送来数据" in told
    days = ["--from", "2026-01-01", "--until", "2026-12-31"]
    assert main.main(["lake", "totals", *of, *days, "--json"]) == 1
    [total] = json.loads(capsys.readouterr().out)["totals"]
    assert (total["period"], total["payments"], total["paid_fen"]) == ("2026", 3, 150_000)
    assert main.main(["lake", "totals", *of]) == 2


def test_the_command_needs_the_list_of_counties(tmp_path, capsys):
    assert main.main(["supervise", "--lake", str(tmp_path)]) == 2
    assert "--counties" in capsys.readouterr().out
