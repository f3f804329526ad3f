"""Which verifier this county has: none, two persons by hand, the sandbox's, or a provider.

The settings say it; `wire.verifier` may be set by tests and by the programs of a county.
"""

from __future__ import annotations

from django.conf import settings

from sanzi.evidence.verification.http import FOLDER, HttpVerifier, read_wire
from sanzi.evidence.verification.port import InvoiceVerifier

OFF, MANUAL, SIMULATOR, VENDOR = "off", "manual", "simulator", "vendor"
MODES = (OFF, MANUAL, SIMULATOR, VENDOR)


class _Channel:
    """The verifier in use, made once."""

    def __init__(self) -> None:
        self.mode = ""
        self.verifier: InvoiceVerifier | None = None


wire = _Channel()


def mode() -> str:
    """Return how invoices are verified here: one of MODES."""
    return wire.mode or str(settings.SANZI.tax)


def verifier() -> InvoiceVerifier | None:
    """Return who can be asked by machine; None where two persons look or nobody does.

    Raises: BadVerifier, OSError when the provider's file is wrong or missing.
    """
    if wire.verifier is not None:
        return wire.verifier
    if mode() not in {SIMULATOR, VENDOR}:
        return None
    path = settings.SANZI.tax_vendor or FOLDER / "simulator.yaml"
    wire.verifier = HttpVerifier(read_wire(path), settings.SANZI.tax_url, settings.SANZI.tax_token)
    return wire.verifier
