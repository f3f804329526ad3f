"""Tables of matters, a file a subject."""

from sanzi.matters.models.cases import Case, CaseEntry, CaseState, CaseStep, NumberHead, StepState
from sanzi.matters.models.decisions import Decision
from sanzi.matters.models.delegations import Delegation
from sanzi.matters.models.editions import MatterText
from sanzi.matters.models.meetings import (
    Attendance,
    DecisionPlan,
    DecisionRecusal,
    DecisionStep,
    Meeting,
    Presence,
)
from sanzi.matters.models.sources import SourceMatter

__all__ = [
    "Attendance",
    "Case",
    "CaseEntry",
    "CaseState",
    "CaseStep",
    "Decision",
    "DecisionPlan",
    "DecisionRecusal",
    "DecisionStep",
    "Delegation",
    "MatterText",
    "Meeting",
    "NumberHead",
    "Presence",
    "SourceMatter",
    "StepState",
]
