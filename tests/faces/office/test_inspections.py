"""Inspections in the office: order, draw, find, answer, verify, hand over, close, report."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from faces.office.test_letters import browser
from sanzi.inspection.actions import leads, plans
from sanzi.inspection.actions.leads import Told
from sanzi.inspection.models import Finding, Inspection, Lead, Outcome, Sample, Task
from sanzi.kernel import clock
from worlds import inspections
from worlds.inspections import COUNTY_AGRI, FINANCE
from worlds.labour import picture
from worlds.village import AT, WILLOW, World

HERE = "/office/inspections/"


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return inspections.build()


def shot(mark: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG.jpg", picture(mark, AT), "image/jpeg")


def ordered() -> dict[str, Any]:
    return {
        "title": "村级支出专项检查", "basis": "云纪〔2026〕12号", "method": "special",
        "starts_date": "2026-11-12", "ends_date": "2026-12-12", "period_from_date": "2026-01-01",
        "period_until_date": "2026-11-12", "sample_size": "5", "fields_looked": ["C", "D"],
        "people": [COUNTY_AGRI, FINANCE], "villages": [WILLOW],
    }  # fmt: skip


def found(**changed: Any) -> dict[str, Any]:
    return {
        "form": "C1", "facts": "三笔维修款没有审批就付了", "amount": "3,200.00",
        "demand": "补办审批，写明情况", "days": "", "rows": "", "photo": shot(), **changed,
    }  # fmt: skip


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_from_the_order_to_the_report(world: World) -> None:
    office, agri, finance, secretary = (
        browser(world, role)
        for role in ("county_discipline", "county_agri", "county_finance", "village_secretary")
    )
    answer = office.post(f"{HERE}new/", ordered())
    plan = Inspection.objects.get()
    assert answer["Location"] == f"{HERE}{plan.ext_id}/"
    task = Task.objects.get()
    there = f"{HERE}tasks/{task.ext_id}/"
    assert "还没有抽件" in text_of(agri, there)
    agri.post(there, {"do": "draw"})
    page = text_of(agri, there)
    assert "抽了5件" in page
    first = Sample.objects.order_by("number")[0]
    assert f"/office/cases/{first.ref}/" in page

    agri.post(f"{there}find/?sample={first.ext_id}", found())
    one = Finding.objects.get()
    assert (one.sample, one.amount_fen, one.form) == (first, 320_000, "C1")
    for sample in Sample.objects.filter(verdict=""):
        finance.post(there, {"do": "fine", "sample": sample.ext_id, "words": "齐全"})
    finance.post(there, {"do": "finish", "words": "账目基本清楚"})

    board = text_of(secretary, f"{HERE}findings/")
    problem = f"{HERE}findings/{one.ext_id}/"
    assert "1个问题等整改" in board
    assert problem in board
    said = {"do": "answer", "a-words": "审批补上了，写了说明", "a-money_back": ""}
    secretary.post(problem, {**said, "a-photo": shot(50)})
    assert "不能由您核对" not in text_of(agri, problem)
    assert "问题是您查出来的，请另一位检查人核对。" in text_of(agri, problem)
    finance.post(problem, {"do": "accept", "v-words": "审批单看过了"})
    finance.post(problem, {
        "do": "outcome", "o-kind": "papers", "o-amount": "", "o-decided_date": "2026-11-12",
        "o-words": "手续补齐", "o-document_ref": "",
    })  # fmt: skip
    assert Outcome.objects.get().kind == "papers"

    assert "办结以后不能再改" in text_of(office, f"{HERE}{plan.ext_id}/")
    office.post(f"{HERE}{plan.ext_id}/", {"do": "close", "summary": "付款手续已经补齐"})
    plan.refresh_from_db()
    assert plan.state == "closed"
    report = office.get(f"{HERE}{plan.ext_id}/report.pdf")
    pages = pypdfium2.PdfDocument(io.BytesIO(report.content))
    words = "".join(one.get_textpage().get_text_range() for one in pages)
    for expected in ("三笔维修款没有审批就付了", "审批补上了", "手续补齐", task.seed[:16]):
        assert expected in words.replace("\r\n", "")
    book = office.get(f"{HERE}{plan.ext_id}/report.xlsx")
    assert book.content[:2] == b"PK"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"villages": []}, "请至少选一个村"),
        ({"people": [COUNTY_AGRI]}, "至少要2个人一起去"),
        ({"fields_looked": []}, "要从清单里至少选一个"),
        ({"ends_date": "2026-11-01"}, "结束要在开始以后"),
        ({"sample_size": "0"}, "要在1到60之间"),
    ],
)
def test_a_wrong_order_is_refused_on_its_page_with_what_was_typed(
    world: World, changed: dict[str, Any], told: str
) -> None:
    answer = browser(world, "county_discipline").post(f"{HERE}new/", {**ordered(), **changed})

    page = answer.content.decode()
    assert told in page
    assert "云纪〔2026〕12号" in page
    assert not Inspection.objects.exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"photo": ""}, "一份也没有"),
        ({"amount": "-1"}, "不能是负数"),
        ({"form": ""}, "请从清单里选一种"),
        ({"facts": ""}, "查到的情况至少写4个字"),
        ({"rows": "M10-001，M10-NONE"}, "M10-NONE"),
    ],
)
def test_a_wrong_problem_is_refused_on_its_page_with_what_was_typed(
    world: World, changed: dict[str, Any], told: str
) -> None:
    task = inspections.drawn(world)
    path = f"{HERE}tasks/{task.ext_id}/find/"

    page = browser(world, "county_agri").post(path, found(**changed)).content.decode()

    assert told in page
    assert "补办审批，写明情况" in page
    assert not Finding.objects.exists()


def test_a_second_draw_and_an_early_end_are_told(world: World) -> None:
    task = inspections.drawn(world)
    client, there = browser(world, "county_agri"), f"{HERE}tasks/{task.ext_id}/"

    assert "已经抽过了" in client.post(there, {"do": "draw"}, follow=True).content.decode()
    early = client.post(there, {"do": "finish", "words": "看完了这个村"}, follow=True)
    assert "还有5件抽到的没有看" in early.content.decode()
    assert "看完了这个村" in early.content.decode()
    assert client.post(there, {"do": "dance"}).status_code == 404


def test_a_lead_is_typed_sealed_read_and_concluded_by_its_office_alone(world: World) -> None:
    task = inspections.drawn(world)
    one = inspections.found(world, task)
    agri, office = browser(world, "county_agri"), browser(world, "town_discipline_office")
    path = f"{HERE}tasks/{task.ext_id}/hand-over/?finding={one.ext_id}"
    assert "吴小芬" in text_of(agri, path)
    words = "报账员三次把维修款打进自己的卡"
    agri.post(path, {"words": words, "named": ["P-willow-1"]})
    made = Lead.objects.get()
    there = f"{HERE}leads/{made.ext_id}/"

    assert there in text_of(office, f"{HERE}leads/")
    assert words in text_of(office, there)
    office.post(there, {"do": "take"})
    office.post(there, {
        "do": "outcome", "kind": "warning", "amount": "", "decided_date": "2026-11-12",
        "words": "给予党内警告处分", "document_ref": "清纪〔2026〕3号",
    })  # fmt: skip
    assert "给予党内警告处分" in text_of(office, there)
    for role in ("county_agri", "village_secretary", "town_leader", "county_finance"):
        assert browser(world, role).get(there).status_code == 404
        assert browser(world, role).get(f"{HERE}leads/").status_code == 404


def test_a_village_sees_its_problem_and_neither_the_draw_nor_the_inspection(world: World) -> None:
    task = inspections.drawn(world)
    one = inspections.found(world, task)
    client = browser(world, "village_secretary")

    assert "三笔维修款付给了报账员" in text_of(client, f"{HERE}findings/{one.ext_id}/")
    for path in (
        HERE, f"{HERE}{task.inspection.ext_id}/", f"{HERE}tasks/{task.ext_id}/",
        f"{HERE}{task.inspection.ext_id}/report.pdf", f"{HERE}new/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    other = browser(world, "stone_cashier")
    assert other.get(f"{HERE}findings/{one.ext_id}/").status_code == 404
    assert "没有等整改的问题" in text_of(other, f"{HERE}findings/")


def test_a_wrong_answer_is_refused_on_its_page(world: World) -> None:
    one = inspections.found(world, inspections.drawn(world))
    client, there = browser(world, "village_secretary"), f"{HERE}findings/{one.ext_id}/"
    said = {"do": "answer", "a-words": "钱已经退回来了", "a-money_back": "3200"}

    page = client.post(there, said).content.decode()

    assert "整改要有照片或材料" in page
    assert "钱已经退回来了" in page
    one.refresh_from_db()
    assert one.state == "open"


def test_the_board_counts_narrows_and_leaves_as_a_table(world: World) -> None:
    task = inspections.drawn(world)
    inspections.answered(world, inspections.found(world, task))
    inspections.found(world, task, mark=2, form="C1", sample="", facts="有一笔没有批就付了")
    client = browser(world, "town_leader")

    page = text_of(client, f"{HERE}findings/?state=answered")
    assert "三笔维修款" in page
    assert "有一笔没有批就付了" not in page
    table = client.get(f"{HERE}findings/?state=open&as=csv")
    rows = b"".join(table.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 2
    assert "有一笔没有批就付了" in rows[1]
    assert client.get(f"{HERE}findings/?village=x").status_code == 404


def test_a_discipline_officer_writes_why_there_is_no_lead(world: World) -> None:
    one = inspections.found(world, inspections.drawn(world))
    there = f"{HERE}findings/{one.ext_id}/"
    client = browser(world, "county_discipline")
    assert "不移交，写明理由" in text_of(client, there)
    short = client.post(there, {"do": "keep_here", "reason": "不用"}, follow=True)
    assert "至少写10个字" in short.content.decode()

    client.post(there, {"do": "keep_here", "reason": "核实是代垫后报销，票据齐全"})

    one.refresh_from_db()
    assert one.no_lead_reason == "核实是代垫后报销，票据齐全"
    assert "不移交，写明理由" not in text_of(client, there)


def test_the_checklist_is_there_for_every_officer_with_its_sixty_two_forms(world: World) -> None:
    page = text_of(browser(world, "cashier_reporter"), f"{HERE}checklist/")

    assert "11个领域，62种问题" in page
    assert page.count('<details class="fold">') == 62


def test_the_lists_turn_pages_and_say_when_they_are_empty(world: World) -> None:
    client = browser(world, "county_discipline")
    assert "没有这样的检查" in text_of(client, HERE)
    for number in range(21):
        plans.order(
            wanted=inspections.wanted(title=f"第{number}次支出检查"),
            by=world.actor("county_discipline"), at=AT + timedelta(minutes=number),
        )  # fmt: skip

    page = text_of(client, HERE)
    assert "有21次检查在进行" in page
    assert "第2页" not in page
    assert "下一页" in page
    assert "第0次支出检查" in text_of(client, f"{HERE}?page=2")
    assert "没有移交来的线索" in text_of(client, f"{HERE}leads/")


def test_a_closed_inspection_offers_nothing_to_write(world: World) -> None:
    task = inspections.drawn(world)
    leads.hand(
        task=task.ext_id, told=Told("报账员三次把维修款打进自己的卡"), at=AT,
        by=world.actor("county_agri"),
    )  # fmt: skip
    inspections.looked_through(world, task)
    plans.close(
        ext_id=task.inspection.ext_id, summary="没有发现问题", at=AT,
        by=world.actor("county_discipline"),
    )  # fmt: skip
    client = browser(world, "county_agri")

    assert "办结这次检查" not in text_of(client, f"{HERE}{task.inspection.ext_id}/")
    assert "查完了，交上去" not in text_of(client, f"{HERE}tasks/{task.ext_id}/")
    late = client.post(f"{HERE}tasks/{task.ext_id}/find/", found())
    assert "已经办结，不能再改" in late.content.decode()
    assert not Finding.objects.exists()
