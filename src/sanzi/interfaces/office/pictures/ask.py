"""The picture of an answer, drawn as those of the cockpit: bars, or months side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sanzi.insight.cockpit.shapes import Counted, Key, Panel, PanelPage, Place, Sum
from sanzi.insight.questions.shapes import Answer, Group
from sanzi.interfaces.look.panel_pictures import Picture, Size, picture
from sanzi.interfaces.office.parts import cockpit as cockpit_parts

MONTHS: Final = (2, 24)
Titled = Callable[[Group], str]
Lead = Callable[[Group], str]


def drawn(answer: Answer, size: Size, titled: Titled, lead: Lead | None = None) -> Picture | None:
    """Return the picture of the first figure of an answer; None where there is nothing to draw."""
    known = [one for one in answer.groups if one.values[0] is not None]
    if len(known) < MONTHS[0]:
        return None
    page = _page(answer, known, titled)
    by_key = {_key(answer, at, one): one for at, one in enumerate(known)}

    def leads(key: str, month: str) -> str:
        one = by_key.get(month or key)
        return lead(one) if lead and one else ""

    return picture(page, size, leads)


def wide(answer: Answer, titled: Titled, lead: Lead) -> Picture | None:
    """Return the picture for a desk."""
    kind = "series" if _is_course(answer) else "bars"
    return drawn(answer, cockpit_parts.WIDE.get(kind, cockpit_parts.OTHER_WIDE), titled, lead)


def slim(answer: Answer, titled: Titled, lead: Lead) -> Picture | None:
    """Return the picture for a phone."""
    kind = "series" if _is_course(answer) else "bars"
    return drawn(answer, cockpit_parts.SLIM.get(kind, cockpit_parts.OTHER_SLIM), titled, lead)


def paper(answer: Answer, titled: Titled) -> Picture | None:
    """Return the picture that is taken away."""
    kind = "series" if _is_course(answer) else "bars"
    return drawn(answer, cockpit_parts.PAPER.get(kind, cockpit_parts.OTHER_PAPER), titled)


def _is_course(answer: Answer) -> bool:
    months = [one.bucket for one in answer.groups]
    return (
        answer.form.bucket == "month"
        and not answer.form.by
        and MONTHS[0] <= len(months) <= MONTHS[1]
        and all(months)
    )


def _key(answer: Answer, at: int, group: Group) -> str:
    return group.bucket if _is_course(answer) else f"g{at}"


def _page(answer: Answer, groups: list[Group], titled: Titled) -> PanelPage:
    measure, is_course = answer.measures[0], _is_course(answer)
    panel = Panel(
        code="answer",
        title=measure.title,
        kind="series" if is_course else "bars",
        section="money",
        order=0,
        duties=(),
        sees="",
        unit=measure.unit,
        of="mean" if measure.is_tenths else "sum",
        time="month" if is_course else "now",
        means=measure.means,
        source="",
        statement="",
        titles="" if is_course else "own",
    )
    whole = 10 if measure.is_tenths else 1
    told = {}
    for at, one in enumerate(groups):
        slot = (one.bucket, "all") if is_course else ("", f"g{at}")
        told[slot] = Sum(one.values[0] or 0, whole, max(one.row_count, 1))
    lines = (
        (Key("all", measure.title, ()),)
        if is_course
        else tuple(Key(f"g{at}", titled(one), ()) for at, one in enumerate(groups))
    )
    return PanelPage(
        panel=panel,
        place=Place(answer.place, "", ""),
        lines=lines,
        months=tuple(one.bucket for one in groups) if is_course else (),
        counted=Counted(told),
        computed_at=answer.as_of,
        is_late=False,
    )
