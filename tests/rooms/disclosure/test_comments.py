"""Comments on a consultation: once for each household, counted, answered, closed at the date."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.disclosure import comment_queries
from sanzi.disclosure.actions import comments, publishing
from sanzi.disclosure.actions.comments import Words
from sanzi.disclosure.actions.publishing import Sheet
from sanzi.disclosure.errors import CommentsClosed, NumberInText, SaidAlready, WordsMissing
from sanzi.disclosure.models import Comment, Publication
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from worlds import village
from worlds.village import AT, STONE, WILLOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FOR, AGAINST = Words("for", ""), Words("against", "太贵了")


@pytest.fixture
def world() -> village.World:
    return village.build()


@pytest.fixture
def plan(world: village.World) -> Publication:
    return publish("东塘招租方案")


def publish(title: str, item: str = "V01", replaces: Publication | None = None) -> Publication:
    sheet = Sheet(
        WILLOW, "O-WILLOW", item, title, {"facts": []}, subject=("case", "330782-2026-000009")
    )
    return publishing.publish(sheet=sheet, by=SYSTEM, at=AT, replaces=replaces)


def villager(world: village.World, name: str, division: str = WILLOW) -> Actor:
    return orgs.villager(village.villager(world, name, division).pk)


def say(one: Publication, words: Words, by: Actor, days: int = 1) -> Comment:
    return comments.say(
        village_code=WILLOW, ext_id=one.ext_id, words=words, by=by, at=AT + days * DAY
    )


def test_they_are_counted_and_a_text_is_public_with_its_answer(
    world: village.World, plan: Publication
) -> None:
    say(plan, FOR, villager(world, "王小芳"))
    one = say(plan, AGAINST, villager(world, "赵大明"))

    found = comment_queries.of(plan, AT + DAY)
    assert found is not None
    assert found.counts == (("同意", 1), ("不同意", 1), ("有别的想法", 0))
    assert (found.rows, found.waiting, found.is_open) == ((), 1, True)

    clerk = world.actor("village_clerk")
    assert [each.said.words for each in comment_queries.waiting(by=clerk)] == ["太贵了"]
    comments.answer(ext_id=one.ext_id, text="按评估价定的", by=clerk, at=AT + 2 * DAY)

    found = comment_queries.of(plan, AT + 2 * DAY)
    assert found is not None
    assert [(each.words, each.answer) for each in found.rows] == [("太贵了", "按评估价定的")]
    assert found.waiting == 0
    assert comment_queries.waiting(by=clerk) == []
    kinds = Event.objects.filter(kind__startswith="disclosure.comment.").order_by("pk")
    assert [each.kind.rsplit(".", 1)[1] for each in kinds] == ["said", "said", "answered"]


def test_another_version_of_the_plan_keeps_what_was_said(
    world: village.World, plan: Publication
) -> None:
    by = villager(world, "王小芳")
    say(plan, FOR, by)
    newer = publish("东塘招租方案（更正）", replaces=plan)

    found = comment_queries.of(newer, AT + DAY)
    assert found is not None
    assert dict(found.counts)["同意"] == 1
    with pytest.raises(SaidAlready):
        say(newer, AGAINST, by)
    with pytest.raises(NotFound):
        say(plan, FOR, villager(world, "赵大明"))


@pytest.mark.parametrize(
    ("words", "days", "refusal"),
    [
        (Words("against", " "), 1, WordsMissing),
        (Words("maybe", "看看"), 1, WordsMissing),
        (Words("other", "打我电话13800138000"), 1, NumberInText),
        (FOR, 16, CommentsClosed),
    ],
)
def test_what_cannot_be_taken_leaves_nothing(
    world: village.World, plan: Publication, words: Words, days: int, refusal: type[Refusal]
) -> None:
    by = villager(world, "王小芳")
    with pytest.raises(refusal):
        say(plan, words, by, days)

    assert not Comment.objects.exists()
    assert not Event.objects.filter(kind="disclosure.comment.said").exists()
    say(plan, FOR, by, 15)


def test_another_village_an_officer_and_another_item_are_not_heard(
    world: village.World, plan: Publication
) -> None:
    spent = publish("修路", "F04")
    assert comment_queries.of(spent, AT) is None
    for one, by in (
        (plan, villager(world, "石大山", STONE)),
        (plan, world.actor("village_clerk")),
        (spent, villager(world, "王小芳")),
    ):
        with pytest.raises(NotFound):
            say(one, FOR, by)
    assert not Comment.objects.exists()


def test_only_the_village_answers_and_once(world: village.World, plan: Publication) -> None:
    one = say(plan, AGAINST, villager(world, "王小芳"))
    with pytest.raises(NotFound):
        comments.answer(ext_id=one.ext_id, text="好", by=world.actor("stone_cashier"), at=AT)
    clerk = world.actor("village_clerk")
    for text, refusal in ((" ", WordsMissing), ("打13800138000", NumberInText)):
        with pytest.raises(refusal):
            comments.answer(ext_id=one.ext_id, text=text, by=clerk, at=AT)
    assert Comment.objects.get().answered_at is None
    comments.answer(ext_id=one.ext_id, text="再议", by=clerk, at=AT)
    with pytest.raises(NotFound):
        comments.answer(ext_id=one.ext_id, text="不议了", by=clerk, at=AT)
    assert Comment.objects.get().answer == "再议"
