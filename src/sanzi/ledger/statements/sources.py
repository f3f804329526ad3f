"""Which voucher lines stand behind a cell: the accounts its formula names, lines followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sanzi.ledger.standards import Standard
from sanzi.ledger.statements import formulas, layouts
from sanzi.ledger.statements.evaluate import RESULT_CLASSES
from sanzi.ledger.statements.formulas import STAR, Amount, Flow, Node
from sanzi.ledger.statements.layouts import Layout


@dataclass(frozen=True)
class Source:
    """Lines of some accounts; with `beside`, only of vouchers that also touch those.

    `has_closing`: whether closing vouchers count.
    """

    accounts: tuple[str, ...]
    beside: tuple[str, ...] = ()
    has_closing: bool = True


def sources(
    layout: Layout, standard: Standard, line_id: str, column_id: str, account_code: str = ""
) -> tuple[Source, ...]:
    """Return what stands behind a cell, () for a header; `account_code` in repeated rows.

    Raises: KeyError for a line or column that is not there.
    """
    line = {each.id or each.title: each for each in layout.lines}[line_id]
    column = {each.id: each for each in layout.columns}[column_id]
    formula = line.formula or column.formula
    if line.is_header or line.is_analysed or formula is None:
        return ()
    found = dict.fromkeys(_of(formula, layout, standard, account_code))
    return tuple(one for one in found if one.accounts)


def _of(node: Node, layout: Layout, standard: Standard, star: str) -> Iterator[Source]:
    for found in formulas.walk(node):
        if isinstance(found, Amount):
            yield _of_amount(found, standard, star)
        if isinstance(found, Flow):
            yield _of_flow(found, layout)
    for line in layouts.referred(layout, node):
        if line.formula is not None and line.each is None:
            yield from _of(line.formula, layout, standard, star)
        elif line.each is not None:
            yield from _of_repeated(line, layout, standard)


def _of_repeated(line: layouts.Line, layout: Layout, standard: Standard) -> Iterator[Source]:
    assert line.each is not None  # noqa: S101 - asked by the caller
    heads = tuple(
        account.code
        for account in standard.accounts.values()
        if account.level == 1
        and (not line.each.accounts or account.code.startswith(line.each.accounts))
        and (not line.each.classes or account.account_class in line.each.classes)
    )
    formula = line.formula or next((one.formula for one in layout.columns if one.formula), None)
    for head in heads if formula else ():
        yield from _of(formula, layout, standard, head)  # type: ignore[arg-type]


def _of_amount(node: Amount, standard: Standard, star: str) -> Source:
    if node.function == "PL":
        heads = (
            one.code
            for one in standard.accounts.values()
            if one.level == 1 and one.account_class in RESULT_CLASSES
        )
        return Source(tuple(heads))
    accounts = tuple(star if code == STAR else code for code in node.accounts)
    if node.function in formulas.AGAINST:
        return Source(tuple(star if code == STAR else code for code in node.beside), accounts)
    return Source(accounts, has_closing=node.function not in ("INC", "EXP"))


def _of_flow(node: Flow, layout: Layout) -> Source:
    flows = layout.flows
    codes = {
        code for lines in (flows.into, flows.out_of) for code, line in lines.items()
        if line == node.line
    }  # fmt: skip
    return Source(tuple(sorted(codes)), flows.money)
