"""Opening balances from a trial balance in a sheet, also one kept under the old standard.

Only while no voucher is posted. Nothing is guessed: an account, an auxiliary, or a split that is
not clear is named by row and column, or asked. Source: 财会〔2024〕12号 第二十四条;
accounting opening rule: openings balance, are logged, and are fixed by the first voucher.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import digest as digests
from sanzi.kernel import money
from sanzi.kernel.refusals import Refusal
from sanzi.ledger import queries, rules, standards
from sanzi.ledger.errors import OpeningFixed, OpeningNotPreviewed, OpeningUnbalanced
from sanzi.ledger.map_errors import MapMissing
from sanzi.ledger.models import Book, OpeningBalance, Voucher
from sanzi.ledger.queries import charts, partners
from sanzi.ledger.rules import AUX_TITLES
from sanzi.ledger.standards import mapping
from sanzi.ledger.standards.mapping import Choices, Question
from sanzi.orgs.actors import Actor
from sanzi.record import sheet_reading, sheets
from sanzi.record.errors import CellError, PackageRefused
from sanzi.record.sheet_reading import SheetRow

PERMISSION: Final = "ledger.correct"
CODE, NAME, DEBIT, CREDIT, PARTNER = "科目编号", "科目名称", "借方余额", "贷方余额", "往来对象"
HEADINGS: Final = (CODE, NAME, DEBIT, CREDIT, PARTNER)
TOTAL_WORDS: Final = ("合计", "总计")
FILE_NAME: Final = "期初余额.xlsx"


@dataclass(frozen=True)
class Given:
    """One row of the sheet: debit positive."""

    row: int
    code: str
    balance_fen: int
    partner: str


@dataclass(frozen=True)
class Stands:
    """One balance as it would stand: account, auxiliary, debit positive; from which old account."""

    code: str
    name: str
    aux_kind: str
    aux_id: str
    balance_fen: int
    from_code: str
    why: str
    row: int


@dataclass(frozen=True)
class Move:
    """One row of the sheet on its way from an old account to a new one, debit positive."""

    from_code: str
    from_name: str
    code: str
    name: str
    amount_fen: int
    why: str
    row: int


@dataclass(frozen=True)
class Preview:
    """What becomes of a sheet. With questions left nothing can be confirmed yet.

    `digest` is of the sheet and of all that would stand; who confirms gives it back.
    """

    org_ext_id: str
    organisation: str
    standard: str
    first_period: str
    stands: tuple[Stands, ...] = ()
    questions: tuple[Question, ...] = ()
    moves: tuple[Move, ...] = ()
    digest: str = ""

    @property
    def total_fen(self) -> int:
        """The sum of the debit side."""
        return sum(one.balance_fen for one in self.stands if one.balance_fen > 0)

    @property
    def credit_fen(self) -> int:
        """The sum of the credit side, as a positive figure."""
        return -sum(one.balance_fen for one in self.stands if one.balance_fen < 0)

    def require_balanced(self) -> None:
        """Raises: OpeningUnbalanced."""
        if self.total_fen != self.credit_fen:
            raise OpeningUnbalanced(
                debit=money.format_yuan(self.total_fen), credit=money.format_yuan(self.credit_fen)
            )


@dataclass
class _Errors:
    """Mistakes of a sheet, by row and column."""

    file: str
    found: list[CellError] = field(default_factory=list)

    def add(self, row: int, column: str, value: str, expected: str) -> None:
        self.found.append(CellError(self.file, row, column, value[:40], expected))

    def refuse(self) -> None:
        if self.found:
            raise PackageRefused(self.found)


@contextmanager
def as_file(data: bytes) -> Iterator[Path]:
    """Lay what was sent down as a file for as long as it is read."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / FILE_NAME
        path.write_bytes(data)
        yield path


def template(*, org_ext_id: str, by: Actor) -> bytes:
    """Return the workbook to fill in: every account that takes lines, amounts empty.

    Raises: NotFound.
    """
    book = queries.access_book(by=by, org_ext_id=org_ext_id, permission=PERMISSION)
    chart = charts.chart_of(book, _first_day(book))
    columns = [sheets.Column(CODE, width=14), sheets.Column(NAME, width=30)]
    columns += [sheets.Column(DEBIT, "money"), sheets.Column(CREDIT, "money")]
    rows = [
        sheets.Row((one.code, one.name, None, None, _kinds(one.requires)))
        for one in chart.accounts.values()
        if one.is_leaf and not one.blocked
    ]
    sheet = sheets.Sheet(
        title="期初余额",
        columns=[*columns, sheets.Column(PARTNER, width=34)],
        rows=rows,
        left=book.organisation.name,
        middle=book.first_period,
        notes=["往来对象填编号或全名；一个科目有几个对象就填几行。借贷合计要一样。"],
    )
    return sheets.workbook([sheet])


