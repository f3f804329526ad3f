"""What is public of a project and of a unit: masked words, no persons, photos by their digest.

A photo is shown only while it stands in a register of the project behind the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sanzi.deals.queries.parties import cadres
from sanzi.disclosure import naming, rules
from sanzi.evidence import queries as evidence
from sanzi.kernel import clock, masking
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.orgs.roles import title as role_title
from sanzi.registers.works import inspection_queries, queries, unit_queries
from sanzi.registers.works import rules as works_rules
from sanzi.registers.works.models import Diary, Inspection, Rectification, Risk, Works
from sanzi.registers.works.queries import WorksPage
from sanzi.registers.works.unit_queries import UnitPage

DIARY_MAX = 20


@dataclass(frozen=True)
class PublicAnswer:
    """What was done about a finding; `office` says who looked at it, empty until somebody has."""

    at: datetime
    words: str
    photo: str
    office: str
    verified_at: datetime | None
    is_accepted: bool | None
    verdict: str


@dataclass(frozen=True)
class PublicRisk:
    """A finding: what is wrong, until when, how it stands. Colours and words are the face's."""

    project: str
    qr_code: str
    kind: str
    level: str
    words: str
    due_date: date
    state: str
    state_words: str
    is_late: bool
    closed_at: datetime | None
    answers: tuple[PublicAnswer, ...] = ()


@dataclass(frozen=True)
class PublicInspection:
    """An inspection: which office, when, what it saw."""

    at: datetime
    office: str
    result: str
    place: str
    words: str
    photo: str
    risks: tuple[PublicRisk, ...]


@dataclass(frozen=True)
class PublicLine:
    """A line of the diary with its photo."""

    at: datetime
    percent: int
    words: str
    photo: str


@dataclass(frozen=True)
class PublicTask:
    """What waits on a project besides its findings: what, in which office, until when."""

    words: str
    who: str
    due_date: date | None
    is_late: bool


@dataclass(frozen=True)
class PublicSite:
    """A project as everybody may see it.

    Shapes: `phase` is one of before, building, accepted, warranty, over, ended; `course` are
        (stage, at, words); `builder_id` is empty where the builder has no page.
    """

    page: WorksPage
    phase: str
    builder: str
    builder_id: str
    course: tuple[tuple[str, datetime, str], ...]
    diary: tuple[PublicLine, ...]
    inspections: tuple[PublicInspection, ...]
    promised: tuple[str, ...]
    tasks: tuple[PublicTask, ...]

    @property
    def open_risks(self) -> tuple[PublicRisk, ...]:
        """The findings that are not closed yet, the nearest day first."""
        rows = [each for one in self.inspections for each in one.risks if each.state != "closed"]
        return tuple(sorted(rows, key=lambda one: one.due_date))

    @property
    def closed_risks(self) -> tuple[PublicRisk, ...]:
        """The findings that somebody has looked at and found right."""
        return tuple(
            each for one in self.inspections for each in one.risks if each.state == "closed"
        )


@dataclass(frozen=True)
class PublicUnit:
    """A unit as everybody may see it, its open findings in public words."""

    page: UnitPage
    open_risks: tuple[PublicRisk, ...]


def site(qr_code: str, at: datetime) -> PublicSite:
    """Return the project behind a code. Raises: NotFound."""
    page = queries.public_page(qr_code, at)
    one, today = page.works, clock.local_date(at)
    builder = one.counterparty
    is_person = builder is not None and builder.kind == "person"
    names = _names(page, today)
    naming.wash(one.division_code, [one], "name", "place")
    return PublicSite(
        page=page,
        phase=works_rules.phase(one.status, one.warranty_end_date, today),
        builder=rules.payee_shown(builder.kind, builder.name) if builder else "",
        builder_id=builder.ext_id if builder and not is_person else "",
        course=tuple(
            (str(each.get_stage_display()), each.at, rules.scrubbed(each.words, names))
            for each in page.stages
        ),
        diary=tuple(
            PublicLine(each.logged_at, each.percent, rules.scrubbed(each.words, names),
                       _shown(each.file_hash))
            for each in page.diary[:DIARY_MAX]
        ),
        inspections=tuple(_inspection(each, names, today) for each in page.inspections),
        promised=tuple(masking.name(each) for each in page.promised),
        tasks=tuple(
            PublicTask(rules.scrubbed(each.words, names), each.who, each.due_date, each.is_late)
            for each in page.tasks
            if not each.risk
        ),
    )  # fmt: skip


