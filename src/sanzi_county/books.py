"""The books of one village: openings, vouchers in order of time, the last vouchers of a year.

Rows are kept until the village is told and written book by book, so that whoever reads the
package has one book whole before the next begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sanzi_county import assets, charts, year_end
from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN, Booking, Entry, Income, Spend
from sanzi_county.world import Org, Village
from sanzi_county.write import Sink

_ACCRUED: Final = {"labour": "213", "pay": "212"}
_RECEIVABLES: Final = ("112", "113")
# What stands in an opening beside money and assets, debit positive; the rest is equity.
_STOCKS: Final = {"enterprise": {"1403": 5_200 * YUAN, "1405": 8_600 * YUAN}}
_CAPITAL: Final = {
    "village_committee": {},
    "collective": {"30101": 260_000 * YUAN},
    "enterprise": {"3001": 200_000 * YUAN, "310101": 12_000 * YUAN},
}  # fmt: skip
_REST: Final = {"village_committee": "31102", "collective": "31102", "enterprise": "3002"}


@dataclass(frozen=True)
class Posting:
    """What a voucher says besides its lines."""

    at: datetime
    summary: str
    source_kind: str
    source_id: str | None
    origin: str = "auto"


class Books:
    """The three books of one village; `name` hands out the numbers of rows."""

    def __init__(self, sink: Sink, village: Village, name: Callable[[str], str]) -> None:
        self._sink = sink
        self._village = village
        self._name = name
        self._numbers: dict[tuple[str, str], int] = defaultdict(int)
        self._standing: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._year: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._rows: dict[str, list[tuple[dict[str, Any], list[dict[str, Any]]]]] = defaultdict(list)

    def open(self, org: Org, first: date, more: Mapping[tuple[str, str], int]) -> None:
        """The opening of a book: money, assets, stocks, `more`, and the equity behind them."""
        chart = charts.OF[org.kind]
        sums = {chart.bank: org.opening_fen, **assets.opening(org.kind)}
        sums |= _STOCKS.get(org.kind, {})
        for code, fen in _CAPITAL[org.kind].items():
            sums[code] = -fen
        for (org_id, code), fen in more.items():
            if org_id == org.org_id:
                sums[code] = sums.get(code, 0) + fen
        undivided = min(org.opening_fen, 60_000 * YUAN)
        sums[chart.retained] = -undivided
        sums[_REST[org.kind]] = -sum(sums.values())
        for code, fen in sums.items():
            self._standing[org.org_id][code] = fen
            self._sink.add(
                "opening_balance",
                opening_balance_id=f"I{org.org_id}-{code}",
                book_id=org.book_id,
                org_id=org.org_id,
                balance_date=first - DAY,
                subject_code=code,
                account_id=org.account_id if code == chart.bank else None,
                debit_fen=max(fen, 0),
                credit_fen=max(-fen, 0),
            )

    def spent(self, spend: Spend, when: datetime, case_id: str) -> None:
        """The voucher of a settled spending."""
        posting = Posting(when, spend.purpose, "payment", case_id)
        self._post(spend.org, posting, _spend_lines(spend))

    def received(self, income: Income, when: datetime, receipt_id: str) -> None:
        """The voucher of an income."""
        posting = Posting(when, f"收{income.payer}款", "receipt", receipt_id)
        self._post(income.org, posting, _income_lines(income))

    def entered(self, made: Entry) -> None:
        """The voucher of an entry without money."""
        posting = Posting(
            at(made.day, made.hour), made.summary, made.source_kind, made.source_id, made.origin
        )
        self._post(made.org, posting, made.lines)

    def close_year(self, day: date) -> None:
        """Carry the year's result over in every book."""
        households = [head.household_id or "" for head in self._village.heads]
        for org in self._village.bookkeeping:
            year = year_end.Year(
                moved=self._year.pop(org.org_id, {}),
                standing=self._standing[org.org_id],
                households=households,
            )
            for made in year_end.vouchers(org, day, year):
                self.entered(made)
        self._year.clear()

    def flush(self) -> None:
        """Write all vouchers, book by book."""
        for org in self._village.bookkeeping:
            for voucher, lines in self._rows.pop(org.org_id, []):
                self._sink.add("voucher", **voucher)
                for line in lines:
                    self._sink.add("ledger_line", **line)

    def _post(self, org: Org, posting: Posting, lines: Sequence[Booking]) -> None:
        period = f"{posting.at:%Y-%m}"
        self._numbers[org.org_id, period] += 1
        voucher_id = self._name("J")
        voucher = {
            "voucher_id": voucher_id,
            "book_id": org.book_id,
            "org_id": org.org_id,
            "period": period,
            "kind": "general",
            "voucher_no": self._numbers[org.org_id, period],
            "voucher_date": posting.at.date(),
            "posted_at": posting.at + timedelta(minutes=2),
            "summary": posting.summary,
            "source_kind": posting.source_kind,
            "source_id": posting.source_id,
            "entry_origin": posting.origin,
        }
        rows = []
        for line_no, line in enumerate(lines, start=1):
            signed = line.debit_fen - line.credit_fen
            self._standing[org.org_id][line.subject] += signed
            self._year[org.org_id][line.subject] += signed
            aux = dict([line.aux]) if line.aux else {}
            rows.append(
                {
                    "voucher_id": voucher_id,
                    "line_no": line_no,
                    "book_id": org.book_id,
                    "org_id": org.org_id,
                    "subject_code": line.subject,
                    "debit_fen": line.debit_fen,
                    "credit_fen": line.credit_fen,
                    **aux,
                }
            )
        self._rows[org.org_id].append((voucher, rows))


def _spend_lines(spend: Spend) -> list[Booking]:
    total, bank = spend.total_fen, _bank(spend.org)
    paid = Booking(bank.subject, credit_fen=total, aux=bank.aux)
    accrued = None if spend.org.kind == "enterprise" else _ACCRUED.get(spend.source.kind or "")
    if accrued is not None:
        return [
            Booking(spend.subject, debit_fen=total),
            Booking(accrued, credit_fen=total),
            Booking(accrued, debit_fen=total),
            paid,
        ]
    booked = spend.booked or {spend.subject: total}
    return [*(Booking(code, debit_fen=fen) for code, fen in booked.items()), paid]


def _income_lines(income: Income) -> list[Booking]:
    bank = _bank(income.org)
    aux = None
    if income.subject.startswith(_RECEIVABLES) and income.firm is not None:
        aux = ("counterparty_id", income.firm.counterparty_id)
    elif income.peer is not None and income.subject.startswith(_RECEIVABLES):
        aux = ("aux_org_id", income.peer.org_id)
    lines = [
        Booking(bank.subject, debit_fen=income.amount_fen, aux=bank.aux),
        Booking(income.subject, credit_fen=income.amount_fen - income.tax_fen, aux=aux),
    ]
    if income.tax_fen:
        lines.append(Booking("222101", credit_fen=income.tax_fen))
    return lines


def _bank(org: Org) -> Booking:
    return Booking(charts.OF[org.kind].bank, aux=("account_id", org.account_id))
