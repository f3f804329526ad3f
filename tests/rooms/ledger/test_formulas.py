"""The language of statement lines: what it takes, and where it says a mistake stands."""

from __future__ import annotations

import pytest

from sanzi.ledger.statements import formulas
from sanzi.ledger.statements.formulas import Amount, BadFormula, Comparison, Flow, Lines, Sum


def test_sums_and_brackets_make_a_tree() -> None:
    assert formulas.parse("EB(101) − (OB(102?) + PL) - -L(3)") == Sum((
        (1, Amount("EB", ("101",), column=1)),
        (-1, Sum(((1, Amount("OB", ("102?",), column=12)), (1, Amount("PL", column=23))))),
        (1, Lines("3", column=30)),
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("L(4..9)", Lines("4", "9")),
        ("L(pending)", Lines("pending")),
        ("FLOW(3)", Flow("3")),
        ("CRFROM(32202, 311)", Amount("CRFROM", ("32202",), ("311",))),
        ("DRTO(@money, *)", Amount("DRTO", ("@money",), ("*",))),
        ("0", Sum(())),
    ],
)
def test_single_parts_stand_as_they_are(text: str, node: formulas.Node) -> None:
    assert formulas.parse(text) == node


def test_a_check_has_two_sides() -> None:
    assert formulas.parse_check("L(9) >= L(10)") == Comparison(
        Lines("9"), ">=", Lines("10", column=9)
    )


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("EB(101) + XX(102)", 11, "no function XX"),
        ("EB(101", 7, "expected )"),
        ("EB(101) EB(102)", 9, "'EB' is too much here"),
        ("EB(101) * 2", 9, "'*' is too much here"),
        ("EB()", 4, "expected an account, @name or *"),
        ("EB(abc)", 4, "expected an account, @name or *"),
        ("CRFROM(322)", 11, "expected ,"),
        ("L()", 3, "expected the number or id of a line"),
        ("__import__('os')", 12, '"\'" means nothing here'),
        ("EB(101) / 2", 9, "'/' means nothing here"),
        ("", 1, "expected a function, L(…), PL or a bracket"),
        ("1.5", 2, "'.' means nothing here"),
    ],
)
def test_a_mistake_is_named_by_its_character(text: str, column: int, problem: str) -> None:
    with pytest.raises(BadFormula) as caught:
        formulas.parse(text)

    assert (caught.value.column, caught.value.problem) == (column, problem)


def test_a_check_without_comparison_is_refused() -> None:
    with pytest.raises(BadFormula, match="expected = or >="):
        formulas.parse_check("L(1)")