def unit(kind: str, ext_id: str, at: datetime) -> PublicUnit:
    """Return a unit with what it builds now. Raises: NotFound."""
    page, today = unit_queries.public_unit(kind, ext_id, at), clock.local_date(at)
    works = [*page.open_works, *page.done_works, *(one.works for one in page.open_risks)]
    for place in sorted({one.division_code for one in works}):
        naming.wash(place, [one for one in works if one.division_code == place], "name", "place")
    names = [one.person.name for one in page.open_risks]
    risks = [_risk(one, names, today) for one in page.open_risks]
    if kind == unit_queries.FIRM:
        whose = [one.organisation.name for one in page.open_risks]
        risks = [
            replace(one, project=f"{body}，{one.project}")
            for one, body in zip(risks, whose, strict=True)
        ]
    return PublicUnit(page, tuple(risks))


def village_works(code: str) -> list[Works]:
    """Return the projects of a village that are public, those under way first."""
    found = unit_queries.public_works(code)
    naming.wash(code, found, "name", "place")
    return found


def village_units(code: str) -> list[tuple[str, str, str, str]]:
    """Return (kind, ext id, name, what it is) of the bodies of a village and of its builders."""
    return [(one.kind, one.ext_id, one.name, one.sort) for one in unit_queries.units_of(code)]


def photo(qr_code: str, digest: str) -> Path:
    """Return the re-encoded copy of a photo of the project behind a code. Raises: NotFound."""
    found = Works.objects.filter(qr_code=qr_code).first()
    if found is None:
        raise NotFound
    known = (
        Diary.objects.filter(works=found, file_hash=digest).exists()
        or Inspection.objects.filter(works=found, file_hash=digest).exists()
        or Rectification.objects.filter(risk__works=found, file_hash=digest).exists()
    )
    path = evidence.picture_path(digest)
    if not known or path is None:
        raise NotFound
    return path


def _names(page: WorksPage, today: date) -> list[str]:
    """Return the names that stand in no public words: officers, inspectors, a builder's own."""
    people = cadres(page.works.division_code, today)
    for one in page.inspections:
        people.add(one.person_id)
        people |= {each.person_id for each in one.risks.all()}
    found = list(Person.objects.filter(pk__in=people).order_by("pk").values_list("name", flat=True))
    builder = page.works.counterparty
    return [*found, builder.name] if builder and builder.kind == "person" else found


def _inspection(one: Inspection, names: Sequence[str], today: date) -> PublicInspection:
    return PublicInspection(
        at=one.inspected_at,
        office=role_title(one.role_code),
        result=str(one.get_result_display()),
        place=rules.scrubbed(one.place, names),
        words=rules.scrubbed(one.words, names),
        photo=_shown(one.file_hash),
        risks=tuple(_risk(each, names, today) for each in one.risks.all()),
    )


def _risk(one: Risk, names: Sequence[str], today: date) -> PublicRisk:
    return PublicRisk(
        project=one.works.name,
        qr_code=one.works.qr_code,
        kind=inspection_queries.kind_title(one.kind, today),
        level=str(one.get_level_display()),
        words=rules.scrubbed(one.words, names),
        due_date=one.due_date,
        state=one.state,
        state_words=str(one.get_state_display()),
        is_late=one.state != "closed" and one.due_date < today,
        closed_at=one.closed_at,
        answers=tuple(_answers(one.rectifications.all(), names)),
    )


def _answers(rows: Iterable[Rectification], names: Sequence[str]) -> list[PublicAnswer]:
    return [
        PublicAnswer(
            at=one.done_at,
            words=rules.scrubbed(one.words, names),
            photo=_shown(one.file_hash),
            office=role_title(one.verifier_role) if one.verifier_role else "",
            verified_at=one.verified_at,
            is_accepted=one.is_accepted,
            verdict=rules.scrubbed(one.verdict, names),
        )
        for one in rows
    ]


def _shown(digest: str) -> str:
    """Return a digest only when there is a picture of it to show."""
    return digest if evidence.picture_path(digest) is not None else ""
