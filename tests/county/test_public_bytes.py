"""Every public byte of the small county: nobody's number, nobody's name that may not be there.

The forbidden words come out of the database itself. Firms stand in full; who holds a public post
stands in full on the page that says who is who, and nowhere else.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.apps import apps
from django.test import Client
from PIL import Image

from county import crawl
from county.loaded import county, months, site
from sanzi.deals.models import Asset, Auction, Tender
from sanzi.disclosure import naming, posters
from sanzi.disclosure.actions import households
from sanzi.disclosure.models import Door, SearchLine
from sanzi.interfaces.api.app import document
from sanzi.interfaces.portal import urls
from sanzi.kernel import clock, masking
from sanzi.matters.models import CaseStep
from sanzi.orgs import queries as orgs
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Counterparty, Household, Person
from sanzi.payments.models import Payment, PaymentOrder, Receipt
from sanzi.record.descriptor import file_sm3
from sanzi.registers.funds.models import TownProject
from sanzi.registers.subsidies.models import Award
from sanzi.registers.subsidies.queries import public as subsidies
from sanzi.registers.works.models import Works

pytestmark = pytest.mark.django_db

SEALED: dict[str, secrets.Kind] = {
    "sealed_id_no": "id_no",
    "sealed_phone": "phone",
    "sealed_account": "account",
    "sealed_number": "account",
    "sealed_peer_account": "account",
}
RUN = re.compile(r"\d(?:[ -]?\d){7,}[Xx]?")
LENGTH_MIN = 8
WHO = ("portal:people", "portal:voice", "portal:search", "portal:village_search")
"""The pages that name those who hold a post: who is who, whom a letter is about, the search."""
BEHIND_PROOF = {
    "household_page", "household_leave", "matter", "again", "withdraw", "paper", "receipt_page",
    "apply", "say", "confirm", "household_help",
}  # fmt: skip
"""Addresses that open to a proven household or a receipt only; tested where they are made."""
OF_OTHERS = {
    "sign_in", "auction_live", "log_checkpoint", "log_entries", "log_tile", "log_sm3_tile",
    "log_cosignatures", "log_proof", "log_keys", "log_consistency", "works_photo", "files", "file",
}  # fmt: skip
"""Meetings and running auctions that this county has none of; the log, which holds digests only;
the folder of published pages, which is read from the disk."""


@dataclass(frozen=True)
class Read:
    """What the crawl found, and the words that may not be in it."""

    found: crawl.Found
    names: frozenset[str]
    firms: tuple[str, ...]
    numbers: frozenset[str]


@pytest.fixture(scope="module")
def read(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
) -> Iterator[Read]:
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        county(folder := tmp_path_factory.mktemp("county") / "package", plant=_careless),
    ):
        firms = Counterparty.objects.exclude(kind="person").values_list("name", flat=True)
        found = crawl.crawl(_starts(), months())
        for path in site(folder).rglob("*.*"):
            found.bodies[f"/site/{path.relative_to(site(folder))}"] = path.read_bytes()
        found.bodies.update(_papers())
        yield Read(
            found=found,
            names=frozenset(Person.objects.values_list("name", flat=True)),
            firms=tuple(sorted(firms, key=len, reverse=True)),
            numbers=frozenset(_numbers()),
        )


def _careless() -> None:
    """Let officers write what they should not: a villager's name and phone into free text."""
    paid = Payment.objects.filter(payee_kind="person", status="SETTLED").order_by("pk")
    order = paid[0].order
    person = Person.objects.filter(division_id=order.division_code).exclude(sealed_phone="")[0]
    phone = secrets.reveal("phone", person.sealed_phone)
    words = f"修{person.name}家门口的路，电话{phone}"
    PaymentOrder.objects.filter(pk=order.pk).update(purpose=words)
    Receipt.objects.filter(division_code=order.division_code).update(purpose=words)
    CaseStep.objects.filter(case__number=order.case_number).update(opinion=words)


