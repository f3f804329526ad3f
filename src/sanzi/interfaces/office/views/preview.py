"""Powers as they will be drawn: the list, and form and flow chart of a file before its use."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import mark_safe

from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.office.forms import matters as matter_forms
from sanzi.interfaces.office.pages import may, show
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.kernel import money
from sanzi.matters import catalogue, flowchart, offers, registry, rules
from sanzi.matters.catalogue import Matter
from sanzi.matters.fields import Field
from sanzi.matters.lines import Mistake
from sanzi.orgs.errors import NotFound

PREVIEW = "matters.preview"
TEXT_MAX = 200_000


def _require(request: OfficeRequest) -> None:
    if not may(request, PREVIEW):
        raise NotFound


@officer
def powers(request: OfficeRequest) -> HttpResponseBase:
    """List the powers, and draw the text of a file that is pasted or sent; nothing is kept."""
    _require(request)
    text, mistakes = "", []
    drawn: dict[str, Any] = {}
    if request.method == "POST":
        sent = request.FILES.get("file")
        raw = sent.read(TEXT_MAX + 1) if sent else request.POST.get("text", "").encode()
        text = raw.decode("utf-8", errors="replace")
        mistakes = _mistakes(text)
        drawn = {} if mistakes else _drawn(catalogue.build(text))
    context = {
        "title": "事项预览",
        "sub": "看看表和流程会画成什么样；贴上来的文件只看不存。",
        "text": text,
        "mistakes": mistakes,
        "powers": [(one, catalogue.get(one.code) is not None) for one in catalogue.powers()],
        **drawn,
    }
    return show(request, "preview", context, crumbs=[Link("事项预览", "")])


@officer
def power(request: OfficeRequest, code: str) -> HttpResponseBase:
    """Draw the form and the flow chart of a power in force."""
    _require(request)
    matter = catalogue.get(code)
    if matter is None:
        raise NotFound
    context = {"title": matter.title, "sub": matter.promise, **_drawn(matter)}
    back = [Link("事项预览", reverse("office:matter_preview")), Link(matter.title, "")]
    return show(request, "preview", context, crumbs=back)


def _mistakes(text: str) -> list[Mistake]:
    if len(text.encode()) > TEXT_MAX:
        return [Mistake(0, f"文件超过{TEXT_MAX}个字节")]
    found = catalogue.check_text(text)
    return found or registry.unknown_names(catalogue.build(text))


def _drawn(matter: Matter) -> dict[str, Any]:
    return {
        "matter": matter,
        "chart": mark_safe(flowchart.svg(matter)),  # noqa: S308 - every word in it is escaped
        "form": _form(matter.fields),
        "rows": matter_forms.row_inputs(matter.fields, {}, _no_lists(matter.fields)),
        "records": [
            (step, _form(step.fields, step.key)) for step in matter.steps if step.kind == "record"
        ],
        "tiers": [
            (
                band,
                money.format_yuan(band.from_fen),
                [one.word for one in rules.chain(matter, band.code, is_concurrent=False)],
            )
            for band in matter.tiers[-1].bands
        ],
    }


def _no_lists(fields: tuple[Field, ...]) -> dict[str, offers.Choices]:
    names = {one.list for field in fields for one in (field, *field.columns) if one.list}
    return {name: [] for name in names}


def _form(fields: tuple[Field, ...], step_key: str = "case") -> matter_forms.FieldsForm:
    """Return an empty form; its ids tell the step, as all forms stand on one page."""
    form = matter_forms.FieldsForm(fields, {}, _no_lists(fields))
    form.auto_id = f"id_{step_key}_%s"
    return form
