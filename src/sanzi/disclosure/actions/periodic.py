"""Items of a period: what is due is written down when the period is over, made when it is due.

What books and registers know is made by the system; what only people know (`by_hand`, or all of an
item) waits for a case of M36, and is missing until then.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from sanzi.disclosure import period_sheets, periods, rules
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.models import DueSheet, Publication
from sanzi.kernel import clock
from sanzi.matters.items import PublicItem, calendar_on, items
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Division, Organisation

MADE_IN: Final = "系统按账和台账做的"
AT_ONCE: Final = 500


def work(at: datetime) -> int:
    """Write down what is due, find what was published of it, make the rest; return how much."""
    today = clock.local_date(at)
    return write_down(at, today) + find_published() + make_due(at)


def due_at(item: PublicItem, period: str) -> datetime:
    """Return until when an item of a period must be public: the end of its day."""
    after = periods.bounds_of(item.every, period)[1]
    return rules.due(after, calendar_on(clock.local_date(after)).day(item.every) - 1)


def write_down(at: datetime, today: date, *, only: str = "") -> int:
    """Write down the items of the period that is just over, for every village; return how many.

    `only` names the one village it is done for. A period whose day has passed before the first run
    is left out: nobody was told of it.
    """
    bodies = Organisation.objects.filter(division__level="village").order_by("-id")
    bodies = bodies.filter(division_id=only) if only else bodies
    villages = dict(bodies.values_list("division_id", "ext_id"))
    made = []
    for item in items().values():
        if not item.every:
            continue
        period = periods.last_over(item.every, today)
        until = due_at(item, period)
        if until <= at:
            continue
        known = DueSheet.objects.filter(item_code=item.code, period=period)
        without = villages.keys() - set(known.values_list("division_id", flat=True))
        made += [
            DueSheet(
                division_id=code, org_ext_id=villages[code], item_code=item.code,
                period=period, due_at=until,
                title=f"{periods.words(item.every, period)}{item.title}",
            )
            for code in sorted(without)
        ]  # fmt: skip
    DueSheet.objects.bulk_create(made, batch_size=AT_ONCE, ignore_conflicts=True)
    return len(made)


def find_published() -> int:
    """Tie what is due to the first publication of its village, item and period; return how many."""
    count = 0
    for one in _open().order_by("pk").iterator(AT_ONCE):
        found = Publication.objects.filter(
            division_id=one.division_id, item_code=one.item_code, period=one.period
        )
        first = found.order_by("published_at", "pk").first()
        if first is not None:
            DueSheet.objects.filter(pk=one.pk).update(publication=first)
            count += 1
    return count


def make_due(at: datetime, *, but: Collection[str] = ()) -> int:
    """Make what the system can make and whose last day has come; return how many.

    `but` are codes of items that are left for later.
    """
    count = 0
    catalogue = items()
    able = [one for one in catalogue if one in period_sheets.MAKERS and one not in but]
    last = rules.due(at, 0)
    for one in _open().filter(item_code__in=able, due_at__lte=last).order_by("pk"):
        count += _make(one, catalogue[one.item_code], at)
    return count


def _open() -> QuerySet[DueSheet]:
    return DueSheet.objects.filter(publication__isnull=True, empty_at__isnull=True)


@transaction.atomic()
def _make(due: DueSheet, item: PublicItem, at: datetime) -> bool:
    """Publish one item, or say that there is nothing.

    What people must add to, and what the gate keeps back, stays due.
    """
    found = period_sheets.make(item.code, due.division_id, item.every, due.period)
    if found is None and item.by_hand:
        return False
    if found is None:
        due.empty_at = at
        due.save(update_fields=["empty_at"])
        return True
    name = Division.objects.values_list("name", flat=True).get(pk=due.division_id)
    due.publication = publishing.publish_or_hold(
        sheet=publishing.Sheet(
            division_code=due.division_id,
            org_ext_id=due.org_ext_id,
            item_code=item.code,
            title=due.title,
            body={
                "kind": item.title, "stage": "公布了", "matter": MADE_IN, "organisation": name,
                "facts": [list(one) for one in found.facts], "tables": list(found.tables),
            },
            total_fen=found.total_fen,
            period=due.period,
            due_at=due.due_at,
        ),
        by=SYSTEM,
        at=at,
    )  # fmt: skip
    due.save(update_fields=["publication"])
    return due.publication is not None
