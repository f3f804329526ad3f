"""Tables of village labour: requests, days, photos, declarations, rates, the labour list."""

from __future__ import annotations

from sanzi.registers.labour.models.requests import (
    DeclarationState,
    LabourDay,
    LabourDeclaration,
    LabourPhoto,
    LabourRequest,
    Phase,
    RequestState,
)
from sanzi.registers.labour.models.standards import LabourListing, RateCard, RateUnit

__all__ = [
    "DeclarationState",
    "LabourDay",
    "LabourDeclaration",
    "LabourListing",
    "LabourPhoto",
    "LabourRequest",
    "Phase",
    "RateCard",
    "RateUnit",
    "RequestState",
]
