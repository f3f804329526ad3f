"""The sheet of a day on a phone, without JavaScript: photo, roster, signatures, check."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sanzi.registers.labour.models import LabourDay, LabourPhoto, LabourRequest
from sanzi.registers.labour.queries import requests as queries
from worlds import labour as world
from worlds.money import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def labour(desk: Any) -> world.Labour:
    return world.around(desk.money)


@pytest.fixture
def request_id(labour: world.Labour) -> str:
    return world.approved(labour)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def shoot(client: Any, address: str, phase: str, mark: int) -> str:
    photo = SimpleUploadedFile("现场.jpg", world.picture(mark, AT), content_type="image/jpeg")
    said = {"do": "photo", "phase": phase, "photo": photo}
    return text(client.post(address, said, follow=True))


def roster(labour: world.Labour, **changed: Any) -> dict[str, Any]:
    people = [one.ext_id for one in labour.workers]
    return {
        "do": "save", "on": people, "signed": people, "start": "08:00", "end": "17:00",
        "hours": "8", **changed,
    }  # fmt: skip


def on_desks(dispatcher: Any, checker: Any, day: str) -> tuple[bool, bool]:
    """Return whether the day's roster stands on the desk of the dispatcher, and of the checker."""
    home = reverse("office:home")
    shown = [f'href="{day}"' in text(one.get(home)) for one in (dispatcher, checker)]
    return shown[0], shown[1]


def test_a_day_goes_from_photo_to_check(labour, request_id, officer) -> None:
    dispatcher, checker = officer("committee_member"), officer("supervision_head")
    day = reverse("office:labour_day", args=[request_id, "2026-11-18"])

    assert on_desks(dispatcher, checker, day) == (True, False)
    assert "还没有开工前的照片" in text(dispatcher.post(day, roster(labour), follow=True))
    assert "照片收下了" in shoot(dispatcher, day, "before", 1)
    assert "名单存下了" in text(dispatcher.post(day, roster(labour), follow=True))
    assert on_desks(dispatcher, checker, day) == (True, True)
    assert "还没有收工后的照片" in text(checker.post(day, {"do": "check"}, follow=True))
    shoot(dispatcher, day, "after", 2)
    assert "核对好了" in text(checker.post(day, {"do": "check"}, follow=True))
    assert on_desks(dispatcher, checker, day) == (False, False)

    assert LabourDay.objects.exclude(checked_at=None).count() == 4
    assert "核对过了" in text(dispatcher.get(day))
    assert "60000" in text(dispatcher.get(reverse("office:labour"))).replace(",", "").replace(
        ".", ""
    )
    file = dispatcher.get(reverse("office:labour") + "?file=csv")
    assert "村东排水沟" in b"".join(file.streaming_content).decode()


def test_who_is_paid_by_the_piece_has_his_pieces_told(labour, officer) -> None:
    made = world.by_piece(labour)
    client = officer("committee_member")
    day = reverse("office:labour_day", args=[made, "2026-11-18"])
    shoot(client, day, "before", 1)
    assert "做了几件" in text(client.get(day))
    whole = {f"pieces-{one.ext_id}": "5" for one in labour.workers}
    for wrong, said in (("", "按件算工钱"), ("五", "要写数字")):
        refused = text(
            client.post(day, roster(labour, **{**whole, "pieces-V1": wrong}), follow=True)
        )
        assert said in refused
        assert not LabourDay.objects.exists()

    client.post(day, roster(labour, **whole))

    found = LabourDay.objects.values_list("piece_qty", "amount_fen")
    assert list(found) == [(5, 20_000)] * 4
    page = text(client.get(reverse("office:labour_request", args=[made])))
    assert "40.00元，一件" in page


def test_who_is_paid_by_the_day_is_not_asked_for_pieces(labour, request_id, officer) -> None:
    client = officer("committee_member")
    day = reverse("office:labour_day", args=[request_id, "2026-11-18"])
    shoot(client, day, "before", 1)

    assert "做了几件" not in text(client.get(day))


def test_a_row_of_its_own_hours_stands_beside_those_of_all(labour, request_id, officer) -> None:
    client = officer("committee_member")
    day = reverse("office:labour_day", args=[request_id, "2026-11-18"])
    shoot(client, day, "before", 1)

    client.post(day, roster(labour, **{"end-V1": "12:00", "hours-V1": "4"}))

    found = LabourDay.objects.order_by("person__ext_id").values_list("minutes", "amount_fen")
    assert list(found) == [(240, 7_500), (480, 15_000), (480, 15_000), (480, 15_000)]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"on": []}, "名单上一个人也没有"),
        ({"on": ["P-stone-1"]}, "不是本村登记的人"),
        ({"on": ["' OR 1=1"]}, "不是本村登记的人"),
        ({"hours": ""}, "工时要写数字"),
        ({"hours": "八"}, "工时要写数字"),
        ({"hours": "-8"}, "工时要写数字"),
        ({"hours": "99999"}, "一天没有24小时以上"),
        ({"start": "25:99"}, "时间要写成08:00这样"),
        ({"start": ""}, "时间要写成08:00这样"),
        ({"end": "08:00"}, "收工要在开工以后"),
    ],
)
def test_a_wrong_roster_is_told_in_words(labour, request_id, officer, changed, words) -> None:
    client = officer("committee_member")
    day = reverse("office:labour_day", args=[request_id, "2026-11-18"])
    shoot(client, day, "before", 1)

    assert words in text(client.post(day, roster(labour, **changed), follow=True))
    assert not LabourDay.objects.exists()


def test_a_photo_sent_again_is_kept_once_and_no_photo_is_said(labour, request_id, officer) -> None:
    client = officer("committee_member")
    day = reverse("office:labour_day", args=[request_id, "2026-11-18"])
    for _ in range(2):
        shoot(client, day, "before", 1)

    assert LabourPhoto.objects.count() == 1
    told = text(client.post(day, {"do": "photo", "phase": "before"}, follow=True))
    assert "没有选照片" in told


def test_the_next_day_begins_with_the_roster_of_the_last(labour, request_id, officer) -> None:
    client = officer("committee_member")
    day = reverse("office:labour_day", args=[request_id, "2026-11-18"])
    assert text(client.get(day)).count(" checked") == 0
    shoot(client, day, "before", 1)
    client.post(day, roster(labour, start="07:00", hours="9"))

    found = queries.sheet(world.found(request_id), date(2026, 11, 19))

    assert found.copied_from == date(2026, 11, 18)
    assert [one.is_on for one in found.lines] == [True] * 4
    assert {(one.start, one.end, one.hours) for one in found.lines} == {("07:00", "17:00", "9")}
    assert not any(one.is_signed for one in found.lines)


def test_days_that_are_none_are_not_found(labour, request_id, officer) -> None:
    client = officer("committee_member")
    for day in ("2026-13-40", "yesterday"):
        address = reverse("office:labour_day", args=[request_id, day])
        assert client.get(address).status_code == 404
    outside = reverse("office:labour_day", args=[request_id, "2027-01-01"])
    assert "现在不能记" in text(client.get(outside))
    address = reverse("office:labour_day", args=[request_id, "2026-11-18"])
    assert client.post(address, {"do": "nothing"}).status_code == 404


def test_a_request_of_history_without_a_case_opens_too(labour, request_id, officer) -> None:
    LabourRequest.objects.filter(ext_id=request_id).update(case_number="")

    page = officer("committee_member").get(f"/office/labour/{request_id}/")

    assert page.status_code == 200
    assert "办件" not in page.content.decode().split("<main", 1)[1].split("申请", 1)[0]
