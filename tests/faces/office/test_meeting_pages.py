"""Decisions and meetings through their pages: the whole way, wrong input, the phone at the door."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sanzi.kernel import clock
from sanzi.matters.models import Attendance, Decision, DecisionStep, Meeting
from worlds import cases, meetings
from worlds.cases import Desk
from worlds.meetings import Hall


@pytest.fixture
def hall(desk: Desk) -> Hall:
    """The village of the desk, with its representatives and party members."""
    return meetings.settle(desk.world)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let it be this moment."""
    monkeypatch.setattr(clock, "now", lambda: moment)


def new(**changed: str) -> dict[str, str]:
    """Return the form of a plan as typed."""
    return {
        "organisation": "O-WILLOW-VC", "title": "村内道路修补", "subject": "works",
        "procedure": "four_two", "body": "villager_reps", "amount": "80000", "plan_text": "修路。",
        **changed,
    }  # fmt: skip


def read(client: Client, name: str, *arguments: str, query: str = "") -> str:
    """Return the text of a page."""
    answer: Any = client.get(reverse(f"office:{name}", args=arguments) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "必填"),
        ({"amount": "很多"}, "id_amount_error"),
        ({"amount": "-5"}, "id_amount_error"),
        ({"amount": "9" * 20}, "id_amount_error"),
        ({"subject": "gold"}, "gold"),
        ({"organisation": "O-STONE"}, "O-STONE"),
        ({"subject": "charter"}, "第二十六条：“集体经济组织章程”不能由村民代表会议决定"),
        ({"interested": "P-stone-1"}, "P-stone-1"),
        ({"plan_text": "长" * 4001}, "4000"),
    ],
)
def test_a_wrong_plan_is_told_and_not_kept(
    officer: Any, hall: Hall, changed: dict[str, str], said: str
) -> None:
    answer = officer("village_clerk").post(reverse("office:decision_new"), new(**changed))

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Decision.objects.filter(plan__isnull=False).count() == 0


def test_a_decision_is_taken_from_page_to_page(
    officer: Any, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = officer("village_clerk")
    answer = client.post(reverse("office:decision_new"), new(amount="80000"))
    assert answer.status_code == 302
    ext_id = Decision.objects.get(plan__isnull=False).ext_id
    act = reverse("office:decision_act", args=[ext_id])
    assert "下一步：党组织提议" in read(client, "decision", ext_id)
    day = clock.local_date(cases.AT + timedelta(days=4))
    call = {
        "do": "call", "step": "proposal", "day": day.isoformat(), "hour": "14:00",
        "place": "文化礼堂", "chair": hall.world.people["village_secretary"].ext_id,
        "papers": "on",
    }  # fmt: skip
    late = client.post(act, {**call, "day": "2026-11-01"})
    assert "开会时间要在今后一年里" in late.content.decode()
    assert "有效的日期" in client.post(act, {**call, "day": "明天"}).content.decode()
    assert client.post(act, call).status_code == 302
    meeting = Meeting.objects.get()
    run = reverse("office:meeting_act", args=[meeting.ext_id])
    early = client.post(run, {"do": "open"}, follow=True).content.decode()
    assert f"签到要在开会那天开，就是{day.month}月{day.day}日" in early

    at(monkeypatch, meeting.held_at)
    client.post(run, {"do": "open"})
    page = read(client, "meeting", meeting.ext_id)
    assert f"会场码 {meeting.code}" in page
    head, other = hall.people("party_committee")
    client.post(run, {"do": "sign", "person": head.ext_id})
    twice = client.post(run, {"do": "sign", "person": head.ext_id}, follow=True)
    assert "已经签到了" in twice.content.decode()
    phone = Client()
    door = reverse("portal:sign_in", args=[meeting.ext_id])
    typed = {"code": meeting.code, "name": other.name, "phone": meetings.phone_of(other)}
    assert "对不上名册" in phone.post(door, {**typed, "code": "0"}).content.decode()
    assert "签到好了" in phone.post(door, typed).content.decode()
    assert Attendance.objects.count() == 2
    assert (
        "还没有点"
        in client.get(
            reverse("office:meeting_minutes", args=[meeting.ext_id]), follow=True
        ).content.decode()
    )
    many = client.post(
        run, {"do": "count", "agree": "3", "against": "0", "abstain": "0"}, follow=True
    )
    assert "能投票的有2人，填了3票" in many.content.decode()
    client.post(run, {"do": "count", "agree": "2", "against": "0", "abstain": "0"})
    assert DecisionStep.objects.get().agree_count == 2
    none = client.post(run, {"do": "hang", "kind": "minutes"}, follow=True).content.decode()
    assert "没有选文件" in none
    photo = SimpleUploadedFile("记录.jpg", cases.photo(3), "image/jpeg")
    client.post(run, {"do": "hang", "kind": "minutes", "file": photo})
    client.post(run, {"do": "minutes"})
    assert len(DecisionStep.objects.get().minutes_digest) == 64
    made = client.get(reverse("office:meeting_minutes", args=[meeting.ext_id]))
    assert made["Content-Type"] == "application/pdf"
    assert made.content.startswith(b"%PDF-")
    done = read(client, "decision", ext_id)
    assert "《村级议事通行做法》第一条：应到3人，到了2人，够三分之二。" in done
    assert "下一步：两委商议" in done


def test_the_sign_in_page_is_there_only_while_the_roll_is_open(hall: Hall) -> None:
    meeting = hall.call(hall.plan(), "proposal", meetings.AT)
    door = reverse("portal:sign_in", args=[meeting])

    assert Client().get(door).status_code == 404
    hall.open(meeting)
    assert Client().get(door).status_code == 200
    assert Client().get(reverse("portal:sign_in", args=["MT-NOTHING"])).status_code == 404


def test_the_list_is_narrowed_and_taken_out(officer: Any, hall: Hall) -> None:
    hall.plan()
    client = officer("village_clerk")

    assert "村内道路修补" in read(client, "decisions", query="?q=道路")
    assert "没有这样的决策" in read(client, "decisions", query="?q=没有的")
    assert "没有这样的决策" in read(client, "decisions", query="?status=revoked&q=道路")
    taken: Any = client.get(reverse("office:decisions") + "?as=csv")
    assert "村内道路修补" in b"".join(taken.streaming_content).decode()


def test_who_has_an_interest_and_a_revocation_go_through_the_page(officer: Any, hall: Hall) -> None:
    ext_id = hall.plan()
    client = officer("village_clerk")
    act = reverse("office:decision_act", args=[ext_id])
    rep = hall.people("villager_rep")[0]

    client.post(act, {"do": "aside", "person": rep.ext_id, "reason": "承包人"})
    assert f"{rep.name}，承包人" in read(client, "decision", ext_id)
    assert "原因没有写" in client.post(act, {"do": "revoke"}, follow=True).content.decode()
    client.post(act, {"do": "revoke", "reason": "方案有变"})
    assert "已撤销" in read(client, "decision", ext_id)
    assert client.post(act, {"do": "dance"}).status_code == 404