def preview(
    *,
    org_ext_id: str,
    file: Path,
    by: Actor,
    standard_code: str = "",
    choices: Choices | None = None,
) -> Preview:
    """Read a sheet and return what would stand in the book, balanced or not; writes nothing.

    Shapes: standard_code names the standard the sheet was kept under, '' the book's own; choices
    as in `mapping.AccountMap.translate`, by old code.
    Raises: NotFound, OpeningFixed, PackageRefused (rows and columns), MapMissing, and what the map
    refuses.
    """
    book = queries.access_book(by=by, org_ext_id=org_ext_id, permission=PERMISSION)
    _require_unposted(book)
    return _read(book, file, standard_code, choices or {})


def import_opening(
    *,
    org_ext_id: str,
    file: Path,
    by: Actor,
    at: dt.datetime,
    standard_code: str = "",
    choices: Choices | None = None,
    digest: str | None = None,
) -> Preview:
    """Store the opening balances of a book from a sheet, in place of what stood there.

    Shapes: digest is the one of the preview that was confirmed; None where nobody looked at one.
    Raises: as `preview`; MapChoiceMissing while a question is open, OpeningNotPreviewed for another
    digest, OpeningUnbalanced. Nothing is written then.
    """
    book = queries.access_book(by=by, org_ext_id=org_ext_id, permission=PERMISSION)
    with transaction.atomic():
        book = Book.objects.select_for_update().select_related("organisation").get(pk=book.pk)
        _require_unposted(book)
        found = _read(book, file, standard_code, choices or {})
        if found.questions:
            balances = {one.from_code: one.amount_fen for one in found.questions}
            mapping.get(standard_code, book.standard_code).translate(balances, choices)
        if digest not in {None, found.digest}:
            raise OpeningNotPreviewed
        found.require_balanced()
        OpeningBalance.objects.filter(book=book).delete()
        OpeningBalance.objects.bulk_create(
            OpeningBalance(
                book=book,
                account_code=one.code,
                aux_kind=one.aux_kind,
                aux_id=one.aux_id,
                balance_fen=one.balance_fen,
            )
            for one in found.stands
        )
        columns = ("account_code", "aux_kind", "aux_id", "balance_fen")
        rows = OpeningBalance.objects.filter(book=book).values_list(*columns)
        audit.write(
            chain=org_ext_id,
            kind="ledger.opening.loaded",
            by=by,
            at=at,
            subject=("book", book.ext_id),
            after={
                "rows": len(found.stands),
                "digest": rules.openings_digest(rows),
                "standard": standard_code or book.standard_code,
            },
        )
    return found


def _first_day(book: Book) -> dt.date:
    return dt.date.fromisoformat(f"{book.first_period}-01")


def _require_unposted(book: Book) -> None:
    if Voucher.objects.filter(book=book).exists():
        raise OpeningFixed(organisation=book.organisation.name)


def _read(book: Book, file: Path, standard_code: str, choices: Choices) -> Preview:
    known = _map(book, standard_code)
    given = _given(file)
    answer = Preview(
        org_ext_id=book.organisation.ext_id,
        organisation=book.organisation.name,
        standard=standards.get(book.standard_code).title,
        first_period=book.first_period,
    )
    if known is None:
        moved = [Stands(one.code, "", "", "", one.balance_fen, "", "", one.row) for one in given]
    else:
        open_questions = _questions(known, given, choices)
        if open_questions:
            return replace(answer, questions=open_questions)
        moved = _translated(file.name, known, given, choices)
    stands = tuple(_placed(book, file.name, moved, {one.row: one.partner for one in given}))
    return replace(
        answer,
        stands=stands,
        moves=tuple(_move(known, one) for one in moved) if known else (),
        digest=_digest(book, file, standard_code, stands),
    )


def _map(book: Book, standard_code: str) -> mapping.AccountMap | None:
    """Return the map from an old standard, None for the book's own. Raises: MapMissing."""
    if standard_code in {"", book.standard_code}:
        return None
    if standard_code not in mapping.sources(book.standard_code):
        is_known = standard_code in standards.codes()
        raise MapMissing(
            old=standards.get(standard_code).title if is_known else standard_code,
            new=standards.get(book.standard_code).title,
        )
    return mapping.get(standard_code, book.standard_code)


def _move(known: mapping.AccountMap, one: Stands) -> Move:
    old = known.old.accounts[known.row(one.from_code, one.balance_fen).from_code]
    name = known.new.accounts[one.code].name
    return Move(one.from_code, old.name, one.code, name, one.balance_fen, one.why, one.row)


