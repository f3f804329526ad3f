"""What follows a lease that ends: the draft of the next one, opened once for the coop director.

It says what is known; what must be judged anew (valuation, appraiser, decision) stays empty, and
nobody is named as tenant: there is no quiet renewal. Source: 民法典 第七百零五条、第七百三十四条.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from sanzi.deals.asset_rules import GONE
from sanzi.kernel import clock, money
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, CaseState
from sanzi.orgs import queries as orgs
from sanzi.registers.leases import rules
from sanzi.registers.leases.models import Lease

MATTER, HOLDER = "M17", "coop_director"
ENDED = (CaseState.WITHDRAWN, CaseState.REJECTED, CaseState.DONE)
USE_LENGTH_MAX = 60


@transaction.atomic
def open_next(*, lease: int, at: datetime) -> Case | None:
    """Open the next case of a lease, unless one was opened or somebody is at it already.

    Returns the draft, None where nothing is to be opened now: also while the village has no
    director, who is looked for again at the next notice. `lease` is the primary key.
    """
    found = (
        Lease.objects.select_for_update(of=("self",))
        .select_related("asset", "organisation")
        .get(pk=lease)
    )
    today = clock.local_date(at)
    held = orgs.holders(HOLDER, found.division_code, today)
    if found.next_case_number or found.asset.status in GONE or not held or _is_taken(found):
        return None
    number = cases.open_for(
        matter_code=MATTER,
        organisation=found.organisation,
        holder=min(one.person_id for one in held),
        form=_form(found, today),
        at=at,
    )
    found.next_case_number = number
    found.save(update_fields=["next_case_number"])
    return Case.objects.get(number=number)


def _is_taken(lease: Lease) -> bool:
    """Return whether a later lease, or a case for one, is there already."""
    later = Lease.objects.filter(
        asset=lease.asset, returned_at__isnull=True, start_date__gt=lease.end_date
    )
    running = Case.objects.filter(
        matter_code=MATTER, division_code=lease.division_code, form__asset=lease.asset.ext_id
    ).exclude(number=lease.case_number)
    return later.exists() or running.exclude(state__in=ENDED).exists()


def _form(lease: Lease, today: date) -> dict[str, str]:
    """Return what is known of the next lease, as typed."""
    last = Case.objects.filter(number=lease.case_number).exclude(number="").first()
    deposit = max(lease.deposit_fen, rules.least_deposit(lease.rent_fen_year, today))
    months = min(rules.months_of(lease.start_date, lease.end_date), rules.MONTHS_MAX)
    known = {
        "asset": lease.asset.ext_id,
        "use_limit": lease.use_limit[:USE_LENGTH_MAX],
        "reserve_rent": _yuan(lease.rent_fen_year),
        "term_months": str(months),
        "start_date": (lease.end_date + timedelta(days=1)).isoformat(),
        "pay_cycle": lease.pay_cycle,
        "deposit": _yuan(deposit),
        "is_sublet_allowed": "yes" if lease.is_sublet_allowed else "no",
        "terms": str(last.form.get("terms", "")) if last else "",
    }
    return {key: value for key, value in known.items() if value}


def _yuan(fen: int) -> str:
    return money.format_yuan(fen).replace(",", "")
