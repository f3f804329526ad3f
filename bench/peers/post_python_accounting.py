"""python-accounting's own posting: a journal entry and its line item, posted to its ledger.

A program of its own environment: `python post_python_accounting.py FILE ROUNDS` prints seconds a
voucher. Adding the two, then `post(session)`, is what its guide shows; the last commits.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from typing import Any


def main(file: str, rounds: int) -> list[float]:
    """Post `rounds` vouchers one after the other; return the seconds of each."""
    from python_accounting.database.session import get_session
    from python_accounting.models import Account, Base, Currency, Entity, LineItem
    from python_accounting.transactions import JournalEntry
    from sqlalchemy import create_engine, event

    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    Base.metadata.create_all(engine)
    taken = []
    with get_session(engine) as session:
        entity = Entity(name="Village")
        session.add(entity)
        session.commit()
        currency = Currency(name="Yuan", code="CNY", entity_id=entity.id)
        session.add(currency)
        session.commit()
        bank = Account(
            name="Bank", account_type=Account.AccountType.BANK, currency_id=currency.id,
            entity_id=entity.id,
        )  # fmt: skip
        cost = Account(
            name="Office", account_type=Account.AccountType.OPERATING_EXPENSE,
            currency_id=currency.id, entity_id=entity.id,
        )  # fmt: skip
        session.add_all([bank, cost])
        session.commit()
        for number in range(rounds):
            start = time.perf_counter()
            entry = JournalEntry(
                narration="office", transaction_date=datetime.now(),  # noqa: DTZ005 - as its guide
                account_id=bank.id,
                entity_id=entity.id,
            )  # fmt: skip
            session.add(entry)
            session.flush()
            item = LineItem(
                narration="office", account_id=cost.id, amount=10 + number, entity_id=entity.id
            )
            session.add(item)
            session.flush()
            entry.line_items.add(item)
            session.add(entry)
            entry.post(session)
            taken.append(time.perf_counter() - start)
    return taken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
