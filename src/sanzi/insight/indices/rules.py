"""How points are counted: pure functions over whole numbers, in tenths of a point.

score = clamp((x - zero) / (hundred - zero)), a field is the weighted mean of its indicators with
data, the index the weighted mean of its fields with data, less the penalties, at most the cap. What
has no data weighs nothing, and too little data gives no index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final

from sanzi.insight.errors import SettingsWrong
from sanzi.insight.indices.shapes import Band, Cap, Field, FlagRule, Index, Indicator, Penalty

FULL: Final = 1000
COUNT: Final = "count"
OWN: Final = "own"
RED: Final = "red"
YELLOW: Final = "yellow"
RANK: Final = "rank"
HIDDEN: Final = "hidden"
RED_LINE: Final = "red_line"
TIED: Final = "tied"
TALK: Final = "talk"
LIST: Final = "list"
ENDS_MAX: Final = 10_000


@dataclass(frozen=True)
class Figure:
    """What a statement counted for one village or person: sums of part and whole, and rows."""

    part: int
    whole: int
    row_count: int


@dataclass(frozen=True)
class Scored:
    """One indicator with its points. Units: tenths of a point; None where there is no data."""

    indicator: Indicator
    figure: Figure | None
    tenths: int | None


@dataclass(frozen=True)
class ScoredField:
    """One field with its points and its indicators."""

    field: Field
    tenths: int | None
    indicators: tuple[Scored, ...]


@dataclass(frozen=True)
class Lost:
    """What a penalty took: how many rows, how many tenths of a point."""

    penalty: Penalty
    row_count: int
    tenths: int


@dataclass(frozen=True)
class Result:
    """An index: points, how much of its weight had data, grade, what it lost, what capped it."""

    tenths: int | None
    coverage_percent: int
    grade: str
    caps: tuple[str, ...]
    fields: tuple[ScoredField, ...]
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True)
class Standing:
    """What a village is judged by: its points, whether a row forbids red or brings yellow."""

    code: str
    tenths: int | None
    coverage_percent: int
    has_red_line: bool
    is_hidden: bool

    @property
    def order(self) -> tuple[int, int]:
        """Return what villages are ranked by: points, then how much of the weight had data."""
        return self.tenths or 0, self.coverage_percent


@dataclass(frozen=True)
class Judged:
    """The flag of a village and why; its place among the villages of its township with a score."""

    flag: str
    reason: str
    place: int | None
    of: int


def first_day(months: int, day: date) -> date:
    """Return the first day of so many whole months, that of the day included."""
    count = day.year * 12 + day.month - months
    return date(count // 12, count % 12 + 1, 1)


def month_before(period: str) -> str:
    """Return the month before a month such as 2026-01."""
    year, month = int(period[:4]), int(period[5:])
    return f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02}"


def x_of(indicator: Indicator, figure: Figure | None) -> Fraction | None:
    """Return the value of an indicator, None where there is no data.

    A count without rows is nothing counted, which is data; a share of nothing is none.
    """
    if indicator.unit == COUNT:
        return Fraction(figure.part if figure else 0)
    if figure is None or figure.whole <= 0:
        return None
    return Fraction(figure.part * 1000, figure.whole)


def points(indicator: Indicator, figure: Figure | None) -> int | None:
    """Return the tenths of a point of an indicator, half a tenth rounded up."""
    x = x_of(indicator, figure)
    if x is None:
        return None
    share = (x - indicator.zero) / (indicator.hundred - indicator.zero)
    return _rounded(min(max(share, Fraction(0)), Fraction(1)) * FULL)


def mean(weighted: Sequence[tuple[int, int | None]]) -> int | None:
    """Return the weighted mean of (weight, tenths), leaving out what has no data."""
    held = [(weight, tenths) for weight, tenths in weighted if tenths is not None]
    total = sum(weight for weight, _ in held)
    return _rounded(Fraction(sum(w * t for w, t in held), total)) if total else None


def judge(
    index: Index,
    figures: Mapping[str, Figure],
    capped: Sequence[Cap],
    failed: frozenset[str] = frozenset(),
) -> Result:
    """Return the index of one village from what its statements counted.

    What a statement that failed would have counted is no data, not nothing.
    """
    fields = tuple(_field(one, figures, failed) for one in index.fields)
    percent = _coverage(fields)
    lost = _lost(index, fields, figures)
    tenths = total(fields) if percent >= index.coverage_min_percent else None
    if tenths is not None:
        tenths = max(tenths - sum(one.tenths for one in lost), 0)
        tenths = min([tenths, *(one.limit * 10 for one in capped)])
    return Result(
        tenths,
        percent,
        grade(index.bands, tenths),
        tuple(one.code for one in capped),
        fields,
        lost,
    )


def total(fields: Sequence[ScoredField]) -> int | None:
    """Return the tenths of all fields together, before penalties and caps."""
    return mean([(one.field.weight, one.tenths) for one in fields])


def _coverage(fields: Sequence[ScoredField]) -> int:
    coverage = Fraction(0)
    for one in fields:
        used = sum(part.indicator.weight for part in one.indicators if part.tenths is not None)
        whole = sum(part.indicator.weight for part in one.indicators)
        coverage += Fraction(one.field.weight * used, whole)
    return int(coverage)


def _lost(
    index: Index, fields: Sequence[ScoredField], figures: Mapping[str, Figure]
) -> tuple[Lost, ...]:
    """Return what penalties take: of a field no more than it gives, of all no more than most."""
    weighed = sum(one.field.weight for one in fields if one.tenths is not None)
    gives = {
        one.field.code: _rounded(Fraction(one.field.weight * one.tenths, weighed))
        for one in fields
        if one.tenths is not None
    }
    found, left = [], index.penalty_max * 10
    for penalty in index.penalties:
        figure = figures.get(penalty.code)
        count = figure.part if figure else 0
        most = min(penalty.most * 10, gives.get(penalty.field, 0) if penalty.field else left, left)
        taken = min(count * penalty.each * 10, most)
        left -= taken
        found.append(Lost(penalty, count, taken))
    return tuple(found)


def judge_post(
    index: Index,
    village: int | None,
    figures: Mapping[str, Figure],
    failed: frozenset[str] = frozenset(),
) -> Result:
    """Return the score of a holder of a post: his own figures beside his village's points."""
    scored = _field(own_field(index), figures, failed)
    with_data = sum(one.indicator.weight for one in scored.indicators if one.tenths is not None)
    whole = sum(one.weight for one in index.posts.indicators)
    percent = with_data * 100 // whole
    tenths = None
    if village is not None and scored.tenths is not None and percent >= index.coverage_min_percent:
        share = index.posts.share_percent
        tenths = mean([(100 - share, village), (share, scored.tenths)])
    return Result(tenths, percent, grade(index.bands, tenths), (), (scored,))


