"""Asking the record: who may ask what, and the answer of a form for one officer at a moment.

An officer asks from a desk, one of his posts: rows are those of its place and below, columns those
of the classes that its role sees. A subject or a piece of one that a desk may not have, and one
that does not exist, are alike.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from sanzi.insight.questions import catalogue, errors, peers, periods, sql
from sanzi.insight.questions import names as question_names
from sanzi.insight.questions.shapes import (
    COMPARES,
    Answer,
    Columns,
    Compiled,
    Form,
    Group,
    Measure,
    Subject,
    Window,
)
from sanzi.kernel import clock, divisions, masking
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import roles
from sanzi.record import places, sandbox, schema
from sanzi.supervision import own_rights, own_shape
from sanzi.supervision import queries as alerts
from sanzi.supervision.own_rights import Desk

ASK: Final = "insight.ask"
ASK_SQL: Final = "insight.ask_sql"
PERSONAL: Final = "personal"
ALERT: Final = "alert"
VILLAGE: Final = "village"
PEERS: Final = "peers"
_running: Final = threading.BoundedSemaphore(catalogue.limits().at_once)


@dataclass(frozen=True)
class Seat:
    """Where an officer asks from: a desk, and the place at or below it that he asks about.

    Shapes: `is_moved` says that the question named another place, which this officer has not.
    """

    desk: Desk
    place: str
    is_moved: bool = False

    @property
    def view(self) -> sandbox.View:
        """Return what is in the sandbox."""
        return replace(self.desk.view, division_code=self.place)


@dataclass(frozen=True)
class RowsBehind:
    """The rows behind a line: id and text cells of each."""

    seat: Seat
    subject: Subject
    statement: Compiled
    rows: tuple[tuple[str, tuple[Any, ...]], ...]
    is_cut: bool


def desks(by: Actor) -> list[Desk]:
    """Return the posts from which an officer may ask, the widest first."""
    return own_rights.desks(by, ASK)


def may_ask(by: Actor) -> bool:
    """Return whether the officer may ask at all."""
    return bool(desks(by))


def may_see(desk: Desk, reads: Columns) -> bool:
    """Return whether a desk's sandbox holds these columns."""
    return reads <= own_rights.columns_of(desk.view)


def offered(desk: Desk) -> list[Subject]:
    """Return the subjects of a desk, less what it may not have."""
    found = [narrowed(one, desk) for one in catalogue.subjects().values()]
    return [one for one in found if one is not None]


def narrowed(subject: Subject, desk: Desk) -> Subject | None:
    """Return a subject with what a desk may have of it; None where that is nothing."""
    if subject.sees not in roles()[desk.role_code].may or not may_see(desk, subject.base):
        return None

    whens = {code: one for code, one in subject.whens.items() if may_see(desk, one.reads)}
    measures = {code: one for code, one in subject.measures.items() if may_see(desk, one.reads)}
    told_by = subject.dimensions.items()
    shown = tuple(one for one in subject.shown if may_see(desk, one.reads))
    if not whens or not measures:
        return None
    return replace(
        subject,
        whens=whens,
        measures=measures,
        dimensions={code: one for code, one in told_by if may_see(desk, one.reads)},
        shown=shown,
    )


def seat(by: Actor, form: Form, role_code: str = "") -> tuple[Seat, Subject]:
    """Return from where an officer asks a form, and the subject as he has it.

    A place outside his scope is not his: he asks about his own. A desk that lacks a piece of the
    form is passed over; without any it is as if the question did not exist.
    Raises: NotFound.
    """
    found: list[tuple[Seat, Subject]] = []
    for desk in desks(by):
        one = catalogue.subjects().get(form.subject)
        subject = narrowed(one, desk) if one else None
        if subject is None or not _has(subject, form, one):
            continue
        found.append((_seated(desk, form.place), subject))
    if not found:
        raise NotFound
    found.sort(key=lambda pair: (pair[0].is_moved, pair[0].desk.role_code != role_code))
    return found[0]


def _has(subject: Subject, form: Form, whole: Subject | None) -> bool:
    """Return whether what the file knows of a form is there; other names are refused later."""
    if whole is None:
        return False
    named = {*form.by, *(code for code, _ in form.filters)}
    return (
        not (named & set(whole.dimensions)) - set(subject.dimensions)
        and not (set(form.measures) & set(whole.measures)) - set(subject.measures)
        and not ({form.when} & set(whole.whens)) - set(subject.whens)
    )


def _seated(desk: Desk, place: str) -> Seat:
    if not place:
        return Seat(desk, desk.division_code)
    if divisions.is_within(place, desk.division_code):
        return Seat(desk, place)
    return Seat(desk, desk.division_code, is_moved=True)