def _starts() -> list[str]:
    """Return the home page, what is scanned from a label or a door, and every open API door."""
    return [
        "/",
        *(f"/asset/{one.tag}/" for one in Asset.objects.order_by("pk")),
        *(f"/works/{one.qr_code}/" for one in Works.objects.exclude(qr_code="").order_by("pk")),
        *(f"/projects/{one.qr_code}/" for one in TownProject.objects.exclude(qr_code="")),
        *(f"/tenders/{one.ext_id}/" for one in Tender.objects.exclude(state="draft")),
        *(f"/auctions/{one.ext_id}/" for one in Auction.objects.order_by("pk")),
        *(f"{where}search/?q={word}" for where in _places() for word in ("月", "村", "元", "书记")),
        *(f"/v/{one.token}/" for one in Door.objects.order_by("pk")),
        *_api_doors(),
    ]


def _papers() -> Iterator[tuple[str, bytes]]:
    """Return what is printed and hung up, in every size: posters of months, sheets for doors."""
    for code, _ in orgs.villages():
        period = posters.newest_period(code)
        for size in posters.SIZES:
            yield (
                f"poster {code} {size}",
                posters.month(village_code=code, period=period, size=size).pdf,
            )
            yield f"door {code} {size}", posters.door_sheet(village_code=code, size=size).pdf


def _places() -> list[str]:
    return ["/", *(f"/village/{code}/" for code, _ in orgs.villages())]


def _api_doors() -> list[str]:
    found = []
    for code, _ in orgs.villages():
        number = PaymentOrder.objects.filter(division_code=code, state="SETTLED").order_by("pk")
        values = {"code": code, "period": months()[1], "number": number[0].case_number}
        for path, methods in document()["paths"].items():
            operation = methods.get("get", {})
            if operation and not operation.get("security"):
                found.append(path.format(**values))
    return found


def _numbers() -> Iterator[str]:
    """Return every personal number that lies sealed in any table."""
    for model in apps.get_models():
        for one in model._meta.get_fields():
            if one.name in SEALED:
                for sealed in set(model.objects.values_list(one.name, flat=True)):
                    plain = secrets.reveal(SEALED[one.name], sealed or "")
                    if len(plain) >= LENGTH_MIN:
                        yield plain


def test_every_kind_of_public_page_was_read(read: Read) -> None:
    kinds = {f"portal:{one.name}" for one in urls.urlpatterns}
    missing = kinds - set(read.found.kinds) - {f"portal:{one}" for one in BEHIND_PROOF | OF_OTHERS}
    assert missing == set()
    assert read.found.broken == []
    assert len(read.found.bodies) > 300


def test_those_in_office_are_named_in_full_where_one_asks_who_is_who(read: Read) -> None:
    code, _ = orgs.villages()[0]
    page = read.found.bodies[f"/village/{code}/people/"].decode()
    heads = Appointment.objects.filter(
        organisation__division_id=code, role_code="village_secretary", end_date__isnull=True
    )
    assert heads
    for one in heads:
        assert f"{one.person.name}，" in page
    ended = Appointment.objects.filter(
        organisation__division_id=code, end_date__lt=clock.today()
    ).exclude(person__appointments__end_date__isnull=True)
    assert not [one.person.name for one in ended if f"{one.person.name}，" in page]


def test_a_list_of_subsidies_is_masked_while_it_is_shown_and_then_only_its_sum(read: Read) -> None:
    code, _ = orgs.villages()[0]
    lists = subsidies.given(code)
    assert lists
    first = lists[0]
    last = first.named_until_date
    shown, rows = subsidies.receivers(code, first.program_code, first.period, last)
    assert shown == first
    assert sum(one.amount_fen for one in rows) == first.total_fen
    assert rows
    assert all("*" in one.name for one in rows)
    gone = subsidies.receivers(code, first.program_code, first.period, last + timedelta(days=1))
    assert gone == (first, [])
    got = Award.objects.filter(division_code=code, status="approved")[0]
    own = subsidies.own([got.person_id])
    assert got.amount_fen in {one.amount_fen for one in own}
    with pytest.raises(NotFound):
        subsidies.receivers(code, first.program_code, "1999-01", last)


def test_what_a_careless_officer_wrote_is_masked_and_not_left_out(read: Read) -> None:
    said = {
        address: body
        for address, body in read.found.bodies.items()
        if "家门口的路".encode() in body
    }
    assert {"portal:items", "portal:payment"} <= {crawl.kind_of(one) for one in said}
    assert all("（号码不公开）".encode() in one for one in said.values())


