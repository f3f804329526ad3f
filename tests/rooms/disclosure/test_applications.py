"""The public door: a household hands in a case, the office takes it, the household follows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sanzi.audit import queries as audit
from sanzi.disclosure import errors, rules
from sanzi.disclosure.actions import applications, households
from sanzi.disclosure.models import Application
from sanzi.evidence import queries as evidence
from sanzi.evidence import storage
from sanzi.evidence.actions import files
from sanzi.evidence.errors import FileBroken, KindNotTaken
from sanzi.evidence.models import Attachment
from sanzi.kernel.refusals import Refusal
from sanzi.matters import errors as refusals
from sanzi.matters import followed, queries
from sanzi.matters.actions import cases, online
from sanzi.matters.models import Case, CaseStep
from sanzi.notices.models import Notice
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.registers.seals.models import Service
from worlds import doors, walks
from worlds.village import AT, WILLOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return doors.build()


def rows() -> tuple[int, int, int, int, int]:
    return (
        Application.objects.count(), Case.objects.count(), CaseStep.objects.count(),
        Attachment.objects.count(), Service.objects.count(),
    )  # fmt: skip


def test_a_villager_s_certificate_waits_for_the_clerk_in_the_village_s_name(world: World) -> None:
    receipt = doors.hand_in()

    walk = walks.Walk(world, receipt.number)
    assert (walk.case.state, walk.case.organisation.ext_id) == ("SUBMITTED", "O-WILLOW-VC")
    assert (walk.open_step.step_key, walk.open_step.role_code) == ("apply", "village_clerk")
    assert walk.open_step.due_at == AT + timedelta(hours=4)
    assert Service.objects.get().channel == "online"
    [todo] = queries.todo(by=world.actor("village_clerk"), at=AT)
    assert (todo.case.number, todo.word) == (receipt.number, "登记")
    events = audit.history("case", receipt.number)
    assert {(one.actor_id, one.actor_name, one.origin) for one in events} == {
        (None, "王*芳", "村民门户")
    }


def test_it_goes_from_the_clerk_over_voucher_and_seal_to_the_villager(world: World) -> None:
    walk = walks.Walk(world, doors.hand_in().number)
    walk.approve("village_clerk", "committee_member")
    sealing = walks.Walk(world, Service.objects.get().seal_case_number, photos=50)
    sealing.record("seal_keeper", {"is_used": "yes"}, ("before_photo", "after_photo"))
    walk.record("village_clerk", {"to_whom": "self"})

    assert walk.case.state == "DONE"
    assert told(walk.number) == ["taken", "decided", "decided"]
    assert all(doors.PHONE not in str(one.params) for one in Notice.objects.all())
    seen = followed.follow(by=doors.villager("李大山"), number=walk.number, at=AT)
    assert [one.state for one in seen.steps] == ["done", "done", "done"]
    assert not seen.may_withdraw


def told(number: str) -> list[str]:
    rows = Notice.objects.filter(channel="SMS", subject_id=number).order_by("pk")
    return [one.template.removeprefix("application_") for one in rows]


def test_a_returned_case_says_why_is_put_right_and_comes_again(world: World) -> None:
    number = doors.hand_in(form={**doors.CERTIFICATE, "purpose": "上学"}).number
    walk = walks.Walk(world, number)
    back(walk, "village_clerk", "not_true", "写清哪个学校")

    seen = followed.follow(by=doors.villager(), number=number, at=AT)
    assert (seen.line.state, seen.reason, seen.opinion) == (
        "RETURNED", "情况不属实", "写清哪个学校",
    )  # fmt: skip
    wish = online.Wish(
        {**doors.CERTIFICATE, "purpose": "镇小学报名"}, (doors.picture("other"),)
    )  # fmt: skip
    online.put_right(number=number, wish=wish, by=doors.villager("李大山"), at=AT)

    assert (walk.case.title, walk.case.round, walk.open_step.step_key) == ("镇小学报名", 2, "apply")
    assert walk.case.started_by == world.people["王小芳"]
    walk.approve("village_clerk")
    assert walk.open_step.step_key == "vouch"
    assert told(number) == ["given_back", "taken"]
    text = Notice.objects.get(template="application_given_back").params
    assert text["reason"] == "情况不属实"
    assert "哪个学校" not in str(text)


def back(walk: walks.Walk, role: str, reason: str, text: str, verdict: str = "return") -> None:
    opinion = cases.Opinion(verdict, walk.case.content_digest, text, reason)
    cases.act(number=walk.number, by=world_actor(walk, role), at=walk.at, opinion=opinion)


def world_actor(walk: walks.Walk, role: str) -> Actor:
    return walk.world.actor(role, walk.at)


def test_what_the_clerk_refuses_is_told_and_ends(world: World) -> None:
    walk = walks.Walk(world, doors.hand_in().number)
    back(walk, "village_clerk", "not_listed", "找镇里", "reject")

    assert walk.case.state == "REJECTED"
    assert told(walk.number) == ["refused"]
    assert Service.objects.get().status == "ended"


def test_it_is_withdrawn_until_the_first_approval_and_no_longer(world: World) -> None:
    walk = walks.Walk(world, doors.hand_in().number)
    walk.approve("village_clerk")
    cases.withdraw(number=walk.number, by=doors.villager(), at=AT)
    assert walk.case.state == "WITHDRAWN"
    assert told(walk.number) == ["taken"]

    late = walks.Walk(world, doors.hand_in(token="another-token-0123").number)
    late.approve("village_clerk", "committee_member")
    before = rows()
    with pytest.raises(refusals.TakenAlready, match="撤不回"):
        cases.withdraw(number=late.number, by=doors.villager(), at=AT)
    assert (late.case.state, rows()) == ("APPROVED", before)


def test_the_same_form_sent_twice_is_one_case(world: World) -> None:
    first, again = doors.hand_in(), doors.hand_in()

    assert (first.number, first.code == "") == (again.number, False)
    assert again.code == ""
    assert Case.objects.count() == 1
    with pytest.raises(NotFound):
        doors.hand_in(name="赵别家")


@pytest.mark.parametrize(
    ("matter", "form", "refusal", "words"),
    [
        ("M35", {"applicant_person_id": "V2"}, refusals.NotOnline, "要选您家里的人"),
        ("M35", {"item_code": "poem"}, refusals.NotOnline, "没有这一项"),
        ("M35", {"channel": "desk"}, refusals.NotOnline, "网上不填"),
        ("M35", {"text": "兹证明"}, refusals.NotOnline, "网上不填"),
        ("M35", {"purpose": ""}, refusals.FormIncomplete, "用在哪里"),
        ("M35", {"purpose": "x" * 21}, refusals.BadField, "最多20个字"),
        ("M35", {"item_code": "no_crime"}, Refusal, "派出所"),
        ("M10", {}, NotFound, ""),
        ("M99", {}, NotFound, ""),
    ],
)
def test_what_is_refused_leaves_nothing(
    world: World, matter: str, form: dict[str, str], refusal: type[Refusal], words: str
) -> None:
    before = rows()
    with pytest.raises(refusal) as refused:
        doors.hand_in(matter, {**doors.CERTIFICATE, **form})
    assert words in f"{refused.value.text}{refused.value.advice}"
    assert rows() == before


@pytest.mark.parametrize(
    ("upload", "refusal"),
    [
        (files.Upload("a.jpg", "other", b"\xff\xd8\xff broken"), FileBroken),
        (files.Upload("a.exe", "other", b"MZ program"), KindNotTaken),
        (doors.picture("photo"), refusals.NotOnline),
    ],
)
def test_a_broken_upload_leaves_nothing_half_done(
    world: World, upload: files.Upload, refusal: type[Refusal]
) -> None:
    before = rows()
    with pytest.raises(refusal):
        doors.hand_in(uploads=(doors.picture("other"), upload))
    assert rows() == before
    assert doors.hand_in().code


def test_photos_are_kept_without_where_they_were_taken(world: World) -> None:
    sent = doors.located_photo("other")
    number = doors.hand_in(uploads=(sent,)).number

    [hung] = evidence.attachments("case", number)
    kept = storage.original(hung.digest).read_bytes()
    assert b"Exif" in bytes(sent.content)
    assert b"Exif" not in kept


def test_a_household_and_an_address_may_begin_only_so_much_in_a_day(world: World) -> None:
    for number in range(5):
        doors.hand_in("M36", doors.QUESTION, token=f"question-{number:010d}")
    before = rows()
    with pytest.raises(errors.TooManyApplications, match="您家一天最多交5件"):
        doors.hand_in("M36", doors.QUESTION, token="question-the-sixth")
    assert rows() == before
    assert doors.hand_in(
        "M36", doors.QUESTION, token="question-tomorrow", at=AT + timedelta(days=1, minutes=1)
    )


def test_an_address_may_begin_only_so_much_in_a_day(world: World, monkeypatch) -> None:
    monkeypatch.setattr(rules, "APPLICATIONS_PER_ADDRESS", 1)
    doors.hand_in()
    with pytest.raises(errors.TooManyApplications, match="这个网络"):
        doors.hand_in("M36", doors.QUESTION, token="question-0123456789", name="赵别家")
    assert doors.hand_in("M36", doors.QUESTION, name="赵别家", address="198.51.100.9")


def test_nobody_reaches_the_case_of_another_household(world: World) -> None:
    number = doors.hand_in().number
    stranger = doors.villager("赵别家")
    before = rows()

    for attempt in (
        lambda: followed.follow(by=stranger, number=number, at=AT),
        lambda: cases.withdraw(number=number, by=stranger, at=AT),
        lambda: online.put_right(number=number, wish=online.Wish({}), by=stranger, at=AT),
        lambda: queries.case_page(by=stranger, number=number, at=AT),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert followed.of_household(by=stranger, at=AT) == []
    assert rows() == before


def test_a_villager_in_office_has_no_office_at_the_public_door(world: World) -> None:
    clerk = world.people["village_clerk"]
    Person.objects.filter(pk=clerk.pk).update(household=world.people["王小芳"].household)
    number = doors.hand_in(name="周文书").number
    at_home = doors.villager("周文书")

    with pytest.raises(NotFound):
        cases.start(matter_code="M35", organisation_ext_id="O-WILLOW-VC", by=at_home, at=AT)
    assert queries.todo(by=at_home, at=AT) == []
    assert CaseStep.objects.get(case__number=number).role_code == "cashier_reporter"


def test_a_receipt_opens_with_its_code_alone(world: World) -> None:
    receipt = doors.hand_in()
    knock = households.Knock(WILLOW, receipt.number, "198.51.100.7", AT)

    found = applications.open_receipt(knock=knock, code=receipt.code.lower())
    assert found.household_id == world.people["王小芳"].household_id
    for number in range(10):
        with pytest.raises(errors.ReceiptNotOpened):
            applications.open_receipt(
                knock=replace(knock, address=f"198.51.100.{number}"), code="ZZZZ-ZZZZ"
            )
    with pytest.raises(errors.TooManyTries):
        applications.open_receipt(knock=knock, code=receipt.code)
