"""Who may stand on a roster: alive, in the village, of age, on the list, no cadre, not the duty."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from sanzi.kernel import clock
from sanzi.orgs.models import OutsideDeath, OutsideStatus, Person
from sanzi.orgs.roles import roles
from sanzi.registers.labour import rules
from sanzi.registers.labour.errors import DispatcherPaid, PersonUnfit
from sanzi.registers.labour.models import LabourListing, LabourRequest
from sanzi.registers.labour.queries import standards


def require_fit(request: LabourRequest, people: list[Person], day: date) -> None:
    """Refuse the first person who may not work on this request on this day.

    Raises: DispatcherPaid, PersonUnfit.
    """
    for one in people:
        for holder, duty in ((request.dispatcher_id, "派工人"), (request.checker_id, "核对人")):
            if one.pk == holder:
                raise DispatcherPaid(name=one.name, duty=duty)
    indexes = [one.id_no_index for one in people if one.id_no_index]
    deaths = dict(
        OutsideDeath.objects.filter(pk__in=indexes).values_list("id_no_index", "death_date")
    )
    barred = _barred(indexes, day)
    posts = _cadres(request, people, day)
    listed = {one.person_id: one for one in standards.listings(request.division_code, day)}
    known = standards.figures("labour-ineligible-person", request.division_code, day)
    for one in people:
        _require_alive(one, deaths.get(one.id_no_index), day)
        if one.household_status in rules.OUT_OF_VILLAGE:
            raise PersonUnfit(
                name=one.name, why="登记为不在村里", advice="人回来了的，请先改人员登记。"
            )
        if one.id_no_index in barred:
            why = rules.OUTSIDE_BARS[barred[one.id_no_index]]
            raise PersonUnfit(name=one.name, why=why, advice="请去掉这一行，或报镇里核对名单。")
        if one.pk in posts:
            why = f"是村里的{roles()[posts[one.pk]].title}，干部不领用工报酬"
            raise PersonUnfit(name=one.name, why=why, advice="请去掉这一行。")
        _require_of_age(one, listed.get(one.pk), day, known)


def _require_alive(person: Person, outside: date | None, day: date) -> None:
    died = min([one for one in (person.death_date, outside) if one], default=None)
    if died is not None and died < day:
        raise PersonUnfit(
            name=person.name,
            why=f"{clock.date_said(died)}已经去世",
            advice="请核对是谁来干的活，按真实的人记。",
        )


def _require_of_age(
    person: Person, listing: LabourListing | None, day: date, known: dict[str, int]
) -> None:
    if listing is None:
        raise PersonUnfit(
            name=person.name, why="不在用工名单上", advice="请村文书先把人加到用工名单。"
        )
    if person.birth_date is None:
        return
    age = rules.age_on(person.birth_date, day)
    if age < known["min_age"]:
        raise PersonUnfit(
            name=person.name, why=f"{age}岁，未满{known['min_age']}岁", advice="请去掉这一行。"
        )
    healthy = listing.health_until_date is not None and listing.health_until_date >= day
    if age > known["max_age"] and not healthy:
        raise PersonUnfit(
            name=person.name,
            why=f"{age}岁，超过{known['max_age']}岁，没有健康证明",
            advice="请在用工名单上登记健康证明，或换人。",
        )


def _barred(indexes: list[str], day: date) -> dict[str, str]:
    rows = OutsideStatus.objects.filter(
        Q(since_date__isnull=True) | Q(since_date__lte=day),
        Q(until_date__isnull=True) | Q(until_date__gte=day),
        id_no_index__in=indexes,
        kind__in=list(rules.OUTSIDE_BARS),
    )
    return dict(rows.values_list("id_no_index", "kind"))


def _cadres(request: LabourRequest, people: list[Person], day: date) -> dict[int, str]:
    known = standards.figures("labour-cadre-payee", request.division_code, day)
    keys = [one.pk for one in people]
    return standards.posts_on(request.division_code, day, known["cadre_roles"], keys)