def test_no_resident_number_account_or_phone_is_in_any_public_byte(read: Read) -> None:
    assert len(read.numbers) > 500
    lengths = {len(one) for one in read.numbers}
    leaks = []
    for address, body in read.found.bodies.items():
        for where, text in crawl.texts(address, body):
            for run in RUN.findall(text):
                plain = run.replace(" ", "").replace("-", "").upper()
                leaks += [
                    f"{where}: {plain[start : start + length]}"
                    for length in lengths
                    for start in range(len(plain) - length + 1)
                    if plain[start : start + length] in read.numbers
                ]
    assert leaks == []


def test_nobody_is_named_in_full_where_he_may_not_be(read: Read) -> None:
    assert len(read.names) > 500
    posts = frozenset(Appointment.objects.values_list("person__name", flat=True))
    leaks = []
    for address, body in read.found.bodies.items():
        allowed = posts if crawl.kind_of(address) in WHO else frozenset()
        for where, text in crawl.texts(address, body):
            leaks += [f"{where}: {name}" for name in _named(read, text) - allowed]
    assert leaks[:20] == []


def test_the_search_finds_no_villager_by_his_name(read: Read) -> None:
    posts = set(Appointment.objects.values_list("person__name", flat=True))
    county = open_text()
    assert len(county) > 3_000
    assert [one for one in sorted(read.names - posts) if one in without(county, read.firms)] == []
    assert "*" not in county
    client = Client()
    for name in sorted(read.names - posts)[::40]:
        assert f"没有找到“{name}”" in client.get("/search/", {"q": name}).content.decode()


def test_posters_and_sheets_for_doors_were_read_as_words(read: Read) -> None:
    papers = {
        address: "".join(text for _, text in crawl.texts(address, body))
        for address, body in read.found.bodies.items()
        if body[:5] == b"%PDF-"
    }
    printed = {"poster", "door"}
    assert {one.split(" ")[0] for one in papers if one[0] != "/"} == printed
    assert any(crawl.kind_of(one) == "portal:poster" for one in papers if one[0] == "/")
    for code, name in orgs.villages():
        assert all(name in text for one, text in papers.items() if code in one)


def test_a_household_sees_its_own_rows_and_nobody_elses(read: Read) -> None:
    paid = Payment.objects.filter(payee_kind="person", status="SETTLED").order_by("pk")
    homes = {paid[0].payee_person.household_id}
    homes |= set(Household.objects.order_by("pk").values_list("pk", flat=True)[::90])
    masks = {masking.name(one) for one in read.names}
    shown = 0
    for home in Household.objects.filter(pk__in=homes - {None}):
        own = list(Person.objects.filter(household=home).values_list("name", flat=True))
        page = household_page(home, own[0])
        plain = html.unescape(re.sub(r"<[^>]+>", "\n", page))
        runs = {run.replace(" ", "").replace("-", "") for run in RUN.findall(plain)}
        assert runs & read.numbers == set()
        assert _named(read, page) == set()
        told = {one for one in masks if one in plain}
        mine = {masking.name(one) for one in own}
        own_rows = Payment.objects.filter(payee_person__household=home)
        titles = {one for row in own_rows for one in masks
                  if one in naming.clean(home.division_id, [row.order.purpose])[0]}  # fmt: skip
        assert {one for one in told if not any(one in each for each in mine | titles)} == set()
        shown += own_rows.filter(status="SETTLED").count()
    assert shown > 0


def household_page(home: Household, name: str) -> str:
    """Return the page of a household after its proof by code."""
    at = clock.now()
    code = households.issue_code(household_ext_id=home.ext_id, by=SYSTEM, at=at)
    client, here = Client(), f"/village/{home.division_id}/family/"
    assert client.post(here, {"name": name, "code": code}).status_code == 302
    page = client.get(f"{here}money/")
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    return str(page.content.decode())


def open_text() -> str:
    """Return everything that the search looks through."""
    return "\n".join(SearchLine.objects.values_list("words", flat=True))


