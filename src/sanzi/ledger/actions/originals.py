"""Book structured electronic originals by an entry template, each once in the county.

The voucher's source is the original: its kind and number. The log keeps the digest of the file
and whose signature it bore. Source: 财会〔2024〕12号 第十六、十七、二十一条（二）.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.evidence import originals
from sanzi.evidence.originals import Original, Signed
from sanzi.ledger import queries, rules
from sanzi.ledger.actions import posting
from sanzi.ledger.actions.posting import PostedVoucher
from sanzi.ledger.errors import OriginalBooked, OriginalNotOurs, UnknownRule
from sanzi.ledger.models import Book, Voucher
from sanzi.ledger.queries import charts
from sanzi.ledger.rules import Draft
from sanzi.orgs.actors import Actor

TRUSTED = "trusted-keys"


@dataclass(frozen=True)
class Given:
    """A file as it was handed in; `signature` is base64 or empty."""

    data: bytes
    name: str
    signature: str = ""


@dataclass(frozen=True)
class Proposal:
    """What an original says, whose signature it bears, and the voucher a template makes of it."""

    original: Original
    signed: Signed
    draft: Draft


def propose(
    *, org_ext_id: str, given: Given, rule_code: str, fields: Mapping[str, Any], by: Actor
) -> Proposal:
    """Return the voucher that a template makes of an original; nothing is written.

    Shapes: `fields` are what the template wants and the original does not say, such as
    subject_code, account_id, aux_kind and aux_id; amount, purpose and the one attachment come
    from the original.
    Raises: NotFound, what `originals.read` and `check_signature` raise, OriginalNotOurs,
    OriginalBooked, UnknownRule, EventIncomplete, SubjectNotAllowed, what `rules.check` raises.
    """
    book = queries.access_book(by=by, org_ext_id=org_ext_id, permission="ledger.correct")
    original = originals.read(given.data, given.name)
    signed = originals.check_signature(
        given.data, given.name, given.signature, settings.SANZI.var / TRUSTED
    )
    _require_ours(original, book)
    _require_new(original)
    standard = charts.chart_of(book, original.date)
    entry = standard.entries.get(rule_code)
    if entry is None:
        raise UnknownRule(standard=standard.title, rule_code=rule_code)
    draft = rules.from_event(
        entry,
        _event(original, fields),
        date=original.date,
        source=(original.kind, original.number),
        posted_by=by.name,
    )
    rules.check(draft, standard)
    return Proposal(original, signed, draft)


def book_original(
    *,
    org_ext_id: str,
    given: Given,
    rule_code: str,
    fields: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> PostedVoucher:
    """Post the voucher of an original. Raises: as `propose` and `posting.append`."""
    with transaction.atomic():
        found = propose(
            org_ext_id=org_ext_id, given=given, rule_code=rule_code, fields=fields, by=by
        )
        book = posting.book_of(org_ext_id)
        (posted,) = posting.append(book, [found.draft], by=by, at=at)
        if not posted.is_new:  # somebody else was faster
            raise _booked(found.original)
        audit.write(
            chain=org_ext_id,
            kind="ledger.original.booked",
            by=by,
            at=at,
            subject=("voucher", posted.ext_id),
            after={
                "kind": found.original.kind,
                "number": found.original.number,
                "digest": found.original.digest,
                "signer": found.signed.signer,
                "algorithm": found.signed.algorithm,
            },
        )
    return posted


def _event(original: Original, fields: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in fields.items() if value}
    item = {key: told.pop(key) for key in ("aux_kind", "aux_id") if key in told}
    purpose = original.title or f"{original.kind_title}{original.number}"
    return {
        "purpose": purpose,
        **told,
        "items": [{"amount_fen": original.amount_fen, **item}],
        "attachment_count": 1,
    }


def _require_ours(original: Original, book: Book) -> None:
    """Refuse a paper that names others; what it does not name is not held against it."""
    sides = [(original.buyer_no, original.buyer_name)]
    if original.ours == "either":
        sides.append((original.seller_no, original.seller_name))
    organisation = book.organisation
    for number, name in sides:
        if number and organisation.uscc:
            if number == organisation.uscc:
                return
        elif not name or name == organisation.name:
            return
    raise OriginalNotOurs(
        kind=original.kind_title, named=sides[0][1], organisation=organisation.name
    )


def _require_new(original: Original) -> None:
    if Voucher.objects.filter(source_kind=original.kind, source_id=original.number).exists():
        raise _booked(original)


def _booked(original: Original) -> OriginalBooked:
    return OriginalBooked(kind=original.kind_title, number=original.number)