def ask(*, by: Actor, form: Form, at: datetime, role_code: str = "") -> tuple[Answer, Seat]:
    """Return the answer of a form as the record stands now, for this officer.

    Raises: NotFound, FormWrong, PeriodWrong, AmountWrong, TooMuchToRead, TooManyGroups,
    TookTooLong, AskBusy.
    """
    sat, subject = seat(by, form, role_code)
    form, window = checked(subject, form, at)
    compiled = sql.answer(subject, form, window, own_shape.local(at))
    lines, whole = _lines(by, sat, subject, form, compiled)
    kept = lines if PERSONAL in sat.view.classes else _without_few(subject, lines)
    if form.compare == PEERS:
        kept = _beside_peers(by, sat, subject, form, kept, at=at)
    answer = Answer(
        form=form,
        subject=subject,
        place=sat.place,
        asked_place=form.place,
        window=window,
        statement=compiled,
        groups=tuple(kept[: form.top or None]),
        total=_told_whole(subject, sat, whole),
        hidden=len(lines) - len(kept),
        group_count=len(kept),
        as_of=at,
        is_open=not subject.people or PERSONAL in sat.view.classes,
        measures=tuple(subject.measures[one] for one in form.measures),
        dimensions=tuple(subject.dimensions[one] for one in form.by),
    )
    return answer, sat


def rows(
    *,
    by: Actor,
    form: Form,
    keys: Sequence[tuple[str, str]],
    bucket: str,
    at: datetime,
    role_code: str = "",
) -> RowsBehind:
    """Return the rows behind a line as they stand now, names in part.

    Shapes: `keys` are (dimension of the form, value); without any, and without a bucket, all rows.
    Raises: as `ask`, and FewPeople.
    """
    sat, subject = seat(by, replace(form, by=tuple({*form.by, *(k for k, _ in keys)})), role_code)
    form, window = checked(subject, form, at)
    if {code for code, _ in keys} - set(form.by) or (bucket and not form.bucket):
        raise NotFound
    if subject.people and PERSONAL not in sat.view.classes:
        raise errors.FewPeople
    compiled = sql.rows(subject, form, window, sql.Line(keys, bucket), own_shape.local(at))
    answer = _run(by, sat, compiled, catalogue.limits().rows)
    names = [name for name, _ in answer.columns]
    at_of = {name: place for place, name in enumerate(names)}
    found = [(str(row[at_of["row_id"]]), tuple(_cells(subject, at_of, row))) for row in answer.rows]
    return RowsBehind(sat, subject, compiled, tuple(found), is_cut=answer.is_cut)


def _cells(subject: Subject, at_of: Mapping[str, int], row: Sequence[Any]) -> list[Any]:
    cells = []
    for number, one in enumerate(subject.shown):
        value = row[at_of[f"s{number}"]]
        is_person = not one.person or row[at_of[f"s{number}_person"]] == 1
        if value is not None and is_person and (one.is_masked or one.person):
            value = masking.name(str(value))
        cells.append(value)
    return cells


def checked(subject: Subject, form: Form, at: datetime) -> tuple[Form, Window]:
    """Return a form with its defaults, and its days.

    Raises: FormWrong, AmountWrong, PeriodWrong.
    """
    limits = catalogue.limits()
    first = next(iter(subject.whens))
    form = replace(form, when=form.when or first, period=form.period or "all")
    sql.check_form(subject, form)
    what = ""
    if len(form.measures) > limits.measures or len(form.by) > limits.dimensions:
        what = f"一次最多看{limits.measures}个数、分{limits.dimensions}层。"
    elif any(not 1 <= len(values) <= limits.values for _, values in form.filters):
        what = f"一项最多挑{limits.values}个。"
    elif form.compare and form.compare not in COMPARES:
        what = "只能跟上一期、去年同期、同镇各村比。"
    elif not 0 <= form.top <= limits.groups:
        what = f"最多看前{limits.groups}行。"
    if what:
        raise errors.FormWrong(what=what)
    return form, periods.window(form, clock.local_date(at))


@contextmanager
def one_of_few() -> Iterator[None]:
    """Hold one of the places for answers of this process. Raises: AskBusy."""
    if not _running.acquire(blocking=False):
        raise errors.AskBusy(count=catalogue.limits().at_once)
    try:
        yield
    finally:
        _running.release()


def _run(by: Actor, sat: Seat, compiled: Compiled, most: int) -> sandbox.Answer:
    """Run a statement over the rows of a seat, never over a part of them."""
    try:
        with one_of_few(), held(by, sat, compiled.tables, most) as copy:
            return copy.ask(compiled.sql, compiled.parameters)
    except sandbox.Wrong as error:
        if error.kind in ("time", "memory"):
            raise errors.TookTooLong(seconds=catalogue.limits().seconds) from error
        raise


