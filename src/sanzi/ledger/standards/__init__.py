"""Accounting standards as data: accounts and entry templates, read from `data/standards`.

One folder per standard. Frozen values out; every mistake in a file is named by file and key. No
Django and no tables here; what an entry template books is worked out in `rules.py`.
"""

from sanzi.ledger.standards.chart import account_from
from sanzi.ledger.standards.entries import entry_from
from sanzi.ledger.standards.files import BadStandard, UnknownStandard
from sanzi.ledger.standards.loading import FOLDER, choices, codes, for_organisation_kind, get, load
from sanzi.ledger.standards.shapes import (
    AUX_KINDS,
    CLASSES,
    ENTRY_HOW,
    KNOWN_HOW,
    SIDES,
    WORDS,
    Account,
    Approval,
    Closing,
    CodeShape,
    Entry,
    EntryLine,
    Provenance,
    Share,
    Standard,
)

__all__ = [
    "AUX_KINDS",
    "CLASSES",
    "ENTRY_HOW",
    "FOLDER",
    "KNOWN_HOW",
    "SIDES",
    "WORDS",
    "Account",
    "Approval",
    "BadStandard",
    "Closing",
    "CodeShape",
    "Entry",
    "EntryLine",
    "Provenance",
    "Share",
    "Standard",
    "UnknownStandard",
    "account_from",
    "choices",
    "codes",
    "entry_from",
    "for_organisation_kind",
    "get",
    "load",
]
