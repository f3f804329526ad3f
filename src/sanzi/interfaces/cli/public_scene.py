"""What the demo finds ready of publications: a consultation with two comments, and what is due.

Everything goes the way an officer, a villager or the worker would go, through the rooms' actions.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sanzi.disclosure import bulletin_queries, periods
from sanzi.disclosure.actions import comments, periodic, withdrawing
from sanzi.interfaces.cli import scene
from sanzi.kernel import clock
from sanzi.matters import queries
from sanzi.matters.actions import cases
from sanzi.matters.items import items
from sanzi.orgs import people_queries
from sanzi.orgs import queries as orgs

ITEM = "V01"
FORM = {
    "kind": "sheet",
    "item": ITEM,
    "title": "村口小公园怎么修",
    "words": "两个办法：只修路和灯，约六万元；加一个亭子，约九万元。大家说说要哪个。",
}
SAID = (
    ("for", "先修路和灯，老人晚上好走。"),
    ("other", "亭子不急，多装两盏灯更实在。"),
)
ANSWER = "记下了，方案里加两盏灯，表决时一起说明。"
LEAK = {
    "kind": "sheet",
    "item": "V03",
    "title": "后塘清淤的结果",
    "words": "清了三天，用工十二个。施工占了二组十二号李小华家的门口，已经复原。",
}
PUT_RIGHT = "清了三天，用工十二个。施工占了一户的门口，已经复原。"
WHY = "写了孩子的名字和住址，改好再公布"
RELEASE = "release"
"""The step behind which a sheet is public."""
IN_TIME: Final = timedelta(hours=14)
"""How long before the end of its last day a sheet is made."""
LATE: Final = frozenset({"A03", "V04"})
"""The items that the demo publishes late: contracts and rents of a quarter, pay of a month."""


def leave_consultation(village: str, at: datetime) -> str:
    """Publish a plan that asks for comments; two households speak, one is answered.

    Returns the ext id of the publication.
    """
    plan = _publish(village, at, FORM)
    made = [
        comments.say(
            village_code=village,
            ext_id=plan,
            words=comments.Words(stance, text),
            by=orgs.villager(person),
            at=at,
        )
        for person, (stance, text) in zip(_speakers(village, at), SAID, strict=True)
    ]
    clerk = scene.officer("village_clerk", village, at)
    comments.answer(ext_id=made[-1].ext_id, text=ANSWER, by=clerk, at=at)
    return plan


def leave_withdrawn(village: str, at: datetime) -> str:
    """Publish a sheet with a child's name and address, which the town takes down; then another.

    Returns the ext id of the one that was withdrawn.
    """
    period = periods.month_of(clock.local_date(at).replace(day=1) - timedelta(days=1))
    published, seen, again = (at - timedelta(hours=each) for each in (26, 25, 24))
    leak = _publish(village, published, {**LEAK, "period": period})
    town = scene.officer("town_agri_head", village, seen)
    withdrawing.withdraw(ext_id=leak, reason=WHY, by=town, at=seen)
    _publish(village, again, {**LEAK, "period": period, "words": PUT_RIGHT})
    return leak


def _publish(village: str, at: datetime, form: dict[str, str]) -> str:
    """Write a sheet, let everybody agree; return the ext id of what is public then."""
    clerk = scene.officer("village_clerk", village, at)
    body = next(
        ext_id
        for ext_id, _, code in people_queries.bodies(by=clerk)
        if code == village and people_queries.body_kind(ext_id) == "village_committee"
    )
    number = cases.start(matter_code="M36", organisation_ext_id=body, by=clerk, at=at)
    cases.save(number=number, by=clerk, at=at, form=form)
    cases.submit(number=number, by=clerk, at=at)
    _release(number, village, at)
    standing = bulletin_queries.standing(village, form["item"])
    return next(one.ext_id for one in standing if one.subject_id == number)


def _release(number: str, village: str, at: datetime) -> None:
    """Let everybody agree up to the release."""
    clerk = scene.officer("village_clerk", village, at)
    while True:
        page = queries.case_page(by=clerk, number=number, at=at)
        step = next(one for one in page.chain if one.state == "open")
        role = page.matter.step(step.no).role
        cases.act(
            number=number,
            by=scene.officer(role, village, at),
            at=at,
            opinion=cases.Opinion("approve", page.content_digest, "同意"),
        )
        if step.key == RELEASE:
            return


def _speakers(village: str, at: datetime) -> list[int]:
    """Return two representatives of two households of the village."""
    found: dict[int, int] = {}
    for one in orgs.holders("villager_rep", village, clock.local_date(at)):
        household = orgs.villager(one.person_id).household_id
        if household is not None:
            found.setdefault(household, one.person_id)
    return list(found.values())[: len(SAID)]


def write_down_due(village: str, at: datetime) -> int:
    """Write down what a village owed, and make it, as the worker does; return how much was done.

    Of the month before the last, whose day has passed, and of the last quarter. Each is made on its
    last day but two items, which are made only now, late; what the village must write by hand is
    missing or due.
    """
    today = clock.local_date(at)
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    count, dues = 0, set()
    for first in sorted({month, quarter}):
        start = periods.bounds(periods.month_of(first))[0]
        count += periodic.write_down(start, first, only=village)
        dues |= {
            periodic.due_at(one, periods.last_over(one.every, first))
            for one in items().values()
            if one.every
        }
    count += periodic.find_published()
    for due in sorted(one for one in dues if one <= at):
        count += periodic.make_due(due - IN_TIME, but=LATE)
    return count + periodic.make_due(at)
