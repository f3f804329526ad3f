"""What somebody answers to the questions of an old chart: one account, or amounts by account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sanzi.interfaces.look import words
from sanzi.kernel import money
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.standards.mapping import Choices, Question


@dataclass(frozen=True)
class Option:
    """One new account to choose, and what was typed beside it."""

    code: str
    name: str
    field: str
    typed: str
    is_picked: bool


@dataclass(frozen=True)
class Asked:
    """One question as the page puts it. The amount is positive on the side it stands."""

    code: str
    title: str
    amount: str
    side: str
    question: str
    field: str
    options: tuple[Option, ...]


def asked(questions: Sequence[Question], typed: Mapping[str, str]) -> list[Asked]:
    """Return the questions with what was typed so far."""
    return [
        Asked(
            code=one.from_code,
            title=f"{one.from_code} {one.name}",
            amount=words.yuan(abs(one.amount_fen)),
            side="借方" if one.amount_fen > 0 else "贷方",
            question=one.question,
            field=_whole(one),
            options=tuple(
                Option(
                    code=code,
                    name=name,
                    field=_part(one, code),
                    typed=typed.get(_part(one, code), ""),
                    is_picked=typed.get(_whole(one)) == code,
                )
                for code, name in one.options
            ),
        )
        for one in questions
    ]


def answers(questions: Sequence[Question], typed: Mapping[str, str]) -> tuple[Choices, list[str]]:
    """Return the choices as the map takes them, and what is still wrong with the answers.

    Amounts are typed in yuan, positive on the side of the balance.
    """
    choices: dict[str, str | Mapping[str, int]] = {}
    problems = []
    for one in questions:
        try:
            choices[one.from_code] = _answer(one, typed)
        except ValueError as problem:
            problems.append(f"{one.from_code} {one.name}：{problem}")
    return choices, problems


def fields(questions: Sequence[Question], typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the fields of the answers with what was typed, to be sent again."""
    names = [name for one in questions for name in (_whole(one), *_parts(one))]
    return [(name, typed[name]) for name in names if typed.get(name)]


def _answer(one: Question, typed: Mapping[str, str]) -> str | Mapping[str, int]:
    whole = typed.get(_whole(one), "")
    given = {
        code: typed[_part(one, code)].strip()
        for code, _ in one.options
        if typed.get(_part(one, code), "").strip()
    }
    if whole and given:
        message = "选了全部放一个科目，又填了金额，请只留一样"
        raise ValueError(message)
    if not whole and not given:
        message = "还没有定放哪里"
        raise ValueError(message)
    if whole:
        return whole
    parts = {code: _fen(text) for code, text in given.items()}
    total, wanted = sum(parts.values()), abs(one.amount_fen)
    if total != wanted:
        message = f"分开的合计是{words.yuan(total)}元，余额是{words.yuan(wanted)}元"
        raise ValueError(message)
    sign = 1 if one.amount_fen > 0 else -1
    return {code: sign * fen for code, fen in parts.items()}


def _fen(text: str) -> int:
    bare = text.replace(",", "").replace("，", "")
    try:
        fen = money.parse_yuan(bare.removeprefix("-"), allow_zero=True)
    except Refusal as said:
        message = f"“{text[:20]}”不是金额"
        raise ValueError(message) from said
    return -fen if bare.startswith("-") else fen


def _whole(one: Question) -> str:
    return f"all-{one.from_code}"


def _part(one: Question, code: str) -> str:
    return f"part-{one.from_code}-{code}"


def _parts(one: Question) -> list[str]:
    return [_part(one, code) for code, _ in one.options]
