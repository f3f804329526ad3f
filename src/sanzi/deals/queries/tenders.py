"""Reads of competitions. Prices are in no answer before the opening, for nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from sanzi.deals import rules
from sanzi.deals.models import Bid, Tender, TenderState
from sanzi.deals.models.tenders import TenderMethod
from sanzi.kernel import masking, money
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import CounterpartyKind

SEE = "matters.see"
STATES = TenderState.choices
METHODS = [one for one in TenderMethod.choices if one[0] != TenderMethod.AUCTION]


@dataclass(frozen=True)
class TenderFilter:
    """What a list of competitions is narrowed to; empty means all."""

    text: str = ""
    division_code: str = ""
    state: str = ""


@dataclass(frozen=True)
class BidRow:
    """An offer; before the opening it has a digest and a time, and no bidder. Units: fen."""

    ext_id: str
    bidder: str
    price_fen: int | None
    offer_digest: str
    submitted_at: datetime
    is_valid: bool | None
    invalid_reason: str
    flags: tuple[str, ...]
    is_winner: bool


@dataclass(frozen=True)
class TenderPage:
    """A competition and its offers."""

    tender: Tender
    bids: tuple[BidRow, ...]
    witness: str

    @property
    def is_open(self) -> bool:
        """Whether the offers have been opened."""
        return self.tender.opened_at is not None


def tenders(*, by: Actor, only: TenderFilter) -> QuerySet[Tender]:
    """Return the competitions of the scope, newest first, with the number of standing offers."""
    found = Tender.objects.filter(scope.within(by, SEE)).select_related("organisation")
    if only.division_code:
        found = found.filter(division_code=only.division_code)
    if only.state:
        found = found.filter(state=only.state)
    if only.text:
        found = found.filter(Q(title__icontains=only.text) | Q(ext_id=only.text))
    standing = Count("bids", filter=Q(bids__replaced_at__isnull=True))
    return found.annotate(bid_count=standing).order_by("-published_at", "-pk")


def access_tender(*, by: Actor, ext_id: str) -> Tender:
    """Return a competition of the actor's scope. Raises: NotFound."""
    found = (
        Tender.objects.filter(scope.within(by, SEE), ext_id=ext_id)
        .select_related("organisation", "witness", "opened_by")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def page(*, by: Actor, ext_id: str) -> TenderPage:
    """Return a competition with its offers as they may be seen now. Raises: NotFound."""
    return _page(access_tender(by=by, ext_id=ext_id))


def public_page(ext_id: str) -> TenderPage:
    """Return a published competition as everybody may see it. Raises: NotFound."""
    found = (
        Tender.objects.select_related("organisation")
        .filter(ext_id=ext_id)
        .exclude(state=TenderState.DRAFT)
        .first()
    )
    if found is None:
        raise NotFound
    return _page(found, is_public=True)


def taking_bids(division_code: str, at: datetime) -> list[Tender]:
    """Return a village's competitions that anybody may still bid in, the first to end first."""
    rows = Tender.objects.filter(
        division_code=division_code, state=TenderState.PUBLISHED, bid_deadline_at__gt=at
    )
    return list(rows.order_by("bid_deadline_at", "pk"))


def _page(found: Tender, *, is_public: bool = False) -> TenderPage:
    is_open = found.opened_at is not None
    order = ("price_fen", "pk") if is_open else ("submitted_at", "pk")
    rows = Bid.objects.filter(tender=found, replaced_at__isnull=True).order_by(*order)
    return TenderPage(
        tender=found,
        bids=tuple(
            _row(one, is_open=is_open, is_public=is_public)
            for one in rows.select_related("counterparty")
        ),
        witness=found.witness.name if found.witness else "",
    )


def _row(one: Bid, *, is_open: bool, is_public: bool) -> BidRow:
    """Return an offer; for everybody a person's name is masked, a firm's is not."""
    name = one.counterparty.name if is_open else ""
    is_masked = is_public and one.counterparty.kind == CounterpartyKind.PERSON
    return BidRow(
        ext_id=one.ext_id,
        bidder=masking.name(name) if is_masked else name,
        price_fen=one.price_fen if is_open else None,
        offer_digest=one.offer_digest,
        submitted_at=one.submitted_at,
        is_valid=one.is_valid,
        invalid_reason=one.invalid_reason,
        flags=tuple(rules.FLAG_WORDS[flag] for flag in one.flags),
        is_winner=one.is_winner,
    )


def awarded(*, by: Actor) -> list[tuple[str, str]]:
    """Return (ext id, words) of settled competitions that a contract may name, newest first."""
    rows = Bid.objects.filter(
        scope.within(by, SEE, "tender__division_code"),
        tender__state=TenderState.AWARDED,
        is_winner=True,
    ).select_related("tender", "counterparty")
    return [
        (one.tender.ext_id, _won_words(one))
        for one in rows.order_by("-tender__award_notice_at", "-pk")[:200]
    ]


def _won_words(one: Bid) -> str:
    price = money.format_yuan(one.price_fen or 0)
    if one.tender.subject_kind == "deposit":
        return f"{one.tender.title}，{one.counterparty.name}，年利率{price}%中标"
    return f"{one.tender.title}，{one.counterparty.name}，{price}元中标"


def winner(tender_ext_id: str) -> Bid | None:
    """Return the winning offer of a competition, None while there is none."""
    rows = Bid.objects.select_related("counterparty", "tender")
    return rows.filter(tender__ext_id=tender_ext_id, is_winner=True).first()


def settled(organisation_ext_id: str) -> list[tuple[str, str]]:
    """Return (ext id, words) of the settled competitions of a body, for the lists of forms."""
    rows = Bid.objects.filter(
        tender__organisation__ext_id=organisation_ext_id,
        tender__state=TenderState.AWARDED,
        is_winner=True,
    ).select_related("tender", "counterparty")
    return [
        (one.tender.ext_id, _won_words(one))
        for one in rows.order_by("-tender__award_notice_at", "-pk")[:200]
    ]
