"""What sends an alert to the discipline office at once: the triggers, and their limits. Pure.

The limits are rows of `data/models/triggers.yaml`; this is their one loader. A trigger is judged
when an alert opens, when what was done is fed back, and when it is concluded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from sanzi.kernel import money
from sanzi.supervision import dated_sets, errors

FILE: Final = Path(__file__).resolve().parent.parent / "data" / "models" / "triggers.yaml"
TOWN, COUNTY = "D", "C"
WORDS: Final = {
    "confirmed_amount": "查实{amount}元，满{limit}元",
    "county_amount": "查实{amount}元，满{limit}元，归县纪委监委",
    "cadre_benefits": "得好处的是村干部，或者是村干部的亲属",
    "false_proof": "凭据是假的",
    "together": "{count}个人一起，满{least}个人",
    "red_line_after_warning": "提醒过，还是碰了红线",
    "repeat": "同一个村、同一条规则，{months}个月里第{count}次",
    "evidence_removed": "证据被拿走或毁掉",
    "complainant_threatened": "举报的人受到威胁",
    "town_staff": "乡镇工作人员在里面，归县纪委监委",
}
CIRCUMSTANCES: Final = {
    "cadre_benefits": "村干部或者他的亲属得了好处",
    "false_proof": "凭据是假的",
    "evidence_removed": "证据被拿走或毁掉",
    "complainant_threatened": "举报的人受到威胁",
    "town_staff": "有乡镇工作人员在里面",
}
"""What a handler may tell of the matter when he feeds back or concludes."""
QUIET: Final = frozenset(["complainant_threatened", "evidence_removed"])
"""What is told in words to the discipline offices and the handler alone."""
QUIET_WORDS: Final = "按规定由纪委直接办"
PEOPLE_MOST: Final = 100_000
_FIGURES: Final = (
    "confirmed_fen_least", "county_fen_least", "together_count_least", "repeat_count_least",
    "repeat_months", "warned_months",
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """The limits of a place from a day on. Units: fen, counts, months."""

    division: str
    valid_from_date: date
    source_ref: str
    confirmed_fen_least: int
    county_fen_least: int
    together_count_least: int
    repeat_count_least: int
    repeat_months: int
    warned_months: int
    to_county: tuple[str, ...]
    false_proof: Mapping[str, list[str]]
    evidence_removed: Mapping[str, list[str]]
    nobody_benefits: tuple[str, ...]
    beneficiaries: Mapping[str, list[str]]
    cadre_roles: tuple[str, ...]
    staff_roles: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What is known of an alert at one of its three moments; what is not known there is absent."""

    severity: str = ""
    category: str = ""
    model_code: str = ""
    ground: str = ""
    is_cadre_benefiting: bool = False
    is_staff_in: bool = False
    is_warned: bool = False
    earlier_count: int = 0
    circumstances: frozenset[str] = frozenset()
    person_count: int = 0
    confirmed_fen: int = 0


@dataclass(frozen=True)
class Trigger:
    """One reason, in words, and the office that it sends the alert to."""

    code: str
    words: str
    letter: str


def triggers(facts: Facts, limits: Limits) -> tuple[Trigger, ...]:
    """Return every trigger that holds, in the order of their words."""
    benefits = facts.is_cadre_benefiting and facts.category not in limits.nobody_benefits
    told = facts.circumstances
    held = {
        "confirmed_amount": facts.confirmed_fen >= limits.confirmed_fen_least,
        "county_amount": facts.confirmed_fen >= limits.county_fen_least,
        "cadre_benefits": benefits or "cadre_benefits" in told,
        "false_proof": _is_of(limits.false_proof, facts) or "false_proof" in told,
        "together": facts.person_count >= limits.together_count_least,
        "red_line_after_warning": facts.severity == "block" and facts.is_warned,
        "repeat": facts.earlier_count + 1 >= limits.repeat_count_least,
        "evidence_removed": _is_of(limits.evidence_removed, facts) or "evidence_removed" in told,
        "complainant_threatened": "complainant_threatened" in told,
        "town_staff": facts.is_staff_in or "town_staff" in told,
    }
    return tuple(
        Trigger(code, _said(code, facts, limits), COUNTY if code in limits.to_county else TOWN)
        for code in WORDS
        if held[code]
    )


def _is_of(models: Mapping[str, list[str]], facts: Facts) -> bool:
    grounds = models.get(facts.model_code)
    return grounds is not None and (not grounds or facts.ground in grounds)


def _said(code: str, facts: Facts, limits: Limits) -> str:
    fen = limits.county_fen_least if code == "county_amount" else limits.confirmed_fen_least
    count = facts.person_count if code == "together" else facts.earlier_count + 1
    return WORDS[code].format(
        amount=money.format_yuan(facts.confirmed_fen),
        limit=money.format_yuan(fen),
        count=count,
        least=limits.together_count_least,
        months=limits.repeat_months,
    )


def letter_of(found: Iterable[Trigger]) -> str:
    """Return the office that several triggers send an alert to: the county before the town."""
    return COUNTY if any(one.letter == COUNTY for one in found) else TOWN


def require_circumstances(circumstances: Iterable[str], person_count: int) -> None:
    """Refuse what nobody can tell. Raises: UnknownCircumstance, BadPersonCount."""
    for one in circumstances:
        if one not in CIRCUMSTANCES:
            raise errors.UnknownCircumstance(circumstance=one[:40])
    if not 0 <= person_count <= PEOPLE_MOST:
        raise errors.BadPersonCount(count=person_count)


def read(path: Path) -> tuple[Limits, ...]:
    """Read a file of triggers. Raises: SetFileBroken."""
    return dated_sets.read(path, Limits, figures=_FIGURES, least=1, wrong=_wrong)


def _wrong(found: Limits) -> str:
    if found.repeat_count_least < 2:
        return "repeat_count_least is 1: nothing would be left"
    if found.county_fen_least < found.confirmed_fen_least:
        return "county_fen_least is below confirmed_fen_least"
    unknown = set(found.to_county) - set(WORDS)
    return f"to_county: there is no trigger '{min(unknown)}'" if unknown else ""


@cache
def _sets() -> tuple[Limits, ...]:
    return read(FILE)


def limits_for(division_code: str, day: date, sets: tuple[Limits, ...] | None = None) -> Limits:
    """Return the limits of a place on a day: the nearest place first, then the newest."""
    return dated_sets.nearest(_sets() if sets is None else sets, division_code, day)
