"""The form of a question and its address: what an officer chose, read and written as a query."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict

from sanzi.insight.questions import errors
from sanzi.insight.questions.shapes import Form
from sanzi.kernel import money, typed
from sanzi.kernel.errors import BadAmount

FILTER: Final = "f_"
KEY: Final = "k_"
LONGEST: Final = 120


def read(given: QueryDict) -> Form:
    """Return the form of a query. Raises: FormWrong, PeriodWrong, AmountWrong."""
    filters = tuple(
        (name.removeprefix(FILTER), tuple(one[:LONGEST] for one in given.getlist(name) if one))
        for name in sorted(given)
        if name.startswith(FILTER) and any(given.getlist(name))
    )
    top = given.get("top", "")
    if top and not (top.isdecimal() and len(top) < 6):
        raise errors.FormWrong(what="只看前几行，要写一个数。")
    return Form(
        subject=given.get("subject", "")[:LONGEST],
        measures=tuple(one[:LONGEST] for one in given.getlist("m") if one),
        by=tuple(one[:LONGEST] for one in given.getlist("by") if one),
        bucket=given.get("bucket", "")[:LONGEST],
        when=given.get("when", "")[:LONGEST],
        period=given.get("period", "")[:LONGEST],
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        place=given.get("place", "")[:LONGEST],
        filters=filters,
        body=given.get("body", "")[:LONGEST],
        least_fen=_fen(given.get("least", "")),
        most_fen=_fen(given.get("most", "")),
        compare=given.get("compare", "")[:LONGEST],
        top=int(top or 0),
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    found = typed.day(text)
    if found is None:
        raise errors.PeriodWrong(what=f"“{text[:20]}”不是一个日子。")
    return found


def _fen(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        return money.parse_yuan(text, allow_zero=True)
    except BadAmount as error:
        raise errors.AmountWrong(what=f"“{text[:20]}”不是金额。") from error


def pairs(form: Form) -> list[tuple[str, str]]:
    """Return a form as the fields of its query."""
    found = [("subject", form.subject)]
    found += [("m", one) for one in form.measures]
    found += [("by", one) for one in form.by]
    single = {
        "bucket": form.bucket, "when": form.when, "period": form.period,
        "since": form.since.isoformat() if form.since else "",
        "until": form.until.isoformat() if form.until else "",
        "place": form.place, "body": form.body,
        "least": yuan(form.least_fen), "most": yuan(form.most_fen),
        "compare": form.compare, "top": str(form.top) if form.top else "",
    }  # fmt: skip
    found += [(name, value) for name, value in single.items() if value]
    found += [(f"{FILTER}{code}", one) for code, values in form.filters for one in values]
    return found


def query(form: Form) -> str:
    """Return a form as a query."""
    return urlencode(pairs(form))


def yuan(fen: int | None) -> str:
    """Return an amount as a form holds it."""
    return "" if fen is None else f"{fen // 100}.{fen % 100:02}"


def keys(given: QueryDict) -> list[tuple[str, str]]:
    """Return the line whose rows are wanted: (dimension, value)."""
    return [
        (name.removeprefix(KEY), given.get(name, "")[:LONGEST])
        for name in sorted(given)
        if name.startswith(KEY)
    ]
