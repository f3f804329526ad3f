"""Tables of matters, a file a subject."""

from sanzi.matters.models.cases import Case, CaseEntry, CaseState, CaseStep, NumberHead, StepState
from sanzi.matters.models.decisions import Decision
from sanzi.matters.models.delegations import Delegation
from sanzi.matters.models.sources import SourceMatter

__all__ = [
    "Case",
    "CaseEntry",
    "CaseState",
    "CaseStep",
    "Decision",
    "Delegation",
    "NumberHead",
    "SourceMatter",
    "StepState",
]
