"""Which gateway speaks to the bank. One bank today; tests and other counties put in their own."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from sanzi.bank.http import Iso20022Gateway
from sanzi.bank.port import BankGateway
from sanzi.payments.models import BankAccount

_used: list[BankGateway] = []


def current() -> BankGateway:
    """Return the gateway in use: the one put in by `use`, else the bank of the settings."""
    return _used[-1] if _used else _from_settings()


def of(account: BankAccount) -> BankGateway:  # noqa: ARG001 - one bank until there are more
    """Return the gateway of the bank that keeps an account."""
    return current()


def use(gateway: BankGateway | None) -> None:
    """Put in another gateway, or (None) go back to the bank of the settings."""
    _used.clear()
    if gateway is not None:
        _used.append(gateway)


@cache
def _from_settings() -> BankGateway:
    found = settings.SANZI
    return Iso20022Gateway(
        found.bank_url,
        found.bank_keys / "sanzi.key",
        found.bank_keys / "bank.pub",
        schemas=found.schemas,
    )
