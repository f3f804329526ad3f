"""Schemes with village labour: who worked, when, for how much, and how it was declared."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN
from sanzi_county.schemes.scene import Scene, Scheme
from sanzi_county.world import Person, Village

RATE: Final = 140 * YUAN
CARD: Final = {"general": 150 * YUAN, "skilled": 300 * YUAN}
HOUR: Final = timedelta(hours=1)
NOON: Final = 12
Hours = tuple[int, int]
WHOLE_DAY: Final[Hours] = (8, 17)


def _list(scene: Scene, person: Person, village: Village) -> None:
    scene.add(
        "labour_list", listing_id=scene.name("LL"), person_id=person.person_id,
        village_id=village.code, since_date=scene.until - 900 * DAY,
    )  # fmt: skip


def _worked(  # noqa: PLR0913 - one word a way in which the work may be wrong
    scene: Scene,
    *,
    who: str = "villager",
    hours: Hours = WHOLE_DAY,
    other: Hours | None = None,
    other_day: int = 0,
    twin: bool = False,
    rate: str = "",
    rate_code: str = "general",
    start: int | None = None,
    emergency: bool = False,
    declared: int | None = None,
    extra: str = "",
    dead: int | None = None,
    photos: str = "new",
) -> None:
    """A piece of work of two days by two people; one of them is `who`.

    `start` is when work began, `declared` when it was declared, in minutes after the request was
    handed in; `other` are the hours that the same person has in another village on that day.
    """
    village = scene.plan.village
    person = _who(scene, who)
    mate = scene.person()
    for one in (person, mate):
        _list(scene, one, village)
    if dead is not None:
        scene.add("ext_death", id_no=person.id_no, death_date=scene.day(30) - dead * DAY)
    first = scene.day(30)
    asked = (
        at(first, hours[0]) - 3 * DAY if start is None else at(first, hours[0]) - start * _MINUTE
    )
    days = 1 if declared is not None else 2
    fee = _rate(scene, rate, CARD[rate_code])
    request = _request(
        scene, village, asked, at(first, hours[0]),
        emergency=emergency, fee=(rate_code, fee), extra=extra,
    )  # fmt: skip
    last = _days(scene, request, village, (person, mate), first,
                 hours=hours, days=days, fee=fee, extra=extra)  # fmt: skip
    _photos(scene, request, first, hours=hours, days=days, photos=photos)
    told = asked + declared * _MINUTE if declared is not None else last + 3 * HOUR + DAY
    scene.add(
        "labour_declaration", declaration_id=scene.name("LC"), request_id=request,
        declared_at=told, total_fen=2 * days * fee, public_until_date=told.date() + 4 * DAY,
    )  # fmt: skip
    scene.answer_waiting(told)
    if other is not None:
        there = scene.plans[1].village
        worker = scene.person() if twin else person
        _list(scene, worker, there)
        again = _request(
            scene, there, asked + HOUR, at(first + other_day * DAY, other[0]),
            emergency=emergency, fee=(rate_code, fee), extra="", answered=not twin,
        )  # fmt: skip
        _days(scene, again, there, (worker,), first + other_day * DAY,
              hours=other, days=1, fee=fee, extra="")  # fmt: skip
        _photos(scene, again, first + other_day * DAY, hours=other, days=1, photos="new")
        scene.add(
            "labour_declaration", declaration_id=scene.name("LC"), request_id=again,
            declared_at=at(first + (other_day + 1) * DAY, 15), total_fen=fee,
            public_until_date=first + (other_day + 5) * DAY,
        )  # fmt: skip
        scene.answer_waiting(at(first + (other_day + 1) * DAY, 15))


_MINUTE: Final = timedelta(minutes=1)


def _who(scene: Scene, who: str) -> Person:
    village = scene.plan.village
    if who == "officer":
        return village.officer(scene.random.choice(("committee_member", "village_clerk")))
    if who == "representative":
        return village.heads[1]
    if who == "cousin":
        return village.kin["cousin"]
    if who == "former":
        person = scene.person()
        scene.add(
            "appointment", appointment_id=scene.name("TA"), person_id=person.person_id,
            org_id=village.supervision.org_id, village_id=village.code,
            role_code="supervision_member", start_date=scene.until - 1700 * DAY,
            end_date=scene.day(30) - 31 * DAY, is_concurrent=False,
        )  # fmt: skip
        return person
    return scene.person()


def _rate(scene: Scene, rate: str, card: int) -> int:
    if rate == "over":
        return scene.over(card) // 100 * 100 + 100
    if rate == "at":
        return card
    return scene.under(card) if rate == "under" else min(card, RATE)


def _request(
    scene: Scene,
    village: Village,
    asked: datetime,
    begins: datetime,
    *,
    emergency: bool,
    fee: tuple[str, int],
    extra: str,
    answered: bool = True,
) -> str:
    request = scene.name("LQ")
    planned = 20 if extra else 4
    approved = min(asked + 3 * HOUR, max(asked + _MINUTE, begins - 5 * _MINUTE))
    code, fen = fee
    number = scene.case("M09", "清理水沟用工", asked, approved, planned * fen)
    scene.add(
        "labour_request", request_id=request, case_id=number, org_id=village.collective.org_id,
        village_id=village.code, work_kind="rescue" if emergency else "ditch",
        reason="台风后抢通" if emergency else "清理水沟", place=f"{village.name}{request[-3:]}号沟",
        planned_start_at=begins, planned_end_at=begins + DAY + 9 * HOUR,
        headcount_planned=2, person_days_planned=planned, rate_code=code, rate_fen_day=fen,
        budget_fen=planned * fen, is_emergency=emergency,
        dispatcher_person_id=village.officer("dispatcher").person_id,
        checker_person_id=village.officer("supervision_head").person_id,
        submitted_at=asked, approved_at=approved, status="declared",
    )  # fmt: skip
    if answered:
        scene.waiting += [("labour_request", request), ("case", number)]
    return request


def _days(  # noqa: PLR0913 - the words of a telling
    scene: Scene,
    request: str,
    village: Village,
    people: tuple[Person, ...],
    first: date,
    *,
    hours: Hours,
    days: int,
    fee: int,
    extra: str,
) -> datetime:
    count = days
    workers = list(people)
    if extra:
        # Twenty person-days were planned; up to a tenth more is no surplus.
        wanted = {"over": 22 + (1 if scene.is_close else 7), "at": 22, "under": 19}[extra]
        workers += [scene.person() for _ in range(-(-wanted // 4) - len(workers))]
        for one in workers[len(people) :]:
            _list(scene, one, village)
    else:
        wanted = count * len(workers)
    told, turn = 0, 0
    long = hours[1] - hours[0] - (hours[0] < NOON < hours[1] - 1)
    end = at(first, hours[1])
    while told < wanted:
        day = first + turn * DAY
        for person in workers[: wanted - told]:
            end, name = at(day, hours[1]), scene.name("LD")
            scene.add(
                "labour_day", labour_day_id=name, request_id=request,
                village_id=village.code, person_id=person.person_id, work_date=day,
                start_at=at(day, hours[0]), end_at=end, hours=long,
                rate_fen_day=fee, amount_fen=fee * min(long, 8) // 8,
                dispatcher_person_id=village.officer("dispatcher").person_id,
                checker_person_id=village.officer("supervision_head").person_id,
                worker_signed_at=end + 5 * _MINUTE, checked_at=end + 20 * _MINUTE,
            )  # fmt: skip
            scene.waiting.append(("labour_day", name))
            told += 1
        turn += 1
    return end


def _photos(
    scene: Scene, request: str, first: date, *, hours: Hours, days: int, photos: str
) -> None:
    """One before the work and one after it, every day."""
    same = f"{scene.random.getrandbits(256):064x}"
    for turn in range(max(days, 4)):
        day = first + turn * DAY
        taken = {"before": at(day, hours[0]) - 10 * _MINUTE, "after": at(day, hours[1], 2)}
        for phase, moment in taken.items():
            new = f"{scene.random.getrandbits(256):064x}"
            is_same = photos == "again" and phase == "after"
            scene.add(
                "labour_photo", photo_id=scene.name("LP"), request_id=request, work_date=day,
                phase=phase, taken_at=moment,
                perceptual_hash=same if is_same else new,
            )  # fmt: skip


SCHEMES: Final = (
    Scheme(
        "ghost-on-two-rosters", "一个人同一天在两个村的用工单上", _worked,
        {"other": (13, 18)},
        (
            ("上午在这个村，下午在那个村", {"hours": (8, 12), "other": (13, 17)}),
            ("两个村不是同一天", {"other": (8, 17), "other_day": 5}),
            ("两个村各有各的人", {"other": (8, 17), "twin": True}),
            ("上半天接下半天，没有重叠", {"hours": (7, 11), "other": (12, 17)}),
            ("隔一天在邻村", {"other": (8, 12), "other_day": 4}),
        ),
    ),
    Scheme(
        "cadre-on-labour-list", "村干部上了用工名单", _worked, {"who": "officer"},
        (
            ("卸任满一个月的村监委会委员", {"who": "former"}),
            ("村民代表，不是干部", {"who": "representative"}),
            ("书记的堂表亲，自己干的活", {"who": "cousin"}),
            ("普通村民", {}),
            ("普通村民半天工", {"hours": (8, 12)}),
        ),
    ),
    Scheme(
        "declared-within-hours", "申请后几小时就申报完工", _worked,
        {"start": 30, "hours": (9, 12), "declared": 225},
        (
            ("申请四小时零十分钟后申报", {"start": 20, "hours": (8, 11), "declared": 250}),
            ("半天的活，下午申报", {"start": 30, "hours": (8, 12), "declared": 330}),
            ("第二天申报", {"start": 60, "hours": (9, 12), "declared": 1500}),
            ("当天傍晚申报", {"start": 60, "hours": (9, 16), "declared": 560}),
            ("三天后申报", {"declared": 6000, "hours": (8, 12)}),
        ),
    ),
    Scheme(
        "rate-over-card", "用工单价高过标准", _worked, {"rate": "over"},
        (
            ("正好按标准", {"rate": "at"}),
            ("比标准低", {"rate": "under"}),
            ("技工按技工的标准", {"rate": "at", "rate_code": "skilled"}),
            ("技工比标准低", {"rate": "under", "rate_code": "skilled"}),
            ("半天工按天价", {"rate": "at", "hours": (8, 17)}),
        ),
    ),
    Scheme(
        "dead-on-labour-list", "去世的人还在干活", _worked, {"dead": 12},
        (
            ("干完活半个月以后去世", {"dead": -18}),
            ("干完活五天以后去世", {"dead": -6}),
            ("没有去世", {}),
            ("干完活二十天以后去世", {"dead": -21}),
            ("半天工，后来去世", {"dead": -10, "hours": (8, 12)}),
        ),
    ),
    Scheme(
        "more-days-than-planned", "干的天数比批的多", _worked, {"extra": "over"},
        (
            ("多出正好一成", {"extra": "at"}),
            ("比批的少一天", {"extra": "under"}),
            ("两个人两天，正好", {}),
            ("技工，比批的少", {"extra": "under", "rate_code": "skilled", "rate": "at"}),
            ("多出正好一成，低价", {"extra": "at", "rate": "under"}),
        ),
    ),
    Scheme(
        "work-before-request", "先干活，后补申请", _worked, {"start": -150},
        (
            ("申请当天批了就干", {"start": 240}),
            ("提前三天申请", {}),
            ("抢险先干，当天补申请", {"start": -150, "emergency": True}),
            ("提前一天申请", {"start": 1440}),
            ("提前两天申请，干半天", {"start": 2880, "hours": (8, 12)}),
        ),
    ),
    Scheme(
        "photo-used-again", "几天用同一张现场照片", _worked, {"photos": "again"},
        (
            ("每天都是新照片", {}),
            ("半天工也有照片", {"hours": (8, 12)}),
            ("技工每天有新照片", {"rate_code": "skilled", "rate": "at"}),
            ("抢险也拍了照片", {"start": -100, "emergency": True}),
            ("上午的活，前后各一张", {"hours": (7, 11)}),
        ),
    ),
)  # fmt: skip
