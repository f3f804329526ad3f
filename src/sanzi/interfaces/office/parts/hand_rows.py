"""The rows of a voucher as somebody types them: five fields each, empty rows left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from sanzi.interfaces.look import words
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.kernel import money
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.errors import BadLine
from sanzi.ledger.queries import subjects
from sanzi.ledger.queries.drafts import DraftLine
from sanzi.ledger.rules import Line
from sanzi.payments.queries import accounts as account_queries

ROWS_FIRST, ROWS_MORE, ROWS_MAX = 4, 4, 200


@dataclass(frozen=True)
class HandRow:
    """One row as typed. The account is its code, with or without its words; aux is `kind:id`."""

    summary: str = ""
    account: str = ""
    aux: str = ""
    debit: str = ""
    credit: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.summary or self.account or self.aux or self.debit or self.credit)

    @property
    def debit_fen(self) -> int:
        """The debit, 0 for what is no amount."""
        return _fen(self.debit)

    @property
    def credit_fen(self) -> int:
        """The credit, 0 for what is no amount."""
        return _fen(self.credit)


def blank() -> list[HandRow]:
    """Return the empty rows of a new form."""
    return [HandRow()] * ROWS_FIRST


def typed_rows(request: HttpRequest) -> list[HandRow]:
    """Return the rows of a posted form, after the row button that was pressed.

    `do` is `more` for further rows, `drop-3` to take the fourth row away.
    """
    given = request.POST
    count = given.get("rows", "")
    number = min(int(count), ROWS_MAX) if count.isdecimal() and len(count) < 4 else ROWS_FIRST
    rows = [
        HandRow(
            summary=given.get(f"summary-{place}", "").strip(),
            account=given.get(f"account-{place}", "").strip(),
            aux=given.get(f"aux-{place}", "").strip(),
            debit=given.get(f"debit-{place}", "").strip(),
            credit=given.get(f"credit-{place}", "").strip(),
        )
        for place in range(number)
    ]
    asked = given.get("do", "")
    if asked == "more":
        rows += [HandRow()] * min(ROWS_MORE, ROWS_MAX - len(rows))
    dropped = asked.removeprefix("drop-")
    if asked.startswith("drop-") and dropped.isdecimal() and int(dropped) < len(rows):
        del rows[int(dropped)]
    return rows


def rows_of(lines: Sequence[DraftLine]) -> list[HandRow]:
    """Return the rows that say the lines of a draft."""
    return [
        HandRow(
            summary=one.summary,
            account=one.account,
            aux=f"{one.aux_kind}:{one.aux_id}" if one.aux_id else "",
            debit=words.yuan(one.debit_fen) if one.debit_fen else "",
            credit=words.yuan(one.credit_fen) if one.credit_fen else "",
        )
        for one in lines
    ]


def parsed(rows: Sequence[HandRow]) -> list[Line]:
    """Return the lines that rows say, empty rows left out. Raises: BadLine."""
    found: list[Line] = []
    for row in rows:
        if row.is_empty:
            continue
        kind, _, ext_id = row.aux.split(" ")[0].partition(":")
        line_no = len(found) + 1
        found.append(
            Line(
                account_code=row.account.split(" ")[0],
                debit_fen=_amount(row.debit, line_no),
                credit_fen=_amount(row.credit, line_no),
                summary=row.summary[:120],
                aux_kind=kind if ext_id else "",
                aux_id=ext_id,
            )
        )
    return found


def hand_context(
    request: OfficeRequest, org: str, rows: Sequence[HandRow], *, on: date
) -> dict[str, object]:
    """Return what `_hand_rows.html` shows: the rows, their sums, what may be typed into them."""
    own = [("account", key, name) for key, name in account_queries.own_accounts(org)]
    used = subjects.used_auxiliaries(by=request.actor, org_ext_id=org)
    debit, credit = sum(row.debit_fen for row in rows), sum(row.credit_fen for row in rows)
    return {
        "rows": list(enumerate(rows)),
        "row_count": len(rows),
        "accounts": subjects.pickable(by=request.actor, org_ext_id=org, on=on),
        "auxiliaries": sorted({*own, *used}),
        "debit": words.yuan(debit),
        "credit": words.yuan(credit),
        "is_even": debit == credit,
        "difference": words.yuan(abs(debit - credit)),
    }


def _amount(text: str, line_no: int) -> int:
    bare = text.replace(",", "").replace("−", "-")
    if not bare:
        return 0
    try:
        return money.parse_yuan(bare)
    except Refusal as said:
        raise BadLine(line_no=line_no, why=f"“{text[:20]}”不是金额") from said


def _fen(text: str) -> int:
    try:
        return _amount(text, 0)
    except BadLine:
        return 0