def own_field(index: Index) -> Field:
    """Return the one field of a holder of a post."""
    return Field(OWN, "本人履职", 100, index.posts.indicators)


def grade(bands: Sequence[Band], tenths: int | None) -> str:
    """Return the grade that holds from these points on, empty without points."""
    if tenths is None:
        return ""
    return next(one.grade for one in bands if tenths >= one.from_points * 10)


def gain(fields: Sequence[ScoredField], code: str) -> int:
    """Return the tenths that the fields together would rise by, were one indicator full.

    Holds as long as the same indicators have data; what a cap holds down does not rise.
    """
    before = total(fields)
    after = total([_with_full(one, code) for one in fields])
    return (after or 0) - (before or 0)


def _with_full(field: ScoredField, code: str) -> ScoredField:
    if all(one.indicator.code != code or one.tenths is None for one in field.indicators):
        return field
    parts = tuple(
        replace(one, tenths=FULL) if one.indicator.code == code else one for one in field.indicators
    )
    return ScoredField(
        field.field, mean([(one.indicator.weight, one.tenths) for one in parts]), parts
    )


def _field(field: Field, figures: Mapping[str, Figure], failed: frozenset[str]) -> ScoredField:
    scored = tuple(
        Scored(one, figure, None if one.code in failed else points(one, figure))
        for one in field.indicators
        for figure in [figures.get(one.code)]
    )
    return ScoredField(field, mean([(one.indicator.weight, one.tenths) for one in scored]), scored)


