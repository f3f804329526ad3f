"""Reads of indices: the places of one's scope, one score whole, the rows behind a figure.

Village scores are open to the offices of the place and above. Scores of people are seen by the
person himself, the party's and the discipline offices, and by nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from sanzi.insight.indices import catalogue, rules
from sanzi.insight.indices import flags as flag_queries
from sanzi.insight.indices.flags import FlagRow
from sanzi.insight.indices.rules import Figure, Lost, Scored, ScoredField
from sanzi.insight.indices.shapes import Index, Indicator
from sanzi.insight.models import IndexScore, Objection
from sanzi.orgs import people_queries, scope
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import title as role_title
from sanzi.supervision import frozen
from sanzi.supervision import queries as alerts
from sanzi.supervision.queries import AlertRow

SEE: Final = "insight.see"
SEE_POSTS: Final = "insight.see_posts"
OBJECT: Final = "insight.object"
ANSWER: Final = "insight.answer"
OBJECT_TOWN: Final = "insight.object_town"
ANSWER_TOWN: Final = "insight.answer_town"
MONTHS_SHOWN: Final = 12
INTEGRITY: Final = "integrity"
VILLAGE_DIGITS: Final = 12


@dataclass(frozen=True)
class ScoreRow:
    """A score in a list. Units: tenths of a point; `before` is that of the month before."""

    ext_id: str
    division_code: str
    place: str
    role: str
    person: str
    tenths: int | None
    before: int | None
    grade: str
    coverage_percent: int
    caps: tuple[str, ...]
    version: str
    flag: FlagRow | None = None


@dataclass(frozen=True)
class Board:
    """The villages or towns of a month, and how many stand in each grade."""

    index: Index
    period: str
    periods: tuple[str, ...]
    computed_at: datetime | None
    rows: tuple[ScoreRow, ...]

    def count(self, grade: str) -> int:
        """Return how many places stand in a grade; empty means without enough data."""
        return sum(one.grade == grade for one in self.rows)


@dataclass(frozen=True)
class Month:
    """The points of a month and the version of the index that counted them."""

    period: str
    tenths: int | None
    version: str


@dataclass(frozen=True)
class ObjectionRow:
    """An objection with its answer, when it has one."""

    ext_id: str
    indicator: str
    words: str
    made_by: str
    made_at: datetime
    due_at: datetime
    answer: str
    is_upheld: bool | None
    answered_by: str
    answered_at: datetime | None
    may_answer: bool


@dataclass(frozen=True)
class ScorePage:
    """One score whole; the oldest month of its history first."""

    row: ScoreRow
    index: Index
    period: str
    computed_at: datetime
    fields: tuple[ScoredField, ...]
    lost: tuple[Lost, ...]
    costly: Mapping[str, int]
    history: tuple[Month, ...]
    posts: tuple[ScoreRow, ...]
    objections: tuple[ObjectionRow, ...]
    may_object: bool
    may_follow: bool
    may_try: bool
    is_of_another: bool


@dataclass(frozen=True)
class RowsPage:
    """The rows of the record that cost points in one figure, as they stand now.

    Either `scored` or `lost` says which figure, or which penalty.
    """

    page: ScorePage
    scored: Scored | None
    lost: Lost | None
    rows: Mapping[str, list[dict[str, Any]]]
    alerts: tuple[AlertRow, ...]
    named: tuple[str, ...]
    hidden: int


def board(*, by: Actor, index_code: str, period: str = "") -> Board:
    """Return the places of the actor's scope in a month, the lowest first; newest by default.

    Raises: NotFound.
    """
    index = catalogue.indices().get(index_code)
    if index is None or not scope.prefixes(by, SEE):
        raise NotFound
    found = IndexScore.objects.filter(
        scope.within(by, SEE), index_code=index_code, person_ext_id=""
    )
    periods = tuple(
        found.order_by("-period").values_list("period", flat=True).distinct()[:MONTHS_SHOWN]
    )
    chosen = period if period in periods else next(iter(periods), "")
    rows = [*found.filter(period=chosen).defer("parts").order_by("division_code")]
    shown = rows_of(rows)
    return Board(
        index,
        chosen,
        periods,
        max((one.computed_at for one in rows), default=None),
        tuple(sorted(shown, key=lambda one: (one.tenths is None, one.tenths or 0, one.place))),
    )


def boards(*, by: Actor) -> tuple[Index, ...]:
    """Return the indices of which the actor sees a place."""
    return tuple(one for one in catalogue.indices().values() if may_see_index(by, one))


def may_see_index(by: Actor, index: Index) -> bool:
    """Return whether the actor sees places of an index; towns are seen from the town up."""
    prefixes = scope.prefixes(by, SEE)
    if index.is_of_towns:
        return any(len(one) < VILLAGE_DIGITS for one in prefixes)
    return bool(prefixes)


def may_try(*, by: Actor) -> bool:
    """Return whether the actor may try other weights: an office of the town or above."""
    return any(len(one) <= flag_queries.TOWN_DIGITS for one in scope.prefixes(by, SEE))


def mine(*, by: Actor) -> tuple[ScoreRow, ...]:
    """Return the actor's own scores of the newest month, one for each of his posts."""
    if not by.person_ext_id:
        return ()
    found = IndexScore.objects.filter(person_ext_id=by.person_ext_id).order_by("-period", "id")
    newest = found.values_list("period", flat=True).first()
    return tuple(rows_of([*found.filter(period=newest).defer("parts")])) if newest else ()