def _named(read: Read, text: str) -> set[str]:
    plain = html.unescape(re.sub(r"<[^>]+>", "\n", text))
    plain = without(plain, read.firms)
    runs = set(re.findall(r"[\u3400-\u9fff·]{2,}", plain))
    return {
        run[start : start + length]
        for run in runs
        for length in (2, 3, 4)
        for start in range(len(run) - length + 1)
    } & read.names


def without(text: str, firms: Iterable[str]) -> str:
    """Return a text without the names of firms, which may hold a person's."""
    for firm in firms:
        text = text.replace(firm, "")
    return text


def test_pictures_carry_nothing_of_the_phone_that_took_them(read: Read) -> None:
    for address, body in read.found.bodies.items():
        if body[:4] == b"RIFF" or body[1:4] == b"PNG" or body[:2] == b"\xff\xd8":
            picture = Image.open(io.BytesIO(body))
            assert not picture.getexif(), address
            assert not {"exif", "xmp", "comment"} & set(picture.info), address


def test_the_catalogue_is_dcat_and_every_address_in_it_answers(read: Read) -> None:
    told = json.loads(read.found.bodies["/open/catalogue.jsonld"])
    assert told["@type"] == "dcat:Catalog"
    assert told["@context"]["dcat"] == "http://www.w3.org/ns/dcat#"
    assert told["@id"] == "http://testserver/open/catalogue.jsonld"
    assert told["dcterms:publisher"]["@type"] == "foaf:Agent"
    assert told["dcat:service"][0]["@type"] == "dcat:DataService"
    assert len(told["dcat:dataset"]) == 3
    client = Client()
    for dataset in told["dcat:dataset"]:
        assert dataset["@type"] == "dcat:Dataset"
        assert {"dcterms:title", "dcterms:description", "dcterms:publisher"} <= set(dataset)
        assert len(dataset["dcat:distribution"]) >= 4
        for one in dataset["dcat:distribution"]:
            assert one["@type"] == "dcat:Distribution"
            assert one["dcat:mediaType"]["@id"].startswith("https://www.iana.org/")
            answer = client.get(one["dcat:downloadURL"]["@id"])
            assert answer.status_code == 200
            assert b"".join(answer) != b""
            media = one["dcat:mediaType"]["@id"].split("media-types/")[1]
            assert answer.headers["Content-Type"].startswith(media)


def test_a_package_opens_by_its_own_description_and_agrees_with_the_page(
    read: Read, tmp_path: Path
) -> None:
    code, _ = orgs.villages()[0]
    with zipfile.ZipFile(io.BytesIO(read.found.bodies[f"/open/{code}/package.zip"])) as archive:
        archive.extractall(tmp_path)
    told = json.loads((tmp_path / "datapackage.json").read_text())
    assert [one["name"] for one in told["resources"]] == sorted(
        ["asset", "line", "month", "price", "publication", "village"]
    )
    rows = {}
    for one in told["resources"]:
        path = tmp_path / one["path"]
        assert file_sm3(path) == one["x-sm3"]
        with path.open(encoding="utf-8", newline="") as stream:
            rows[one["name"]] = list(csv.DictReader(stream))
        assert len(rows[one["name"]]) == one["x-rows"]
        assert list(rows[one["name"]][0]) == [each["name"] for each in one["schema"]["fields"]]
        keys = [tuple(row[key] for key in one["schema"]["primaryKey"]) for row in rows[one["name"]]]
        assert len(keys) == len(set(keys))
    month = months()[1]
    page = json.loads(read.found.bodies[f"/api/v1/villages/{code}/months/{month}"])
    own = [row for row in rows["line"] if row["period"] == month and row["direction"] == "out"]
    assert sum(int(row["amount_fen"]) for row in own) == page["out_fen"]
    assert any("*" in row["other_party"] for row in rows["line"])


def test_the_feed_lists_what_was_published_and_names_nobody(read: Read) -> None:
    code, _ = orgs.villages()[0]
    tree = ET.fromstring(read.found.bodies[f"/site/{code}/feed.xml"])
    entries = tree.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) >= len(months())
    assert any(address.startswith("/site/people/") for address in read.found.bodies)
    assert "/site/people/" not in read.found.bodies[f"/site/{code}/feed.xml"].decode()
