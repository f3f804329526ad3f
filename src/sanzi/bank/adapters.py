"""From a connection to the gateway that speaks to the bank: one adapter for each manner of speech.

A new adapter is one more entry of BUILDERS, and its options in `connections.ADAPTERS`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from sanzi.bank import actions, connections, http
from sanzi.bank.connections import Connection
from sanzi.bank.direct import gateway as direct
from sanzi.bank.errors import ConnectionsWrong, NotConnected
from sanzi.bank.port import BankGateway

Builder = Callable[[Connection, Path], BankGateway]


def _iso20022(one: Connection, schemas: Path) -> BankGateway:
    return http.Iso20022Gateway(
        one.url,
        one.customer_key,
        one.bank_key,
        one.timeout_seconds,
        schemas,
        customer=one.customer,
        caps=one.capabilities(http.CAPS),
        terms=http.Terms(
            one.name,
            messages=http.Messages(**one.options),
            log=actions.RawLog(one.name),
            seen=actions.EventsSeen(),
        ),
    )


def _direct(one: Connection, _: Path) -> BankGateway:
    return direct.DirectGateway(
        one.url,
        one.customer_key,
        one.bank_key,
        one.timeout_seconds,
        terms=direct.Terms(
            one.customer,
            one.options.get("charset", "gbk"),
            log=actions.RawLog(one.name),
            seen=actions.EventsSeen(),
            name=one.name,
        ),
        caps=one.capabilities(direct.CAPS),
    )


BUILDERS: Final[Mapping[str, Builder]] = {"iso20022": _iso20022, "direct": _direct}


class Banks:
    """The banks of a county. A gateway is made when it is first asked for, and kept."""

    def __init__(self, found: tuple[Connection, ...], schemas: Path) -> None:
        """Keep the connections; nothing is opened yet. `schemas` is the folder of XSD files."""
        self.connections = found
        self._schemas = schemas
        self._made: dict[str, BankGateway] = {}
        self._lock = threading.Lock()

    def of(self, bank_code: str) -> BankGateway:
        """Return the gateway for accounts of a bank code. Raises NotConnected."""
        found = connections.find(self.connections, bank_code)
        if found is None:
            raise NotConnected(bank_code=bank_code)
        return self._gateway(found)

    def by_name(self, name: str) -> BankGateway | None:
        """Return the gateway of a connection, or None if there is none of this name."""
        for one in self.connections:
            if one.name == name:
                return self._gateway(one)
        return None

    def _gateway(self, one: Connection) -> BankGateway:
        with self._lock:
            if one.name not in self._made:
                try:
                    self._made[one.name] = BUILDERS[one.adapter](one, self._schemas)
                except (OSError, ValueError) as wrong:
                    raise ConnectionsWrong(why=f"{one.title}的密钥文件用不了：{wrong}") from wrong
            return self._made[one.name]
