"""Awards of other systems that had failed and were paid after all, as a later file tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sanzi.audit import actions as audit
from sanzi.record.loaders import LoadContext
from sanzi.registers.subsidies.models import Award, AwardPayout


def take(rows: Sequence[Mapping[str, Any]], context: LoadContext) -> int:
    """Write down when known awards that had not been paid were paid; return how many.

    Only for what was imported: of our own cases the payments tell it. The sum must be the same;
    what was paid once stays so, whatever a row says. Runs in the transaction of the import.
    """
    paid = {row["award_id"]: row for row in rows if row.get("paid_at")}
    known = Award.objects.select_for_update(of=("self",)).select_related("organisation")
    found = known.filter(ext_id__in=list(paid), paid_at=None, case_number="").order_by("pk")
    changed = [one for one in found if one.amount_fen == paid[one.ext_id]["amount_fen"]]
    package = context.package.folder.name if context.package else ""
    for one in changed:
        one.paid_at = paid[one.ext_id]["paid_at"]
        audit.write(
            chain=one.organisation.ext_id,
            kind="subsidies.award.paid_later",
            by=context.by,
            at=context.at,
            subject=("award", one.ext_id),
            before={"paid_at": None},
            after={"paid_at": one.paid_at, "package": package},
        )
    Award.objects.bulk_update(changed, ["paid_at"], batch_size=500)
    AwardPayout.objects.bulk_create(
        [
            AwardPayout(award=one, paid_at=one.paid_at, package=package[:80], noted_at=context.at)
            for one in changed
            if one.paid_at is not None
        ],
        batch_size=500,
    )
    return len(changed)