def _digest(book: Book, file: Path, standard_code: str, stands: tuple[Stands, ...]) -> str:
    rows = [[one.code, one.aux_kind, one.aux_id, one.balance_fen] for one in stands]
    return digests.sm3_of([book.ext_id, standard_code, digests.sm3(file.read_bytes()), rows])


def _given(file: Path) -> list[Given]:
    errors = _Errors(file.name)
    given = []
    for row in sheet_reading.rows(file, HEADINGS):
        code = row.text(CODE)
        if not row.text(DEBIT) and not row.text(CREDIT):
            continue
        if code.rstrip("：:") in TOTAL_WORDS or row.text(NAME) in TOTAL_WORDS:
            continue
        balance = _balance(file, row, errors)
        if not code.isdecimal():
            errors.add(row.number, CODE, code, "请填科目编号")
        elif balance:
            given.append(Given(row.number, code, balance, row.text(PARTNER)))
    if not given and not errors.found:
        errors.add(0, "", "", "一个余额也没填")
    errors.refuse()
    return given


def _balance(file: Path, row: SheetRow, errors: _Errors) -> int:
    try:
        debit = sheet_reading.yuan(file, row, DEBIT)
        credit = sheet_reading.yuan(file, row, CREDIT)
    except PackageRefused as refusal:
        errors.found += refusal.errors
        return 0
    if debit and credit:
        errors.add(row.number, CREDIT, row.text(CREDIT), "借方、贷方只填一边")
        return 0
    return debit - credit


def _questions(
    known: mapping.AccountMap, given: Sequence[Given], choices: Choices
) -> tuple[Question, ...]:
    sums: dict[str, int] = {}
    for one in given:
        sums[one.code] = sums.get(one.code, 0) + one.balance_fen
    return tuple(one for one in known.questions(sums) if not choices.get(one.from_code))


def _translated(
    file: str, known: mapping.AccountMap, given: Sequence[Given], choices: Choices
) -> list[Stands]:
    """Translate row by row, so that each balance keeps its auxiliary."""
    lower = {one.code for one in given}
    errors = _Errors(file)
    stands = []
    for one in given:
        if any(code != one.code and code.startswith(one.code) for code in lower):
            errors.add(one.row, CODE, one.code, "这是合计，下面已有明细，只填最末级")
            continue
        try:
            stands += [
                Stands(each.code, "", "", "", each.amount_fen, one.code, each.why, one.row)
                for each in known.translate({one.code: one.balance_fen}, choices)
            ]
        except Refusal as refusal:
            errors.add(one.row, CODE, one.code, refusal.text.rstrip("。"))
    errors.refuse()
    return stands


def _placed(
    book: Book, file: str, moved: Sequence[Stands], partner_of: Mapping[int, str]
) -> list[Stands]:
    """Check every balance against the chart and find whom it is with."""
    chart = charts.chart_of(book, _first_day(book))
    errors = _Errors(file)
    stands: dict[tuple[str, str, str], Stands] = {}
    for one in moved:
        account = chart.accounts.get(one.code)
        problem = _problem(chart, one.code)
        if account is None or problem:
            errors.add(one.row, CODE, one.code, problem)
            continue
        aux = _partner(book, account.requires, partner_of[one.row])
        if isinstance(aux, str):
            errors.add(one.row, PARTNER, partner_of[one.row], aux)
            continue
        key = (one.code, *aux)
        was = stands.get(key)
        if was is not None and not one.from_code:
            errors.add(one.row, CODE, one.code, f"和第 {was.row} 行是同一个科目、同一个对象")
            continue
        total = one.balance_fen + (was.balance_fen if was else 0)
        stands[key] = replace(
            one, name=account.name, aux_kind=aux[0], aux_id=aux[1], balance_fen=total
        )
    errors.refuse()
    return [one for one in stands.values() if one.balance_fen]


def _problem(chart: standards.Standard, code: str) -> str:
    account = chart.accounts.get(code)
    if account is None:
        closed = chart.closed.get(code)
        why = closed.blocked if closed else "没有这个科目"
        return f"“{chart.title}”{why}"
    if not account.is_leaf:
        return "它下面还有明细，请填到最末级"
    return account.blocked


def _partner(book: Book, kinds: tuple[str, ...], words: str) -> tuple[str, str] | str:
    """Return (kind, id), two empty texts where none is wanted, or what is wrong."""
    if not words or words == _kinds(kinds):
        return ("", "") if not kinds else f"要写明是哪一个{_kinds(kinds)}"
    found = partners.find(book, kinds or tuple(AUX_TITLES), words)
    if len(found) == 1:
        return found[0]
    named = _kinds(kinds) or "往来对象"
    return f"有几个同名的{named}，请填编号" if found else f"找不到这个{named}，请填编号或全名"


def _kinds(kinds: tuple[str, ...]) -> str:
    return "、".join(AUX_TITLES[kind] for kind in kinds)
