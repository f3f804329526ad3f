"""White slips of a case, as pages show them. Resident numbers stay sealed."""

from __future__ import annotations

from sanzi.evidence import slips
from sanzi.evidence.models import WhiteSlip


def of_case(case_number: str) -> list[tuple[WhiteSlip, str]]:
    """Return the slips of a case with the names of their kinds. Callers hold the case's door."""
    kinds = slips.rules().kinds
    rows = WhiteSlip.objects.filter(case_number=case_number).defer("sealed_id_no")
    return [
        (one, kinds[one.kind].title if one.kind in kinds else one.kind)
        for one in rows.order_by("line_no", "id")
    ]


def kinds() -> list[tuple[str, str]]:
    """Return the purposes for which a slip may stand, with their names."""
    return [(one.key, one.title) for one in slips.rules().kinds.values()]
