"""What is wrong with a county's own template or account is told in Chinese, whatever it is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from sanzi.ledger import standards
from sanzi.ledger.errors import BadEntryVersion
from sanzi.ledger.queries import entries
from sanzi.ledger.standards import said

FOLDER = Path(standards.__file__).parent
REACHED = ("files.py", "entries.py", "chart.py")
"""The modules that read what a county's officer wrote; chart.py also reads shipped profiles."""
SHIPPED_ONLY = (
    "only a standard with based_on takes templates", "is no first-level account of",
    "is opened above", "must be opened or closed", "is not in", "is not below",
)  # fmt: skip
CHINESE = re.compile(r"[一-鿿]")


def problems(file: str) -> list[str]:
    """Return the texts of problems a module may raise, with `1` for what is filled in."""
    tree = ast.parse((FOLDER / file).read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        is_told = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in (
            "problem", "told", "wants",
        )  # fmt: skip
        if is_told:
            found.append(_text(node.value))
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("require", "BadStandard") and len(node.args) == 3:
            found.append(_text(node.args[2]))
    return [one for one in found if one]


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else _filled(part)
            for part in node.values
        )
    return ""


def _filled(part: ast.expr) -> str:
    is_named = isinstance(part, ast.FormattedValue) and getattr(part.value, "id", "") == "named"
    return "rule.x: 1" if is_named else "1"


@pytest.mark.parametrize("file", REACHED)
def test_every_problem_has_its_sentence(file: str) -> None:
    found = problems(file)
    assert len(found) > 3
    for problem in found:
        if any(one in problem for one in SHIPPED_ONLY):
            continue
        sentence = said.in_chinese(problem)
        assert CHINESE.search(sentence), problem
        assert sentence != said.UNKNOWN, problem


def test_what_has_no_sentence_is_never_told_in_english() -> None:
    assert said.in_chinese("the moon is missing") == said.UNKNOWN
    assert said.in_chinese("借贷不平") == "借贷不平"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"moon": 1}, "没有这一项，能写的是：rule,"),
        ({"title": ""}, "不能空着"),
        ({"word": "x"}, "写的是'x'，只能是其中一个："),
        ({"lines": "102"}, "要写成一列，每行前面一个“- ”"),
        ({"red": "yes"}, "只能写 true 或 false"),
        ({"lines": [{"side": "debit", "account": "102"}]}, "要有借方，也要有贷方"),
    ],
)
def test_a_template_is_put_right_from_what_is_told(change: dict[str, object], told: str) -> None:
    standard = standards.get("rce2023")
    content = entries.content_of(standard.entries["asset.bought"])

    with pytest.raises(BadEntryVersion) as caught:
        entries.read_entry(content | change, standard)

    assert told in caught.value.advice
    assert not re.search(r"must|unknown", caught.value.advice)


def test_a_text_that_does_not_read_is_told_with_its_line() -> None:
    with pytest.raises(BadEntryVersion) as caught:
        entries.read_text("rule: a\nlines: [")

    assert caught.value.text == "这条规则的“全文”写得不对，没有收下。"
    assert caught.value.advice.startswith("第2行第")
