"""The data package goes out and comes back: masked for all, plain by two persons for one key."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from sanzi.audit.models import Event
from sanzi.interfaces.cli.commands import open_export
from sanzi.orgs import errors, secrets
from sanzi.orgs.actions import exports, packages
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Division, ExportRequest, Person
from sanzi.record import envelope, extraction, schema
from sanzi.record.errors import BadRecipientKey, EnvelopeBroken, NotTheRecipient
from sanzi.record.packages import open_package
from sanzi_county.county import write_county
from worlds import village

AT = village.AT
UNTIL = date(2026, 11, 10)


class Undo(Exception):
    """Rolls the database back to empty."""


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county") / "package"
    write_county(folder, villages=2, months=3, until=UNTIL, seed=7)
    return folder


@pytest.fixture
def key(tmp_path: Path) -> tuple[Path, str]:
    private, public = envelope.new_key()
    path = tmp_path / "recipient.key"
    path.write_text(private)
    return path, public


def _record() -> dict[str, list[tuple[object, ...]]]:
    """Every table of the record as it stands, sorted."""
    return {name: sorted(extraction.fetch(name), key=repr) for name in schema.load_tables()}


@transaction.atomic
def _there_and_back(
    county: Path,
    folder: Path,
    key: tuple[Path, str],
    told: dict[str, list[tuple[object, ...]]],
) -> None:
    """Import, tell the rows, export, open, import on top of itself; leave nothing behind."""
    packages.import_folder(folder=county, by=SYSTEM, at=AT)
    told |= _record()
    file, code = folder.with_name("out.sanzi"), Division.objects.get(level="county").code
    exports.write_sealed(ext_id=_granted(key[1], code), file=file, by=SYSTEM, at=AT)
    open_export._open(file, folder, key[0])
    again = packages.import_folder(folder=folder, by=SYSTEM, at=AT)
    assert again.is_unchanged, again.counts
    raise Undo


def _request(world: village.World, public: str) -> str:
    return exports.request(
        purpose="年度审计核对付款名单", recipient="县审计局", recipient_key=public,
        by=world.actor("county_agri"), at=AT,
    )  # fmt: skip


def _approve(world: village.World, ext_id: str, at: datetime = AT) -> None:
    exports.decide(ext_id=ext_id, is_approved=True, by=world.actor("county_discipline", at), at=at)


def _granted(public: str, division: str) -> str:
    """Put an approved request beside imported data."""
    first, second = Person.objects.order_by("pk")[:2]
    made = ExportRequest.objects.create(
        ext_id="EX-TEST", division_id=division, purpose="测试往返", recipient="测试",
        recipient_key=public, state="APPROVED", requested_by=first, requested_at=AT,
        decided_by=second, decided_at=AT, valid_until_at=AT + timedelta(days=7),
    )  # fmt: skip
    return made.ext_id


@pytest.mark.django_db(transaction=False)
def test_an_imported_package_comes_back_and_imports_again_as_the_same_rows(
    county: Path, key: tuple[Path, str], tmp_path: Path
) -> None:
    folder = tmp_path / "opened"
    told: dict[str, list[tuple[object, ...]]] = {}

    with pytest.raises(Undo):
        _there_and_back(county, folder, key, told)
    assert not Person.objects.exists()
    packages.import_folder(folder=folder, by=SYSTEM, at=AT)

    assert told["person"]
    assert told["payment"]
    assert told["ledger_line"]
    for table, rows in _record().items():
        assert rows == told[table], table


@pytest.mark.django_db
def test_the_masked_export_holds_no_personal_number_in_any_file(
    county: Path, tmp_path: Path
) -> None:
    packages.import_folder(folder=county, by=SYSTEM, at=AT)

    written = exports.write_masked(folder=tmp_path / "masked", by=SYSTEM, at=AT)

    source = open_package(county)
    secret = {
        str(row[column.name])
        for name in source.files
        for column in source.tables[name].exchange_columns
        if column.format in ("resident_id", "account", "phone")
        for row in source.rows(name)
        if row[column.name]
    }
    text = "\n".join(one.read_text(encoding="utf-8") for one in (tmp_path / "masked").iterdir())
    assert len(secret) > 100
    assert [one for one in secret if one in text] == []
    assert written.rows["person"] == sum(1 for _ in source.rows("person"))
    names = {str(row["name"]) for row in source.rows("person") if len(str(row["name"])) > 2}
    people = (tmp_path / "masked" / "person.csv").read_text(encoding="utf-8")
    assert [one for one in names if one in people] == []
    assert json.loads((tmp_path / "masked" / "datapackage.json").read_text())["x-masked"] is True
    assert Event.objects.filter(kind="record.package.exported").count() == 1


@pytest.mark.django_db
def test_a_masked_export_never_writes_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")

    with pytest.raises(errors.FolderNotEmpty):
        exports.write_masked(folder=tmp_path, by=SYSTEM, at=AT)

    assert [one.name for one in tmp_path.iterdir()] == ["kept.txt"]
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_two_persons_let_the_plain_package_out_once_and_it_is_counted(
    key: tuple[Path, str], tmp_path: Path
) -> None:
    path, public = key
    world = village.build()
    number = "330102199003071234"
    village.villager(world, "王小芳", sealed_id_no=secrets.seal("id_no", number))
    ext_id = _request(world, public)
    _approve(world, ext_id)

    written = exports.write_sealed(ext_id=ext_id, file=tmp_path / "a", by=SYSTEM, at=AT)

    open_export._open(tmp_path / "a", tmp_path / "plain", path)
    assert number in (tmp_path / "plain" / "person.csv").read_text()
    assert number.encode() not in (tmp_path / "a").read_bytes()
    told = json.loads((tmp_path / "plain" / "datapackage.json").read_text())["x-watermark"]
    assert (told["request"], told["approved_by"]) == (ext_id, "严监委")
    found = ExportRequest.objects.get(ext_id=ext_id)
    assert found.row_counts["person"] == Person.objects.count()
    assert (found.state, found.file_digest) == ("WRITTEN", written.digest)
    assert list(Event.objects.filter(chain="exports").values_list("kind", flat=True)) == [
        "record.export.requested", "record.export.approved", "record.export.written",
    ]  # fmt: skip
    with pytest.raises(errors.ExportNotNow):
        exports.write_sealed(ext_id=ext_id, file=tmp_path / "b", by=SYSTEM, at=AT)
    assert not (tmp_path / "b").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("when", ["not approved", "declined", "too late"])
def test_without_a_fresh_approval_nothing_is_written(
    key: tuple[Path, str], tmp_path: Path, when: str
) -> None:
    world = village.build()
    ext_id = _request(world, key[1])
    at = AT
    if when == "declined":
        by = world.actor("county_discipline")
        exports.decide(ext_id=ext_id, is_approved=False, by=by, at=AT)
    if when == "too late":
        _approve(world, ext_id)
        at = AT + timedelta(days=8)
    state, events = ExportRequest.objects.get().state, Event.objects.count()

    with pytest.raises(errors.ExportNotNow):
        exports.write_sealed(ext_id=ext_id, file=tmp_path / "out", by=SYSTEM, at=at)

    assert sorted(one.name for one in tmp_path.iterdir()) == ["recipient.key"]
    assert (ExportRequest.objects.get().state, Event.objects.count()) == (state, events)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["cashier_reporter", "town_leader", "county_discipline"])
def test_only_the_named_role_may_ask(key: tuple[Path, str], role: str) -> None:
    world = village.build()

    with pytest.raises(errors.NotFound):
        exports.request(
            purpose="年度审计核对付款名单", recipient="县审计局", recipient_key=key[1],
            by=world.actor(role), at=AT,
        )  # fmt: skip

    assert not ExportRequest.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("purpose", "text", "refusal"),
    [("审计", None, errors.PurposeNeeded), ("年度审计核对付款名单", "00" * 64, BadRecipientKey)],
)
def test_a_request_needs_a_purpose_and_a_key_on_the_curve(
    key: tuple[Path, str], purpose: str, text: str | None, refusal: type[Exception]
) -> None:
    world = village.build()

    with pytest.raises(refusal):
        exports.request(
            purpose=purpose, recipient="县审计局", recipient_key=text or key[1],
            by=world.actor("county_agri"), at=AT,
        )  # fmt: skip

    assert not ExportRequest.objects.exists()


@pytest.mark.django_db
def test_nobody_approves_his_own_export_nor_without_a_second_factor(key: tuple[Path, str]) -> None:
    world = village.build()
    ext_id = _request(world, key[1])
    asker, other = world.actor("county_agri"), world.actor("county_discipline")
    both = dataclasses.replace(asker, posts=asker.posts + other.posts)
    stale = dataclasses.replace(other, second_factor_at=None)

    with pytest.raises(errors.SamePerson):
        exports.decide(ext_id=ext_id, is_approved=True, by=both, at=AT)
    with pytest.raises(errors.SecondFactorNeeded):
        exports.decide(ext_id=ext_id, is_approved=True, by=stale, at=AT)
    with pytest.raises(errors.NotFound):
        exports.decide(ext_id=ext_id, is_approved=True, by=world.actor("town_leader"), at=AT)

    assert ExportRequest.objects.get().state == "REQUESTED"
    assert Event.objects.count() == 1


@pytest.mark.parametrize("harm", ["flip", "cut", "swap", "header"])
def test_a_changed_archive_does_not_open(tmp_path: Path, harm: str) -> None:
    private, public = envelope.new_key()
    (tmp_path / "key").write_text(private)
    with (tmp_path / "a").open("wb") as stream, envelope.Sealer(stream, public, {}) as out:
        out.write(bytes(range(256)) * 12_000)
    data = (tmp_path / "a").read_bytes()
    head = data.index(b"\n", len(envelope.MAGIC)) + 1
    size = 20 + envelope.BLOCK
    first, second, rest = data[head:][:size], data[head:][size:][:size], data[head:][2 * size :]
    broken = {
        "flip": data[:-1] + bytes([data[-1] ^ 1]),
        "cut": data[:head] + first + second,
        "swap": data[:head] + second + first + rest,
        "header": data[:head].replace(b'"nonce"', b'"Nonce"') + data[head:],
    }[harm]
    (tmp_path / "b").write_bytes(broken)

    with (tmp_path / "a").open("rb") as stream:
        whole = b"".join(envelope.opened(stream, tmp_path / "key"))
    assert whole == bytes(range(256)) * 12_000
    with (tmp_path / "b").open("rb") as stream, pytest.raises(EnvelopeBroken):
        list(envelope.opened(stream, tmp_path / "key"))


def test_another_key_does_not_open_the_archive(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(envelope.new_key()[0])
    other = envelope.new_key()[1]
    with (tmp_path / "a").open("wb") as stream, envelope.Sealer(stream, other, {}) as out:
        out.write(b"secret")

    with pytest.raises(NotTheRecipient):
        open_export._open(tmp_path / "a", tmp_path / "plain", tmp_path / "key")

    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "key"]
