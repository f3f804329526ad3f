"""The bank's side of a village's history: month-end balances, signed statements, stray lines."""

from __future__ import annotations

from datetime import date

from sanzi_county.days import DAY, at, month_end, workday_from
from sanzi_county.events import Stray
from sanzi_county.world import Org, Village
from sanzi_county.write import Sink


class Statements:
    """Tells what the bank says of the accounts of one village.

    `strays` are the lines that no book knows; there are none but in a demo.
    """

    def __init__(self, sink: Sink, village: Village) -> None:
        self._sink = sink
        self._village = village
        self.strays: list[Stray] = []

    def strayed_fen(self, org: Org, end: date) -> int:
        """What the strays of an account come to by the end of a day."""
        return sum(one.signed_fen for one in self._of(org, end))

    def close_month(self, org: Org, end: date, book_fen: int) -> None:
        """The balance on the last day told of a month, and its statement when the month is over."""
        strays = self._of(org, end)
        self._sink.add(
            "balance",
            account_id=org.account_id,
            balance_date=end,
            balance_fen=book_fen + self.strayed_fen(org, end),
        )
        if end == month_end(end):
            self._reconcile(org, end, book_fen, strays)

    def write_strays(self) -> None:
        """The bank lines of the strays."""
        for one in self.strays:
            self._sink.add(
                "bank_txn",
                txn_id=self._name(one),
                account_id=one.org.account_id,
                booked_at=at(one.day, 14, 5),
                direction="in" if one.signed_fen > 0 else "out",
                amount_fen=abs(one.signed_fen),
                peer_name=one.peer,
                channel=one.channel,
                memo=one.memo,
            )

    def _of(self, org: Org, end: date) -> list[Stray]:
        return [one for one in self.strays if one.org is org and one.day <= end]

    def _name(self, one: Stray) -> str:
        return f"NS{self._village.key}{self.strays.index(one) + 1:03d}"

    def _reconcile(self, org: Org, end: date, book_fen: int, strays: list[Stray]) -> None:
        """The signed statement of a month: book and bank agree but for the strays."""
        staff, day = self._village.town.staff, workday_from(end + DAY)
        statement = f"RS-{org.account_id}-{end:%Y%m}"
        came_in = sum(one.signed_fen for one in strays if one.signed_fen > 0)
        went_out = -sum(one.signed_fen for one in strays if one.signed_fen < 0)
        bank_fen = book_fen + came_in - went_out
        self._sink.add(
            "reconciliation",
            reconciliation_id=statement,
            account_id=org.account_id,
            org_id=org.org_id,
            period=f"{end:%Y-%m}",
            state="signed",
            book_fen=book_fen,
            bank_fen=bank_fen,
            bank_in_fen=came_in,
            bank_out_fen=went_out,
            book_in_fen=0,
            book_out_fen=0,
            adjusted_fen=bank_fen,
            item_count=len(strays),
            prepared_by_person_id=staff["agency_accountant"][0].person_id,
            prepared_at=at(day, 10),
            signed_by_person_id=staff["agency_reviewer"][0].person_id,
            signed_at=at(day, 15),
        )
        for place, one in enumerate(strays, start=1):
            self._sink.add(
                "reconciliation_item",
                reconciliation_id=statement,
                item_no=place,
                account_id=org.account_id,
                org_id=org.org_id,
                kind="bank_in" if one.signed_fen > 0 else "bank_out",
                booked_date=one.day,
                amount_fen=abs(one.signed_fen),
                reference=self._name(one),
                cause=one.cause,
                age_days=(end - one.day).days,
                txn_id=self._name(one),
            )
