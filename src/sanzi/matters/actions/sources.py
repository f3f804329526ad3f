"""Cases as sources of payments: what was approved is named by the payment, with its sum."""

from __future__ import annotations

from datetime import datetime

from sanzi.matters.models import Case, SourceMatter

STATUS = {"approved": "approved", "finished": "approved", "ended": "withdrawn"}


def follow(moment: str, *, case: Case, kind: str, at: datetime) -> None:
    """Let the source of a case stand where the case stands; payments name it by the case's number.

    Runs inside the caller's transaction. A figure that a register told (`tell`) is kept.
    """
    status = STATUS.get(moment)
    if status is None:
        return
    found = SourceMatter.objects.filter(ext_id=case.number).first()
    if found is not None:
        if found.status != status:
            found.status = status
            found.save(update_fields=["status"])
        return
    if status == "approved":
        SourceMatter.objects.create(
            ext_id=case.number,
            kind=kind,
            organisation_id=case.organisation_id,
            division_code=case.division_code,
            title=case.title,
            amount_fen=case.amount_fen or None,
            decision_ext_id=case.decision_ext_id,
            approved_at=at,
        )


def tell(
    number: str,
    *,
    amount_fen: int | None = None,
    counterparty_ext_id: str = "",
    person_ext_id: str = "",
    title: str = "",
) -> None:
    """Let a register say what is known since: the sum that was agreed, with whom, its name.

    Runs inside the caller's transaction; a case that is no source is left alone. Units: fen.
    """
    changed: dict[str, object] = {}
    if amount_fen is not None:
        changed["amount_fen"] = amount_fen
    if counterparty_ext_id:
        changed["counterparty_ext_id"] = counterparty_ext_id
    if person_ext_id:
        changed["person_ext_id"] = person_ext_id
    if title:
        changed["title"] = title[:120]
    if changed:
        SourceMatter.objects.filter(ext_id=number).update(**changed)