def access_score(*, by: Actor, ext_id: str) -> IndexScore:
    """Return a score that the actor may see.

    Raises: NotFound.
    """
    found = IndexScore.objects.filter(ext_id=ext_id).first()
    if found is None or not _may_see(by, found):
        raise NotFound
    return found


def scores_seen(*, by: Actor, ext_ids: Iterable[str]) -> set[str]:
    """Return which of these scores the actor may see."""
    wanted = {*ext_ids}
    found = IndexScore.objects.filter(ext_id__in=wanted).only(
        "ext_id", "division_code", "person_ext_id"
    ) if wanted else ()  # fmt: skip
    return {one.ext_id for one in found if _may_see(by, one)}


def _may_see(by: Actor, score: IndexScore) -> bool:
    if not score.person_ext_id:
        return scope.can(by, SEE, score.division_code)
    is_own = by.person_ext_id == score.person_ext_id and by.household_id is None
    return is_own or scope.can(by, SEE_POSTS, score.division_code)


def grade_of(village: str, at: datetime) -> str:
    """Return the newest grade of a village in the integrity index, "" without enough data."""
    found = IndexScore.objects.filter(
        index_code=INTEGRITY, division_code=village, person_ext_id="", computed_at__lte=at
    )
    return found.order_by("-period").values_list("grade", flat=True).first() or ""


def may_object(by: Actor, score: IndexScore) -> bool:
    """Return whether the actor may question a score: the person himself, the village's heads.

    A township's is questioned by its own heads, as its villages' scores are not.
    """
    if is_of_town(score):
        return by.user_id is not None and scope.can(by, OBJECT_TOWN, score.division_code)
    if score.person_ext_id:
        return by.person_ext_id == score.person_ext_id and by.household_id is None
    return by.user_id is not None and scope.can(by, OBJECT, score.division_code)


def is_of_town(score: IndexScore) -> bool:
    """Return whether a score is a township's."""
    return catalogue.indices()[score.index_code].is_of_towns


def answer_permission(score: IndexScore) -> str:
    """Return what an answer to an objection takes: a township is answered by the county."""
    return ANSWER_TOWN if is_of_town(score) else ANSWER


def score_page(*, by: Actor, ext_id: str) -> ScorePage:
    """Return one score with its figures, its history and what was said against it.

    Raises: NotFound.
    """
    return _page(by, access_score(by=by, ext_id=ext_id))


def _page(by: Actor, score: IndexScore) -> ScorePage:
    index = catalogue.indices()[score.index_code]
    history = _same(score).order_by("-period").values_list("period", "tenths", "version")
    posts: list[IndexScore] = []
    if not score.person_ext_id and scope.can(by, SEE_POSTS, score.division_code):
        posts = [
            *IndexScore.objects.filter(
                index_code=score.index_code,
                period=score.period,
                division_code=score.division_code,
            )
            .exclude(person_ext_id="")
            .defer("parts")
            .order_by("role_code", "person_ext_id")
        ]
    return ScorePage(
        row=rows_of([score])[0],
        index=index,
        period=score.period,
        computed_at=score.computed_at,
        fields=_fields(index, score),
        lost=tuple(
            Lost(known[one["code"]], one["rows"], one["tenths"])
            for known in [{one.code: one for one in index.penalties}]
            for one in score.penalties
            if one["code"] in known
        ),
        costly={code: len(rows) for code, rows in _costly(score).items()},
        history=tuple(Month(*one) for one in reversed(history[:MONTHS_SHOWN])),
        posts=tuple(rows_of(posts)),
        objections=_objections(by, index, score),
        may_object=may_object(by, score),
        may_follow=by.user_id is not None
        and scope.can(by, flag_queries.FOLLOW, score.division_code),
        may_try=may_try(by=by),
        is_of_another=bool(score.person_ext_id) and score.person_ext_id != by.person_ext_id,
    )


def rows_page(*, by: Actor, ext_id: str, indicator: str) -> RowsPage:
    """Return the rows that cost points in a figure; alerts only those that the actor may see.

    Raises: NotFound.
    """
    score = access_score(by=by, ext_id=ext_id)
    page = _page(by, score)
    scored = next(
        (
            one
            for field in page.fields
            for one in field.indicators
            if one.indicator.code == indicator
        ),
        None,
    )
    lost = next((one for one in page.lost if one.penalty.code == indicator), None)
    if scored is None and lost is None:
        raise NotFound
    wanted: dict[str, list[str]] = {}
    for kind, row_id, _, _ in _costly(score)[indicator]:
        wanted.setdefault(kind, []).append(row_id)
    asked = set(wanted.pop("alert", ()))
    seen = alerts.rows_of(alerts.visible_alerts(by).filter(ext_id__in=asked).order_by("id"))
    found = {kind: [*rows.values()] for kind, rows in frozen.read(wanted).items() if rows}
    named = tuple(row_id for kind, ids in wanted.items() if kind not in found for row_id in ids)
    return RowsPage(page, scored, lost, found, tuple(seen), named, len(asked) - len(seen))


