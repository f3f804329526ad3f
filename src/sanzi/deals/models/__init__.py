"""Tables of deals, one file per subject."""

from sanzi.deals.models.contracts import Contract, ContractKind, ContractStatus
from sanzi.deals.models.tenders import Bid, BidTicket, Tender, TenderState

__all__ = [
    "Bid",
    "BidTicket",
    "Contract",
    "ContractKind",
    "ContractStatus",
    "Tender",
    "TenderState",
]
