"""Offers: handed in sealed under a code, before the deadline, replaced if need be.

What is stored is ciphertext and its digest; the digest is handed back and published, so that
nobody can say later that it was another price. The plain price is nowhere, not in the log either.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.deals.actions.tenders import RUN, locked, require_state
from sanzi.deals.errors import BadTicket, BidderBarred, BidderIsKin, BidTooLate, BidWrong
from sanzi.deals.models import Bid, BidTicket, Tender, TenderState
from sanzi.deals.queries import parties
from sanzi.kernel import clock, digest, ids, money
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.models import Counterparty

TICKET_BITS = 60
TEXT_MAX = 80


@dataclass(frozen=True)
class BidFields:
    """What a bidder hands in, and what the server saw of his device. Units: fen."""

    price_fen: int
    contact_phone: str = ""
    deposit_account: str = ""
    doc_hash: str = ""
    doc_author: str = ""
    doc_software_id: str = ""
    agent: str = ""
    site_manager: str = ""
    ip: str = ""
    device: str = ""


@dataclass(frozen=True)
class Handed:
    """The receipt of an offer: keep the digest, it proves what was handed in."""

    ext_id: str
    offer_digest: str
    submitted_at: datetime


@transaction.atomic
def issue_ticket(*, tender: str, counterparty: str, by: Actor, at: datetime) -> str:
    """Let a bidder in; return his code, which is shown once. A new code voids the old one.

    Raises: NotFound, TenderNotNow, BidTooLate, BidWrong, BidderIsKin, BidderBarred.
    """
    found = locked(tender)
    scope.require(by, RUN, found.division_code)
    _require_open(found, at)
    party = Counterparty.objects.filter(ext_id=counterparty).first()
    if party is None:
        raise BidWrong(field="单位", why="名册里没有这一家")
    _require_fit(found, party, at)
    code = ids.new_token(TICKET_BITS)
    BidTicket.objects.update_or_create(
        tender=found,
        counterparty=party,
        defaults={
            "code_index": _index(found, code), "issued_at": at, "issued_by_id": by.user_id,
        },
    )  # fmt: skip
    _tell(found, "invited", by, at, bid=party.ext_id, after={"bidder": party.ext_id})
    return code


def _index(tender: Tender, code: str) -> str:
    return secrets.index("token", f"{tender.ext_id}:{ids.read_token(code)}")


@transaction.atomic
def submit(*, tender: str, code: str, fields: BidFields, at: datetime) -> Handed:
    """Take a sealed offer from who holds a code; an earlier one of his is replaced.

    `at` is the time of the server. Nobody of the office acts here.
    Raises: NotFound, BadTicket, TenderNotNow, BidTooLate, BidWrong, BidderIsKin, BidderBarred.
    """
    found = locked(tender)
    ticket = (
        BidTicket.objects.select_related("counterparty")
        .filter(tender=found, code_index=_index(found, code))
        .first()
    )
    if ticket is None:
        raise BadTicket
    _require_open(found, at)
    _require_sane(fields)
    party = ticket.counterparty
    is_held = _require_fit(found, party, at)
    text = _offer(found, party, fields)
    Bid.objects.filter(tender=found, counterparty=party, replaced_at__isnull=True).update(
        replaced_at=at
    )
    made = Bid.objects.create(
        ext_id=ids.new_id("TB", at),
        tender=found,
        counterparty=party,
        sealed_offer=secrets.seal("offer", text),
        offer_digest=digest.sm3(text.encode()),
        submitted_at=at,
        ip=fields.ip[:45],
        mac=secrets.index("token", fields.device) if fields.device else "",
        doc_author=fields.doc_author[:TEXT_MAX],
        doc_hash=fields.doc_hash,
        doc_software_id=fields.doc_software_id[:TEXT_MAX],
        deposit_account_index=secrets.index("account", fields.deposit_account),
        contact_phone_index=secrets.index("phone", fields.contact_phone),
        agent_person_ext_id=fields.agent,
        pm_person_ext_id=fields.site_manager,
        is_kin_hold=is_held,
    )
    _tell(found, "submitted", SYSTEM, at, bid=made.ext_id, after={"digest": made.offer_digest})
    return Handed(made.ext_id, made.offer_digest, at)


def _offer(tender: Tender, party: Counterparty, fields: BidFields) -> str:
    said = {
        "tender": tender.ext_id,
        "bidder": party.ext_id,
        "price_fen": fields.price_fen,
        "doc_hash": fields.doc_hash,
        "salt": ids.new_token(120),
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _require_open(tender: Tender, at: datetime) -> None:
    require_state(tender, TenderState.PUBLISHED, "收报价")
    deadline = tender.bid_deadline_at
    if deadline is None or at >= deadline:
        raise BidTooLate(deadline=clock.minute_text(deadline) if deadline else "")


def _require_sane(fields: BidFields) -> None:
    if not 0 < fields.price_fen <= money.MAX_FEN:
        raise BidWrong(field="价格", why="要大于0")
    if fields.doc_hash and len(fields.doc_hash) != 64:
        raise BidWrong(field="报价文件", why="没有传完整")
    if not fields.contact_phone.strip():
        raise BidWrong(field="联系电话", why="还没写")


def _require_fit(tender: Tender, party: Counterparty, at: datetime) -> bool:
    """Refuse who may not compete; return whether a more distant tie holds the award back."""
    deadline = tender.bid_deadline_at or at
    if party.is_blacklisted and (
        party.blacklist_until_date is None
        or party.blacklist_until_date >= clock.local_date(deadline)
    ):
        raise BidderBarred(name=party.name)
    tie = parties.tie_to_officers(party.pk, tender.division_code, clock.local_date(at))
    if tie == parties.NEAR:
        raise BidderIsKin(name=party.name)
    return tie == parties.DISTANT


def _tell(
    tender: Tender, what: str, by: Actor, at: datetime, *, bid: str, after: dict[str, object]
) -> None:
    audit.write(
        chain=tender.organisation.ext_id,
        kind=f"deals.bid.{what}",
        by=by,
        at=at,
        subject=("bid", bid),
        after={"tender": tender.ext_id, **after},
    )
