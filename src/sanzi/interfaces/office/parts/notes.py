"""From what supervision and the bank say to the margin notes, checks and axes of the look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sanzi.interfaces.look.parts import CheckCount, Link, Note
from sanzi.supervision.queries import CheckResult, VerdictView

RANKS = {"block": 0, "hold": 1, "warn": 2}
LINES_NAMED = 5
COLOUR_STATES = {"red": "NEW", "yellow": "PENDING", "green": "DISPOSED"}


def note_of(verdict: VerdictView, action: Link | None = None) -> Note:
    """Return what a model found as a note: sentence, what to do, rule and basis behind a fold."""
    todo = f"已放行：{verdict.released_reason}" if verdict.is_released else verdict.what_to_do
    figures = "，".join(f"{title}{text}" for title, text in verdict.figures)
    return Note(
        severity="pass" if verdict.is_released else verdict.severity,
        lead=verdict.sentence,
        text=todo,
        action=action,
        basis=f"{verdict.model_number} {verdict.model_title}，第{verdict.model_version}版。"
        f"{verdict.rule.strip()} {figures}。依据：{'；'.join(verdict.basis)}。",
    )


def notes_of(verdicts: Sequence[VerdictView]) -> list[Note]:
    """Return notes, blocks first, then holds, then warnings; one for each model.

    A model that hit several lines makes one note: all its lines, and the words of the first.
    """
    groups: dict[tuple[int, str, bool], list[VerdictView]] = {}
    for one in verdicts:
        key = (RANKS.get(one.severity, 3), one.model_code, one.is_released)
        groups.setdefault(key, []).append(one)
    return [_group_note(groups[key]) for key in sorted(groups)]


def _group_note(group: Sequence[VerdictView]) -> Note:
    first = note_of(group[0])
    if len(group) == 1:
        return first
    numbers = [str(one.line_no) for one in group if one.line_no]
    shown = "、".join(numbers[:LINES_NAMED])
    rest = f"等{len(numbers)}行" if len(numbers) > LINES_NAMED else "行"
    return replace(first, lead=f"第{shown}{rest}都是这样。{group[0].sentence}")


def check_counts(result: CheckResult | None) -> list[CheckCount]:
    """Return how many blocks, holds and warnings a check has."""
    if result is None:
        return []
    return [
        CheckCount("block", result.blocks),
        CheckCount("hold", result.holds),
        CheckCount("warn", result.warns),
    ]


def passed_words(result: CheckResult | None) -> str:
    """Return how many models found nothing."""
    if result is None:
        return "还没有核对过"
    hit = len({one.model_code for one in result.verdicts})
    return f"核对{result.model_count}条规则，{result.model_count - hit}条没有发现问题"


def waiting_holds(verdicts: Sequence[VerdictView]) -> list[VerdictView]:
    """Return the holds that nobody has released."""
    return [one for one in verdicts if one.severity == "hold" and not one.is_released]