def _costly(score: IndexScore) -> dict[str, list[Any]]:
    """Return the rows that cost points by the code of figure or penalty."""
    parts = [part for field in score.parts for part in field["indicators"]]
    return {one["code"]: one["costly"] for one in (*parts, *score.penalties)}


def _fields(index: Index, score: IndexScore) -> tuple[ScoredField, ...]:
    """Return the figures as they were counted, with the weights and ends of that day.

    What the index no longer names is left out.
    """
    known = {one.code: one for one in index.indicators}
    shapes = {one.code: one for one in index.fields}
    if score.person_ext_id:
        known = {one.code: one for one in index.posts.indicators}
        shapes = {rules.OWN: rules.own_field(index)}
    return tuple(
        ScoredField(
            replace(shape, weight=field.get("weight", shape.weight)),
            field["tenths"],
            tuple(
                Scored(_as_counted(known[part["code"]], part), _figure(part), part["tenths"])
                for part in field["indicators"]
                if part["code"] in known
            ),
        )
        for field in score.parts
        if field["field"] in shapes
        for shape in [shapes[field["field"]]]
    )


def _as_counted(indicator: Indicator, part: Mapping[str, Any]) -> Indicator:
    """Return an indicator with the weight and the ends that a score was counted with."""
    kept = {name: part[name] for name in ("weight", "zero", "hundred") if name in part}
    return replace(indicator, **kept)


def _figure(part: Mapping[str, Any]) -> Figure | None:
    if part["part"] is None:
        return None
    return Figure(part["part"], part["whole"], part["rows"])


def _same(score: IndexScore) -> QuerySet[IndexScore]:
    """Return the scores of the same village, or of the same person in the same post."""
    return IndexScore.objects.filter(
        index_code=score.index_code,
        division_code=score.division_code,
        role_code=score.role_code,
        person_ext_id=score.person_ext_id,
    )


def rows_of(scores: list[IndexScore]) -> list[ScoreRow]:
    """Return scores as rows of a list, in the order given."""
    if not scores:
        return []
    index = catalogue.indices()[scores[0].index_code]
    titles = {one.code: one.title for one in index.caps}
    flags = flag_queries.of_month(index, scores[0].period, (one.division_code for one in scores))
    names = orgs.division_names({one.division_code for one in scores})
    people = people_queries.names_of({one.person_ext_id for one in scores if one.person_ext_id})
    before = {
        (one.division_code, one.role_code, one.person_ext_id): one.tenths
        for one in IndexScore.objects.filter(
            index_code=index.code,
            period=rules.month_before(scores[0].period),
            division_code__in=names,
        )
    }
    return [
        ScoreRow(
            ext_id=one.ext_id,
            division_code=one.division_code,
            place=names.get(one.division_code, one.division_code),
            role=role_title(one.role_code) if one.role_code else "",
            person=people.get(one.person_ext_id, ""),
            tenths=one.tenths,
            before=before.get((one.division_code, one.role_code, one.person_ext_id)),
            grade=one.grade,
            coverage_percent=one.coverage_percent,
            caps=tuple(titles.get(code, code) for code in one.caps),
            version=one.version,
            flag=flags.get(one.division_code),
        )
        for one in scores
    ]


def _objections(by: Actor, index: Index, score: IndexScore) -> tuple[ObjectionRow, ...]:
    titles = {one.code: one.title for one in (*index.indicators, *index.posts.indicators)}
    titles |= {one.code: one.title for one in index.penalties}
    may_answer = scope.can(by, answer_permission(score), score.division_code)
    return tuple(
        ObjectionRow(
            ext_id=one.ext_id,
            indicator=titles.get(one.indicator_code, one.indicator_code),
            words=one.words,
            made_by=one.made_by_name,
            made_at=one.made_at,
            due_at=one.due_at,
            answer=one.answer,
            is_upheld=one.is_upheld,
            answered_by=one.answered_by_name,
            answered_at=one.answered_at,
            may_answer=may_answer and one.answered_at is None and one.made_by_id != by.user_id,
        )
        for one in Objection.objects.filter(score=score).order_by("-made_at", "id")
    )


def open_objections(*, by: Actor) -> list[tuple[IndexScore, Objection]]:
    """Return the objections that wait for the actor's answer, the earliest due first."""
    towns = Q(score__index_code__in=[
        code for code, one in catalogue.indices().items() if one.is_of_towns
    ])  # fmt: skip
    mine = (scope.within(by, ANSWER, "score__division_code") & ~towns) | (
        scope.within(by, ANSWER_TOWN, "score__division_code") & towns
    )
    found = (
        Objection.objects.filter(mine, answered_at__isnull=True)
        .select_related("score")
        .order_by("due_at", "id")
    )
    return [(one.score, one) for one in found]
