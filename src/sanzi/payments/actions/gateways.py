"""Which gateway speaks to the bank of an account. Tests put in their own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from sanzi.bank import connections
from sanzi.bank.adapters import Banks
from sanzi.bank.connections import Connection
from sanzi.bank.errors import NotConnected
from sanzi.bank.port import BankGateway
from sanzi.payments.models import BankAccount

_used: list[BankGateway] = []


def of(account: BankAccount) -> BankGateway:
    """Return the gateway of the bank that keeps an account.

    Raises: NotConnected, ConnectionsWrong (both GatewayUnavailable: nothing was sent).
    """
    return _used[-1] if _used else banks().of(account.bank_code)


def by_name(name: str) -> BankGateway | None:
    """Return the gateway of a connection by its name (for what a bank sends unasked), or None."""
    return _used[-1] if _used else banks().by_name(name)


def connected() -> tuple[Connection, ...]:
    """Return the banks that are connected. Raises ConnectionsWrong."""
    return banks().connections


def connection_of(account: BankAccount) -> str:
    """Return the name of the connection over which an account's bank is reached.

    A gateway that was put in by `use` is called "bank". Raises: NotConnected, ConnectionsWrong.
    """
    if _used:
        return "bank"
    found = connections.find(connected(), account.bank_code)
    if found is None:
        raise NotConnected(bank_code=account.bank_code)
    return found.name


def use(gateway: BankGateway | None) -> None:
    """Put in another gateway for every account, or (None) go back to the banks of the settings."""
    _used.clear()
    if gateway is not None:
        _used.append(gateway)


def banks() -> Banks:
    """Return the banks of the settings: of the file, or the single one of SANZI_BANK_URL."""
    told = settings.SANZI
    return _banks(told.bank_connections, told.bank_url, told.bank_keys, told.schemas)


@cache
def _banks(file: Path | None, url: str, keys: Path, schemas: Path) -> Banks:
    found = connections.read(file) if file else connections.single(url, keys)
    return Banks(found, schemas)
