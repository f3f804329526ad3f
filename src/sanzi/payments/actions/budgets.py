"""Voted lines of the yearly budget: payments name them, and gates hold what goes above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import ids
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation
from sanzi.payments.models import BudgetLine


@dataclass(frozen=True)
class Voted:
    """A line as it was voted, with the decision it rests on. Units: fen."""

    subject_code: str
    name: str
    amount_fen: int
    decision: str


@transaction.atomic
def vote(
    *, organisation: str, year: int, lines: Sequence[Voted], by: Actor, at: datetime
) -> list[str]:
    """Enter voted lines; a line that stands under the same subject and name gets the new sum.

    Returns the ext ids. Raises: NotFound.
    """
    body = Organisation.objects.filter(ext_id=organisation).first()
    if body is None:
        raise NotFound
    found = []
    for one in lines:
        said = {"amount_fen": one.amount_fen, "decision_ext_id": one.decision, "approved_at": at}
        line, _ = BudgetLine.objects.select_for_update().update_or_create(
            organisation=body, year=year, subject_code=one.subject_code, name=one.name,
            defaults=said, create_defaults={**said, "ext_id": ids.new_id("YS", at)},
        )  # fmt: skip
        found.append(line.ext_id)
        audit.write(
            chain=body.ext_id, kind="payments.budget.voted", by=by, at=at,
            subject=("budget_line", line.ext_id),
            after={"year": year, "amount_fen": one.amount_fen, "decision": one.decision},
        )  # fmt: skip
    return found