def _rounded(value: Fraction) -> int:
    return (value.numerator * 2 + value.denominator) // (value.denominator * 2)


def flags_of(rule: FlagRule, standings: Sequence[Standing]) -> dict[str, Judged]:
    """Return the flag of each village of one township.

    A place is one more than the number of villages above; equal points are told apart by how much
    of the weight had data. A share of few villages is at least one village, and below
    `ranked_from` nobody is ranked at all. A tie that does not fit into the share gets no flag:
    half a township in red would praise nobody.
    """
    held = [one.order for one in standings if one.tenths is not None]
    return {one.code: _flag_of(rule, one, held) for one in standings}


def _flag_of(rule: FlagRule, one: Standing, held: Sequence[tuple[int, int]]) -> Judged:
    hidden = (YELLOW, HIDDEN) if one.is_hidden else None
    if one.tenths is None:
        return Judged(*(hidden or ("", "")), None, len(held))
    above, below = (sum(o > one.order for o in held), sum(o < one.order for o in held))
    same = len(held) - above - below
    flag, reason = "", ""
    if hidden:
        flag, reason = hidden
    elif len(held) < rule.ranked_from:
        flag, reason = "", ""
    elif one.tenths >= rule.red_from * 10:
        flag, reason = _ranked(RED, above, same, len(held) * rule.red_percent // 100)
        flag, reason = ("", RED_LINE) if flag and one.has_red_line else (flag, reason)
    elif one.tenths < rule.yellow_below * 10:
        flag, reason = _ranked(YELLOW, below, same, len(held) * rule.yellow_percent // 100)
    return Judged(flag, reason, above + 1, len(held))


def _ranked(flag: str, before: int, same: int, share: int) -> tuple[str, str]:
    """Return a flag of a share of the villages, where those as good fit into it as well."""
    most = max(share, 1)
    if before >= most:
        return "", ""
    return (flag, RANK) if before + same <= most else ("", TIED)


def step_of(rule: FlagRule, running: int) -> str:
    """Return what follows so many yellow flags in a row: nothing, a talk, the county's list."""
    if running >= rule.list_after:
        return LIST
    return TALK if running >= rule.talk_after else ""


def with_settings(
    index: Index,
    settings: Mapping[str, Any],
    *,
    version: str = "",
    valid_from_date: date | None = None,
    source_ref: str = "",
) -> Index:
    """Return an index with other weights and ends; what the settings do not name stays."""
    fields, ends = settings["fields"], settings["indicators"]
    bands, caps = settings.get("bands", {}), settings.get("caps", {})
    penalties = settings.get("penalties", {})
    return replace(
        index,
        version=version or index.version,
        valid_from_date=valid_from_date or index.valid_from_date,
        source_ref=source_ref or index.source_ref,
        fields=tuple(
            replace(
                one,
                weight=fields.get(one.code, one.weight),
                indicators=tuple(
                    replace(part, weight=weight, zero=zero, hundred=hundred)
                    for part in one.indicators
                    for weight, zero, hundred in [
                        ends.get(part.code, (part.weight, part.zero, part.hundred))
                    ]
                ),
            )
            for one in index.fields
        ),
        bands=_bands(index, bands),
        caps=tuple(replace(one, limit=caps.get(one.code, one.limit)) for one in index.caps),
        penalties=tuple(
            replace(one, each=each, most=most)
            for one in index.penalties
            for each, most in [penalties.get(one.code, (one.each, one.most))]
        ),
        penalty_max=settings.get("together", {}).get("penalty_max", index.penalty_max),
    )


def _bands(index: Index, given: Mapping[str, int]) -> tuple[Band, ...]:
    """Return the grades with other points; a title that names points names the new ones."""
    held = {one.grade: given.get(one.grade, one.from_points) for one in index.bands}
    moved = {str(one.from_points): str(held[one.grade]) for one in index.bands}
    return tuple(
        replace(
            one,
            from_points=held[one.grade],
            title=re.sub(r"\d+(?=分)", lambda found: moved.get(found[0], found[0]), one.title),
        )
        for one in index.bands
    )


def require_settings(index: Index, settings: Mapping[str, Any]) -> None:
    """Refuse settings that name something else, or weights and ends that count nothing.

    Which end is better may not be turned around: the rows that cost points hang on it.
    Raises: SettingsWrong.
    """
    fields, ends = settings.get("fields"), settings.get("indicators")
    known = {one.code: one for one in index.indicators}
    if not isinstance(fields, dict) or not isinstance(ends, dict):
        raise SettingsWrong(what="没有权重和起止点。")
    if set(fields) != {one.code for one in index.fields} or set(ends) != set(known):
        raise SettingsWrong(what="要写全每一块、每一项，不能多也不能少。")
    if not all(_is_whole(one, 1, 100) for one in fields.values()) or sum(fields.values()) != 100:
        raise SettingsWrong(what="各块的权重要是1到100的整数，加起来是100。")
    for code, given in ends.items():
        title = known[code].title
        if not isinstance(given, list | tuple) or len(given) != len(("weight", "zero", "hundred")):
            raise SettingsWrong(what=f"“{title}”要有权重、不得分的点和得满分的点。")
        weight, zero, hundred = given
        if not _is_whole(weight, 1, 100):
            raise SettingsWrong(what=f"“{title}”的权重要是1到100的整数。")
        if not _is_whole(zero, 0, ENDS_MAX) or not _is_whole(hundred, 0, ENDS_MAX):
            raise SettingsWrong(what=f"“{title}”的起止点要是不小于0的数，不能大过{ENDS_MAX}。")
        if zero == hundred or (zero > hundred) != known[code].is_less_better:
            raise SettingsWrong(what=f"“{title}”的两个点不能一样，也不能颠倒。")
    _require_bands(index, settings)
    _require_caps(index, settings)
    _require_penalties(index, settings)


def _section(settings: Mapping[str, Any], name: str, known: Iterable[str], what: str) -> Any:
    """Return a part of the settings that may be left out whole, but not in parts."""
    given = settings.get(name)
    if given is None:
        return {}
    if not isinstance(given, dict) or set(given) != set(known):
        raise SettingsWrong(what=f"{what}要写全，不能多也不能少。")
    return given


def _require_bands(index: Index, settings: Mapping[str, Any]) -> None:
    given = _section(settings, "bands", [one.grade for one in index.bands], "等级")
    above = 100
    for one in index.bands if given else ():
        points = given[one.grade]
        if not _is_whole(points, 0, 99) or points >= above:
            raise SettingsWrong(what=f"{one.grade}级从几分起要是比上一级低的整数，最高99。")
        above = points
    if given and above != 0:
        raise SettingsWrong(what="最低的一级要从0分起，不然有的分没有等级。")


def _require_caps(index: Index, settings: Mapping[str, Any]) -> None:
    given = _section(settings, "caps", [one.code for one in index.caps], "封顶")
    for one in index.caps if given else ():
        if not _is_whole(given[one.code], 1, 99):
            raise SettingsWrong(what=f"“{one.title}”最多几分要是1到99的整数。")


def _require_penalties(index: Index, settings: Mapping[str, Any]) -> None:
    """Refuse a penalty that takes nothing, or more than all of them together may take."""
    given = _section(settings, "penalties", [one.code for one in index.penalties], "另外扣分")
    together = _section(
        settings, "together", ["penalty_max"] if index.penalties else [], "合起来最多扣几分"
    )
    whole = together.get("penalty_max", index.penalty_max)
    if not _is_whole(whole, 1, 100):
        raise SettingsWrong(what="合起来最多扣几分要是1到100的整数。")
    held = {one.code: [one.each, one.most] for one in index.penalties}
    for one in index.penalties:
        pair = given.get(one.code, held[one.code])
        if not isinstance(pair, list | tuple) or len(pair) != len(("each", "most")):
            raise SettingsWrong(what=f"“{one.title}”要有一条扣几分、最多扣几分。")
        each, most = pair
        is_whole = _is_whole(each, 0, 100) and _is_whole(most, 0, 100)
        if not is_whole or each > most or (each == 0) != (most == 0):
            what = f"“{one.title}”扣的分要是0到100的整数，一条不能多过最多；不扣就都写0。"
            raise SettingsWrong(what=what)
        if (given or together) and most > whole:
            raise SettingsWrong(what=f"“{one.title}”最多扣的不能多过合起来的{whole}分。")


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
