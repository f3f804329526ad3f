"""Files on hand-made vouchers: hung on the draft while it waits, carried over to the voucher."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from sanzi.evidence import hooks as evidence
from sanzi.evidence import queries as files
from sanzi.evidence.actions import files as file_actions
from sanzi.evidence.errors import SubjectClosed
from sanzi.ledger.actions.drafting import SUBJECT
from sanzi.ledger.models import Voucher, VoucherDraft
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

VOUCHER = "voucher"


def register() -> None:
    """Speak for drafts and vouchers to the evidence room; called once from `apps.ready`."""
    evidence.register(SUBJECT, evidence.Subject(_see_draft, _change_draft))
    evidence.register(VOUCHER, evidence.Subject(_see_voucher, _change_voucher))


def count(draft: VoucherDraft) -> int:
    """Return how many files hang on a draft."""
    return len(files.attachments(SUBJECT, draft.ext_id))


def carry_over(draft: VoucherDraft, voucher_ext_id: str, *, by: Actor, at: datetime) -> None:
    """Hang the files of a draft on the voucher it became, inside the caller's transaction."""
    file_actions.carry_over(
        subject=(SUBJECT, draft.ext_id),
        to=(VOUCHER, voucher_ext_id),
        chain=draft.book.organisation.ext_id,
        by=by,
        at=at,
    )


def _see_draft(by: Actor, ext_id: str) -> None:
    _draft(by, ext_id)


def _change_draft(by: Actor, ext_id: str, _at: datetime) -> str:
    """Return the audit chain when the maker may still change the files. Raises: NotFound."""
    draft = _draft(by, ext_id)
    if by.person_id is None or by.person_id != draft.maker_id:
        raise NotFound
    return draft.book.organisation.ext_id


def _draft(by: Actor, ext_id: str) -> VoucherDraft:
    rows = VoucherDraft.objects.select_related("book__organisation").filter(ext_id=ext_id)
    if connection.in_atomic_block:
        rows = rows.select_for_update(of=("self",))
    draft = rows.first()
    if draft is None or not scope.can(by, "ledger.see", draft.book.organisation.division_id):
        raise NotFound
    return draft


def _see_voucher(by: Actor, ext_id: str) -> None:
    found = Voucher.objects.select_related("book__organisation").filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    scope.require(by, "ledger.see", found.book.organisation.division_id)


def _change_voucher(by: Actor, ext_id: str, _at: datetime) -> str:
    """Refuse every change: a posted voucher keeps its files. Raises: NotFound, SubjectClosed."""
    _see_voucher(by, ext_id)
    raise SubjectClosed
