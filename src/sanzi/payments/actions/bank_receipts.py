"""The bank's e-receipts: expected with each line, fetched with patience, kept as evidence.

A line that comes in over a gateway is expected to have one. Fetching is a duty of the worker and
holds up nothing: not the line, not the payment, not the close of a month.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.bank.errors import GatewayError, NotOffered, ReceiptNotReady
from sanzi.bank.port import ReceiptFile
from sanzi.evidence import hooks as evidence
from sanzi.evidence.actions import files
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import gateways
from sanzi.payments.models import BankReceipt, BankReceiptState, BankTransaction
from sanzi.payments.queries import bank_receipts as queries

logger = logging.getLogger(__name__)
SUBJECT: Final = "bank_line"
PICTURE: Final = "bank_receipt"
DATA: Final = "bank_receipt_data"
AT_ONCE: Final = 20
SECONDS_MAX: Final = 10.0
"""A round of the duty is short: money has the right of way."""
WAITS: Final = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440, 1440, 1440, 1440)
)
"""How long to wait after each vain try; after the last the worker gives up and says so."""


def register() -> None:
    """Speak for bank lines to the evidence room; called once from `apps.ready`."""
    evidence.register(SUBJECT, evidence.Subject(_see_line, _change_line))


def expect(lines: Iterable[BankTransaction], at: datetime) -> None:
    """Note that these new bank lines have e-receipts to be fetched, in the open transaction."""
    BankReceipt.objects.bulk_create(
        [
            BankReceipt(
                line_ext_id=one.ext_id,
                account_id=one.account_id,
                bank_ref=one.bank_ref,
                booked_at=one.booked_at,
                next_at=at,
            )
            for one in lines
        ],
        batch_size=500,
        ignore_conflicts=True,
    )


def work(at: datetime) -> int:
    """Fetch e-receipts that are due; return how many came. The oldest go first."""
    due = BankReceipt.objects.filter(state=BankReceiptState.WAITING, next_at__lte=at)
    rows = due.select_related("account__organisation").order_by("next_at", "id")[:AT_ONCE]
    came, stop_at = 0, time.monotonic() + SECONDS_MAX
    for row in rows:
        if time.monotonic() > stop_at:
            break
        came += _fetch(row, at)
    return came


def _fetch(row: BankReceipt, at: datetime) -> bool:
    try:
        _keep(row, _ask(row), at)
    except NotOffered as said:
        _write(row, state=BankReceiptState.NOT_OFFERED, said=said.text[:120])
    except ReceiptNotReady:
        _wait(row, "银行还没有出", at)
    except (GatewayError, Refusal) as said:
        _wait(row, said.text, at)
    else:
        return True
    return False


def _ask(row: BankReceipt) -> ReceiptFile:
    bank = gateways.of(row.account)
    if not bank.capabilities().can_give_receipts:
        raise NotOffered(what="电子回单")
    return bank.receipt(row.bank_ref)


def _keep(row: BankReceipt, found: ReceiptFile, at: datetime) -> None:
    """Hang picture and data on the line. Twice is once: files are named by their digest."""
    picture = _store(row, PICTURE, "pdf", found.pdf, at)
    data = _store(row, DATA, "xml", found.xml, at) if found.xml else None
    _write(
        row,
        state=BankReceiptState.STORED,
        tries=row.tries + 1,
        said="",
        fetched_at=at,
        picture_ext_id=picture.ext_id,
        picture_digest=picture.digest,
        data_digest=data.digest if data else "",
        signature=found.signature,
    )


def _store(row: BankReceipt, kind: str, ending: str, content: bytes, at: datetime) -> files.Stored:
    name = f"电子回单{row.bank_ref}.{ending}"
    upload = files.Upload(name=name, kind=kind, content=content, may_be_invoice=False)
    return files.store(
        by=SYSTEM, at=at, upload=upload, subject_kind=SUBJECT, subject_id=row.line_ext_id
    )


def _wait(row: BankReceipt, said: str, at: datetime) -> None:
    """Try again later; after the last wait give up, once, where people see it."""
    tries = row.tries + 1
    if tries <= len(WAITS):
        _write(row, tries=tries, said=said[:120], next_at=at + WAITS[tries - 1])
        return
    with transaction.atomic():
        _write(row, state=BankReceiptState.GIVEN_UP, tries=tries, said=said[:120])
        audit.write(
            chain=_chain(row),
            kind="payments.bank_receipt.given_up",
            by=SYSTEM,
            at=at,
            subject=(SUBJECT, row.line_ext_id),
            after={"bank_ref": row.bank_ref, "said": said[:120], "tries": tries},
        )
    logger.error("no e-receipt of %s after %s tries: %s", row.bank_ref, tries, said)


def _write(row: BankReceipt, **changes: object) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))


def try_again(*, by: Actor, at: datetime, line_ext_id: str) -> None:
    """Let the worker ask the bank now for an e-receipt that is not here: late, or given up.

    Raises: NotFound, when absent, out of scope, here already or not offered by the bank.
    """
    queries.access_line(by=by, ext_id=line_ext_id)
    with transaction.atomic():
        row = (
            BankReceipt.objects.select_for_update(of=("self",))
            .select_related("account__organisation")
            .filter(line_ext_id=line_ext_id, state__in=queries.ASKABLE)
            .first()
        )
        if row is None:
            raise NotFound
        _write(row, state=BankReceiptState.WAITING, tries=0, next_at=at)
        audit.write(
            chain=_chain(row),
            kind="payments.bank_receipt.asked_again",
            by=by,
            at=at,
            subject=(SUBJECT, line_ext_id),
            after={"bank_ref": row.bank_ref},
        )


def open_receipt(*, by: Actor, at: datetime, line_ext_id: str) -> str:
    """Return the attachment that shows the e-receipt of a line; who looked is logged.

    Raises: NotFound, also when it is not here yet.
    """
    row = queries.access_receipt(by=by, line_ext_id=line_ext_id)
    audit.write(
        chain=_chain(row),
        kind="payments.bank_receipt.opened",
        by=by,
        at=at,
        subject=(SUBJECT, line_ext_id),
        after={"attachment": row.picture_ext_id},
    )
    return row.picture_ext_id


def _chain(row: BankReceipt) -> str:
    body = row.account.organisation
    return body.ext_id if body else "county"


def _see_line(by: Actor, ext_id: str) -> None:
    queries.access_line(by=by, ext_id=ext_id)


def _change_line(by: Actor, ext_id: str, _at: datetime) -> str:
    """Let the worker alone hang files on a bank line. Raises: NotFound."""
    line = BankTransaction.every.select_related("account__organisation").filter(ext_id=ext_id)
    found = line.first()
    if by != SYSTEM or found is None or found.account.organisation is None:
        raise NotFound
    return found.account.organisation.ext_id
