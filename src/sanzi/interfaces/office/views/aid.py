"""The decision on aid as a paper to hand over."""

from __future__ import annotations

from django.http.response import HttpResponseBase

from sanzi.interfaces.office.parts.sheets import sent
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.ledger.actions.papers import PaperFile
from sanzi.registers.subsidies.queries import aid as queries

PDF = "application/pdf"


@officer
def letter(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Give the decision as a PDF to those who may see the case."""
    found = queries.access_aid(by=request.actor, ext_id=ext_id)
    return sent(PaperFile(f"救助决定书{found.ext_id}.pdf", PDF, queries.letter(found)))
