"""The page of the log and its twin for programs: filters, pages, the file to take away."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.audit import actions as audit
from sanzi.orgs.actors import SYSTEM
from worlds import village

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(desk, officer) -> Client:
    """The county's discipline office, with sixty events of vouchers and one formula."""
    for number in range(60):
        audit.write(
            chain="O-WILLOW", kind="ledger.voucher.posted", by=desk.world.actor("town_leader"),
            at=desk.world.at, subject=("voucher", f"V-{number}"),
            after={"number": f"2026-11 记-{number}"},
        )  # fmt: skip
    audit.write(
        chain="O-STONE", kind="evidence.file.stored", by=SYSTEM, at=desk.world.at,
        subject=("case", "=1+1"),
    )  # fmt: skip
    return officer("county_discipline")


def text(client: Client, query: str = "") -> str:
    answer = client.get(reverse("office:log") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_filters_and_turns(reader) -> None:
    first = text(reader, "?words=记账")
    assert "第1页，共2页，60条" in first
    assert "林分管" in first
    assert "柳湾村股份经济合作社" in first

    second = text(reader, "?words=记账&page=2")
    assert "V-3<" in second or "V-3\n" in second
    assert "没有这样的记录" in text(reader, "?who=没有这个人")
    assert "上传凭据" in text(reader, "?who=&words==1%2B1")


def test_the_file_holds_what_was_found_and_no_formula(reader) -> None:
    answer = reader.get(reverse("office:log") + "?first=2020-01-01&as=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert rows[0][:4] == ["时间", "谁", "来自", "做了什么"]
    assert {row[3] for row in rows[1:]} >= {"记账", "上传凭据"}
    assert all(not cell.startswith(("=", "@")) for row in rows for cell in row)


def test_the_link_stands_only_for_those_who_may(reader, officer) -> None:
    assert "审计日志" in reader.get(reverse("office:home")).content.decode()
    assert (
        "审计日志" not in officer("agency_accountant").get(reverse("office:home")).content.decode()
    )


def test_an_inspector_opens_books_and_log_and_writes_nothing(desk, officer) -> None:
    village.add_auditor(desk.world, dt.date(2026, 11, 1), dt.date(2026, 12, 31))
    client = officer("auditor")

    for name in ("log", "books", "cases", "payments", "alerts"):
        assert client.get(reverse(f"office:{name}")).status_code == 200, name
    assert client.post(reverse("office:review", args=["D-1"]), {"do": "post"}).status_code == 404
