"""The formulas of statement lines: sums of what accounts stood at or moved, and of other lines.

    EB(102) + EB(101)       what accounts stand at when the column ends, in their normal direction
    OB(32202)               the same when the column begins
    EBD EBC OBD OBC (102)   the same, only when it is a debit (a credit)
    DB(113) CB(113)         the debit (credit) balances of its details and auxiliaries, summed
    AGED(1122, 2)           of those debit balances what is in its second year; 4: all older
    DR(3220101) CR(241)     what was debited (credited)
    UP(102) DOWN(241)       what was added to it in its normal direction, and taken off
    INC(501) EXP(513)       earned and spent; closing vouchers do not count
    CRFROM(32202, 311)      what was credited to the first against debits of the second
    DRTO(32202, 311)        what was debited to the first against credits of the second
    PL                      earned less spent and not yet closed to the year's result
    FLOW(3)                 cash that the layout's map of flows puts on line 3
    0                       nothing
    L(12) L(4..9)           another line; several numbered lines

An argument is a code, `@name` of `data/statements/subjects.yaml`, or `*`, the account of a row
that is repeated. A code followed by `?` may be missing from the chart. Each formula is parsed
once; nothing is ever run that is not in this list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

BALANCES = ("EB", "OB", "EBD", "EBC", "OBD", "OBC", "DB", "CB")
MOVEMENTS = ("DR", "CR", "UP", "DOWN", "INC", "EXP")
AGAINST = ("CRFROM", "DRTO")
AGED = "AGED"
AGES = ("1", "2", "3", "4")
FUNCTIONS = (*BALANCES, *MOVEMENTS, *AGAINST, AGED)
COMPARISONS = ("=", ">=")
STAR = "*"

_TOKEN = re.compile(
    r"\s*(?P<word>[A-Z]+)|\s*(?P<account>@[a-z_]+|[0-9]+\?)|\s*(?P<number>[0-9][0-9a-z_]*)"
    r"|\s*(?P<name>[a-z_][0-9a-z_]*)|\s*(?P<sign>\.\.|>=|[-+−(),=*])"
)


class BadFormula(Exception):
    """A formula is wrong: at which character, counted from 1, and what is expected there."""

    def __init__(self, column: int, problem: str) -> None:
        """Keep the place apart from the sentence."""
        self.column, self.problem = column, problem
        super().__init__(f"{column}: {problem}")


@dataclass(frozen=True)
class Amount:
    """A function of accounts. `beside` holds the second argument; PL has no accounts.

    `age`: of AGED, which year the balance stands in, 1 to 4; 4 for all older ones.
    """

    function: str
    accounts: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    column: int = 1
    age: int = 0


@dataclass(frozen=True)
class Flow:
    """The cash that the map of flows puts on a line."""

    line: str


@dataclass(frozen=True)
class Lines:
    """A line, or all numbered lines from one to another."""

    first: str
    last: str = ""
    column: int = 1


@dataclass(frozen=True)
class Sum:
    """Parts with their signs, 1 or -1."""

    parts: tuple[tuple[int, Node], ...]


Node = Amount | Flow | Lines | Sum


@dataclass(frozen=True)
class Comparison:
    """What a check requires of two formulas."""

    left: Node
    sign: str
    right: Node


def parse(text: str) -> Node:
    """Return the tree of a formula. Raises: BadFormula."""
    reader = _Reader(text)
    node = reader.sum()
    reader.end()
    return node


def parse_check(text: str) -> Comparison:
    """Return the two sides of a check, `L(23) = L(39)`. Raises: BadFormula."""
    reader = _Reader(text)
    left = reader.sum()
    sign = reader.take(*COMPARISONS)
    right = reader.sum()
    reader.end()
    return Comparison(left, sign, right)


def walk(node: Node) -> Iterator[Node]:
    """Yield a tree's nodes."""
    yield node
    if isinstance(node, Sum):
        for _, part in node.parts:
            yield from walk(part)


def resolve(node: Node, codes: Callable[[str, int], tuple[str, ...]]) -> Node:
    """Return the tree with each argument replaced by the codes it stands for.

    `codes` gets the argument and the character where its function stands.
    """
    if isinstance(node, Sum):
        return Sum(tuple((sign, resolve(part, codes)) for sign, part in node.parts))
    if not isinstance(node, Amount):
        return node

    def real(arguments: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(code for one in arguments for code in codes(one, node.column))

    return replace(node, accounts=real(node.accounts), beside=real(node.beside))


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int


class _Reader:
    """Reads one formula from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0

    @property
    def here(self) -> _Token:
        return self.tokens[self.at]

    def next(self) -> _Token:
        found = self.here
        self.at += 1
        return found

    def take(self, *allowed: str) -> str:
        if self.here.text not in allowed or self.here.kind != "sign":
            raise BadFormula(self.here.column, f"expected {' or '.join(allowed)}")
        return self.next().text

    def end(self) -> None:
        if self.here.kind != "end":
            raise BadFormula(self.here.column, f"{self.here.text!r} is too much here")

    def sum(self) -> Node:
        parts = [self.signed(1)]
        while self.here.text in ("+", "-"):
            parts.append(self.signed(-1 if self.next().text == "-" else 1))
        return parts[0][1] if len(parts) == 1 and parts[0][0] == 1 else Sum(tuple(parts))

    def signed(self, sign: int) -> tuple[int, Node]:
        if self.here.text == "-":
            self.next()
            sign = -sign
        return sign, self.part()

    def part(self) -> Node:
        token = self.next()
        if token.text == "(":
            inner = self.sum()
            self.take(")")
            return inner
        if token.text == "0":
            return Sum(())
        if token.kind != "word":
            raise BadFormula(token.column, "expected a function, L(…), PL or a bracket")
        if token.text == "PL":
            return Amount("PL", column=token.column)
        if token.text in ("L", "FLOW"):
            return self.line(token)
        if token.text not in FUNCTIONS:
            raise BadFormula(token.column, f"no function {token.text}")
        self.take("(")
        first = self.accounts()
        second: tuple[str, ...] = ()
        age = 0
        if token.text in (*AGAINST, AGED):
            self.take(",")
            if token.text == AGED:
                age = self.age()
            else:
                second = self.accounts()
        self.take(")")
        return Amount(token.text, first, second, token.column, age)

    def line(self, token: _Token) -> Node:
        self.take("(")
        first, last = self.line_id(), ""
        if token.text == "L" and self.here.text == "..":
            self.next()
            last = self.line_id()
        self.take(")")
        return Lines(first, last, token.column) if token.text == "L" else Flow(first)

    def line_id(self) -> str:
        if self.here.kind not in ("number", "name"):
            raise BadFormula(self.here.column, "expected the number or id of a line")
        return self.next().text

    def age(self) -> int:
        token = self.next()
        if token.text not in AGES:
            raise BadFormula(token.column, f"expected an age of {', '.join(AGES)}")
        return int(token.text)

    def accounts(self) -> tuple[str, ...]:
        token = self.here
        if token.kind not in ("account", "number") and token.text != STAR:
            raise BadFormula(token.column, "expected an account, @name or *")
        if token.kind == "number" and not token.text.isdigit():
            raise BadFormula(token.column, f"{token.text!r} is no account")
        return (self.next().text,)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise BadFormula(at + 1, f"{text[at]!r} means nothing here")
        word = found[found.lastgroup]
        column = found.start(found.lastgroup) + 1
        yield _Token(found.lastgroup, "-" if word == "−" else word, column)
        at = found.end()
    yield _Token("end", "the end", len(text) + 1)
