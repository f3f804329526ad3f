"""Each night: how much was judged where, and which models a county is asked to look at again.

A model that passes a limit opens one review in the county and is told once; when it is back
within its limits the review settles by itself, and passing them again asks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM
from sanzi.record import schema, tallies
from sanzi.supervision import catalogue, clue_rules, known, model_queries, review_rules
from sanzi.supervision.models import Judged, ModelReview
from sanzi.supervision.shapes import AlertModel

DESK: Final = "county_agri"
HOUR: Final = 3
CHAIN: Final = "county"


def run_when_due(at: datetime) -> int:
    """Count and ask once a night, at or after three; return how many reviews were asked for."""
    local = at.astimezone(clock.SHANGHAI)
    tonight = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if local < tonight or Judged.objects.filter(counted_at__gte=tonight).exists():
        return 0
    count(at)
    return ask(at)


def count(at: datetime) -> None:
    """Count anew what the models judge in each village: rows of the last two years."""
    day = clock.local_date(at)
    kinds = {kind for one in catalogue.models().values() for kind in one.kinds}
    rows = [
        Judged(kind=kind, division_code=place, row_count=number, counted_at=at)
        for kind in sorted(kinds)
        for place, number in sorted(of_kind(kind, day).items())
    ]
    with transaction.atomic():
        Judged.objects.all().delete()
        Judged.objects.bulk_create(rows, batch_size=2_000)


def subjects_of(at: datetime) -> clue_rules.Subjects:
    """Return how many subjects of a kind are judged in each village in a month."""

    @cache
    def counted(kind: str) -> dict[tuple[str, str], int]:
        if kind in model_queries.VILLAGE_KINDS or kind not in schema.load_tables():
            return {(code, ""): 1 for code, _ in orgs.villages()}
        return tallies.by_month(kind, review_rules.since(clock.local_date(at)))

    def subjects(kind: str, month: str) -> Mapping[str, int]:
        return {
            place: number for (place, when), number in counted(kind).items() if when in ("", month)
        }

    return subjects


def of_kind(kind: str, day: date) -> dict[str, int]:
    """Return how many rows of a kind were judged in each village in the window before a day."""
    if kind in model_queries.VILLAGE_KINDS or kind not in schema.load_tables():
        return {code: review_rules.MONTHS for code, _ in orgs.villages()}
    return tallies.by_village(kind, review_rules.since(day))


def ask(at: datetime) -> int:
    """Open and settle reviews in every county that was counted; return how many were opened."""
    counties = sorted({f"{code[:6]}000000" for code, _ in orgs.villages()})
    return sum(_ask_in(county, at) for county in counties)


def _ask_in(county: str, at: datetime) -> int:
    day = clock.local_date(at)
    limits = review_rules.limits_for(county, day)
    tally = model_queries.alert_tally(model_queries.alerts_of_place(county), day)
    muted = model_queries.last_muted()
    judged: dict[str, int] = {}
    for kind, number in Judged.objects.filter(
        division_code__gte=county[:6], division_code__lt=county[:6] + ":"
    ).values_list("kind", "row_count"):
        judged[kind] = judged.get(kind, 0) + number
    opened = 0
    for model in catalogue.models().values():
        rates = tally.rates(model, judged.get)
        reasons = (*rates.reasons(limits), *model_queries.muted_said(muted, model.code, county))
        opened += _keep(model, county, reasons, at)
    return opened


@transaction.atomic
def _keep(model: AlertModel, county: str, reasons: tuple[str, ...], at: datetime) -> int:
    held = (
        ModelReview.objects.select_for_update()
        .filter(model_code=model.code, division_code=county, settled_at__isnull=True)
        .first()
    )
    if bool(held) == bool(reasons):
        return 0
    if held is not None:
        held.settled_at = at
        held.save(update_fields=["settled_at"])
        _log("settled", model, county, {}, at)
        return 0
    review = ModelReview.objects.create(
        model_code=model.code, division_code=county, asked_at=at, figures={"reasons": [*reasons]}
    )
    _log("asked", model, county, {"reasons": [*reasons]}, at)
    _tell(review, model, "；".join(reasons), at)
    return 1


def _log(
    what: str, model: AlertModel, county: str, after: dict[str, list[str]], at: datetime
) -> None:
    audit.write(
        chain=known.chain_of(model.code, CHAIN),
        kind=f"supervision.review.{what}",
        by=SYSTEM,
        at=at,
        subject=("alert_model", model.code),
        after={"county": county, **after},
    )


def _tell(review: ModelReview, model: AlertModel, why: str, at: datetime) -> None:
    """Tell the county's desk; of a closed model the discipline office instead."""
    role = "county_discipline" if model.is_closed else DESK
    day = clock.local_date(at)
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"model_review/{review.pk}/{one.user_id}"[:80],
                channel=Channel.INBOX,
                template="model_review",
                params={"title": model.title, "why": why},
                user_id=one.user_id,
                subject_kind="alert_model",
                subject_id=model.code,
            )
            for one in orgs.holders(role, review.division_code, day)
            if one.user_id is not None
        ],
        at=at,
    )