@contextmanager
def held(by: Actor, sat: Seat, tables: Iterable[str], most: int) -> Iterator[sandbox.Sandbox]:
    """Hold the rows of tables that a seat has; of alerts those that the officer may see.

    Raises: TooMuchToRead.
    """
    limits = catalogue.limits()
    names = [one for one in tables if one in sat.view.tables()]
    found, cut = places.read(names, sat.place, limits.read_rows)
    if cut:
        title = schema.load_tables()[min(cut)].title
        raise errors.TooMuchToRead(what=title, most=limits.read_rows)
    if ALERT in found:
        seen = alerts.visible_alerts(by).values_list("ext_id", flat=True)
        mask = pc.is_in(found[ALERT]["alert_id"], pa.array([*seen], pa.string()))
        found[ALERT] = found[ALERT].filter(mask)
    bounds = sandbox.Limits(limits.seconds, limits.memory_mb, most)
    with sandbox.holding(sat.view, found, bounds) as copy:
        yield copy


def _lines(
    by: Actor, sat: Seat, subject: Subject, form: Form, compiled: Compiled
) -> tuple[list[Group], Group]:
    """Return the lines of a statement in their order, and the whole."""
    answer = _run(by, sat, compiled, catalogue.limits().groups)
    if answer.is_cut:
        raise errors.TooManyGroups(most=catalogue.limits().groups)
    names = [name for name, _ in answer.columns]
    told = [dict(zip(names, row, strict=True)) for row in answer.rows]
    has_keys = bool(form.by or form.bucket)
    first = "d0" if form.by else "bucket"
    whole = next((one for one in told if not has_keys or one[first] is None), {})
    lines = [one for one in told if has_keys and one[first] is not None]
    words = question_names.words(subject, form, lines)
    found = [_group(subject, form, one, words) for one in lines]
    return _ordered(found), _group(subject, form, whole, None)


def _group(
    subject: Subject,
    form: Form,
    row: Mapping[str, Any],
    words: question_names.Words | None,
) -> Group:
    keys = tuple(str(row[f"d{at}"]) for at in range(len(form.by))) if words else ()
    measures = [subject.measures[one] for one in form.measures]
    has_before = "m0_before" in row
    return Group(
        keys=keys,
        titles=words.titles(row) if words else (),
        bucket=str(row["bucket"]) if words and form.bucket else "",
        values=tuple(_figure(one, row, f"m{at}") for at, one in enumerate(measures)),
        before=tuple(
            _figure(one, row, f"m{at}_before") for at, one in enumerate(measures) if has_before
        ),
        row_count=row.get(sql.ROWS, 0),
        people=row.get(sql.PEOPLE, 0),
    )


def _figure(measure: Measure, row: Mapping[str, Any], name: str) -> int | None:
    """Return the figure of a measure; a mean with half of its last place up."""
    part = row.get(name)
    if part is None or measure.of != "mean":
        return None if part is None else int(part)
    whole = int(row[f"{name}_whole"])
    if not whole:
        return None
    scale = 10 if measure.is_tenths else 1
    return (int(part) * scale * 2 + whole) // (whole * 2)


def _ordered(groups: list[Group]) -> list[Group]:
    """Return lines by their time, then the largest first."""
    return sorted(groups, key=lambda one: (one.bucket, -(one.values[0] or 0), one.titles, one.keys))


def _without_few(subject: Subject, groups: list[Group]) -> list[Group]:
    """Leave out the lines about fewer people than may be shown; never one alone.

    A single one that is missing would follow from the whole: then the next smallest goes, too.
    """
    least = catalogue.limits().least_people
    if not subject.people:
        return groups
    few = [one for one in groups if one.people < least]
    if len(few) == 1:
        rest = sorted((one for one in groups if one not in few), key=lambda one: one.people)
        few += rest[:1]
    return [one for one in groups if one not in few]


def _told_whole(subject: Subject, sat: Seat, whole: Group) -> Group:
    is_few = subject.people and whole.people < catalogue.limits().least_people
    if not is_few or PERSONAL in sat.view.classes or not whole.row_count:
        return whole
    return replace(
        whole, values=tuple(None for _ in whole.values), before=tuple(None for _ in whole.before)
    )


def _beside_peers(
    by: Actor, sat: Seat, subject: Subject, form: Form, groups: list[Group], *, at: datetime
) -> list[Group]:
    """Return lines with the middle of the other villages of the same town beside each."""
    plain = replace(form, compare="", top=0)
    if VILLAGE in form.by:
        place, pool, own = form.by.index(VILLAGE), groups, ""
    else:
        town = divisions.parent(sat.place)
        is_village = divisions.level(sat.place) == VILLAGE
        if not is_village or VILLAGE not in subject.dimensions or town is None:
            raise errors.FormWrong(what="跟同镇各村比，要选一个村，或者按村来分。")
        if not divisions.is_within(town, sat.desk.division_code):
            raise errors.FormWrong(what="您只看得到自己的村，不能跟别的村比。")
        whole = replace(plain, by=(*form.by, VILLAGE), place=town)
        above = replace(sat, place=town)
        window = periods.window(whole, clock.local_date(at))
        compiled = sql.answer(subject, whole, window, own_shape.local(at))
        pool, _ = _lines(by, above, subject, whole, compiled)
        if PERSONAL not in sat.view.classes:
            pool = _without_few(subject, pool)
        place, own = len(form.by), sat.place
    return peers.beside(subject, form, groups, pool, place=place, own=own)
