"""The sandbox bank from outside: its faults, its ledger and its inbox of texts."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from browser.site import Site

PATIENCE_SECONDS = 60


class Bank:
    """What a tester may do to the bank, and what the bank really booked."""

    def __init__(self, site: Site) -> None:
        """Hold the running site."""
        self._site = site

    def close_account(self, account: str) -> None:
        """The holder closes his account."""
        self._site.bank_control("account", action="close", account=account)

    def open_account(self, account: str, name: str) -> None:
        """The holder opens a new account."""
        self._site.bank_control("account", action="create", account=account, name=name)

    def reject_next(self, account: str, code: str) -> None:
        """The next payment to an account is refused with a code."""
        self._site.bank_control(
            "fault", kind="reject", scope=f"account:{account}", count=1, code=code
        )

    def return_next(self, account: str) -> None:
        """The next payment to an account comes back at ten o'clock of the next day."""
        self._site.bank_control("fault", kind="return", scope=f"account:{account}", count=1)

    def credit(self, account: str, amount_fen: int, *, name: str, said: str) -> None:
        """Somebody pays money into an account."""
        self._site.bank_control(
            "credit", account=account, amount_fen=amount_fen, name=name, remittance=said
        )

    def came_back(self, account: str) -> list[dict[str, Any]]:
        """All payments that were given back to an account."""
        found = self._site.bank(f"/_ctl/ledger.json?account={account}")["entries"]
        return [row for row in found if row["kind"] == "RETURN"]

    def exchanges(self, what: str) -> list[dict[str, Any]]:
        """The last exchanges of one kind that the bank has logged, the newest first."""
        found = self._site.bank("/_ctl/state.json")["messages"]
        return [row for row in found if row["what"] == what]

    def paid_out(self, account: str) -> list[dict[str, Any]]:
        """All payments that left an account."""
        found = self._site.bank(f"/_ctl/ledger.json?account={account}")["entries"]
        return [row for row in found if row["kind"] == "PAYMENT"]

    def balance_fen(self, account: str) -> int:
        """The booked balance of an account."""
        found = self._site.bank(f"/_ctl/ledger.json?account={account}")["accounts"]
        return int(found[0]["balance_fen"])

    def texts(self) -> list[dict[str, Any]]:
        """All texts that the bank's provider has delivered."""
        found: list[dict[str, Any]] = self._site.bank("/sms/inbox.json")["messages"]
        return found


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Wait until something is so, as the worker works on its own. Raises: AssertionError."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.5)
    raise AssertionError(f"after {PATIENCE_SECONDS} seconds: {what}")
