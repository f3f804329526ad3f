"""`{% load look %}`: figures, days, icons, states and severities as the look draws them.

Filters give plain text; tags give safe HTML built here from fixed drawings and escaped words.
"""

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sanzi.interfaces.look import icons, shapes, words
from sanzi.kernel import clock, masking

register = template.Library()
TEN_THOUSAND_YUAN_FEN = 1_000_000
_FIELD = re.compile(r'<(?:input(?![^>]*type="hidden")|select)[^>]*\sname="([^"]+)"')


@register.filter
def yuan(fen: int | None) -> str:
    """`{{ fen|yuan }}` gives 365,591.00."""
    return words.yuan(fen)


@register.filter
def portal_yuan(fen: int | None) -> str:
    """`{{ fen|portal_yuan }}` gives 12,196元5角."""
    return words.portal_yuan(fen)


@register.filter
def wan(fen: int | None) -> str:
    """`{{ fen|wan }}` gives 18.64万元."""
    return words.wan(fen)


@register.filter
def mask_name(name: str) -> str:
    """`{{ person.name|mask_name }}` gives 张*三."""
    return masking.name(name)


@register.filter
def local_day(moment: date | datetime | None) -> str:
    """`{{ day|local_day }}` gives 11月3日, with the year only if it is not this year."""
    return words.local_day(moment, today=_today())


@register.filter
def local_time(moment: datetime | None) -> str:
    """`{{ at|local_time }}` gives 11月3日 17:30 in Asia/Shanghai."""
    return words.local_time(moment, today=_today())


@register.simple_tag(name="money")
def money_tag(fen: int | None) -> str:
    """`{% money fen %}` gives the office figure inside `<data value>`; zero stands back."""
    if fen is None:
        return format_html('<span class="zero">{}</span>', words.UNKNOWN)
    tone = "n zero" if fen == 0 else "n"
    return format_html(
        '<data class="{}" value="{}">{}</data>', tone, words.plain_yuan(fen), words.yuan(fen)
    )


@register.simple_tag
def total(fen: int | None) -> SafeString:
    """`{% total fen %}`: a portal total, large number and small unit; 万元 from 10,000 yuan up."""
    if fen is None:
        return format_html("{}", words.UNKNOWN)
    form = words.wan if abs(fen) >= TEN_THOUSAND_YUAN_FEN else words.portal_yuan
    return _figure(form(fen), fen)


@register.simple_tag
def portal_figure(fen: int) -> SafeString:
    """`{% portal_figure fen %}`: one amount on the portal, large number and small unit."""
    return _figure(words.portal_yuan(fen), fen)


@register.simple_block_tag(takes_context=True)
def filters(
    context: dict[str, Any], content: str, said: str = "筛选", always: str = ""
) -> SafeString:
    """`{% filters "筛选、导出" %}…{% endfilters %}`: the fields that narrow a list, in one fold.

    Closed on a phone, so that the list begins on the first screen; open at a desk, and wherever
    one of its fields is in use. Fields that always have a value are named in `always`.
    """
    given = context["request"].GET
    is_used = any(given.get(one) for one in {*_FIELD.findall(content)} - {*always.split()})
    return format_html(
        '<details class="fold narrow" data-opens-wide{}><summary>{}{}{}</summary>'
        '<form class="filters" method="get">{}</form></details>',
        " open" if is_used else "",
        icon("filter"),
        said,
        icon("chevron-down"),
        mark_safe(content),  # noqa: S308 - what the template has rendered and escaped
    )


@register.simple_tag(takes_context=True)
def kept(context: template.Context, form: str, name: str) -> str:
    """`{% kept "ask" "text" %}`: what was typed into that field when the form was refused."""
    before: dict[str, Any] = context.get("kept") or {}
    return str(before[name][0]) if before.get("form") == form and before.get(name) else ""


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "inbox" %}` draws an outline icon, hidden from readers."""
    return mark_safe(icons.svg(name))  # noqa: S308 - a fixed drawing, no user text


@register.simple_tag
def mark(ground: str = "dark") -> SafeString:
    """`{% mark %}` draws 三 for a dark ground; `{% mark "paper" %}` for a light one."""
    return mark_safe(shapes.mark(on_dark=ground == "dark"))  # noqa: S308 - fixed drawing


@register.simple_tag
def state(code: str, chip: str = "", label: str = "") -> SafeString:
    """`{% state "PENDING" %}` or `{% state "PENDING" "chip" %}`: colour, strokes and word.

    `OFF` with a label draws a state that is not reached yet.
    """
    word = label or shapes.STATE_WORDS[code]
    tone = f"st st-{code.lower()}" + (" chip" if chip else "")
    drawing = mark_safe(shapes.strokes(code))  # noqa: S308 - fixed drawing
    return format_html('<span class="{}">{}{}</span>', tone, drawing, word)


@register.simple_tag
def severity(code: str, label: str | None = None) -> SafeString:
    """`{% severity "hold" %}` draws shape and word; a second argument replaces the word.

    An empty second argument draws the shape alone; its word stays for those who listen.
    """
    key = code.lower()
    word = shapes.SEVERITY_WORDS[key]
    drawing = mark_safe(shapes.severity_shape(key))  # noqa: S308 - fixed drawing
    if label == "":
        return format_html(
            '<span class="sv sv-only sv-{}">{}<span class="vh">{}：</span></span>',
            key,
            drawing,
            word,
        )
    return format_html('<span class="sv sv-{}">{}{}</span>', key, drawing, label or word)


@register.simple_tag
def state_ahead(code: str) -> SafeString:
    """`{% state_ahead "DISPOSED" %}`: a state that is not reached yet, without colour."""
    return state("OFF", label=shapes.STATE_WORDS[code])


@register.simple_tag
def severity_word(code: str) -> SafeString:
    """`{% severity_word "hold" %}`: the word alone, where the large shape stands near."""
    return format_html('<span class="sv">{}</span>', shapes.SEVERITY_WORDS[code.lower()])


@register.simple_tag
def percent(part: int, whole: int) -> str:
    """`{% percent 29 46 %}` gives 63%; whole must be above zero."""
    return f"{round(part * 100 / whole)}%"


@register.simple_tag
def flag(tone: str, label: str) -> SafeString:
    """`{% flag "red" "红旗" %}`: a flag and its words; never a bare colour."""
    drawing = mark_safe(icons.svg("flag"))  # noqa: S308 - fixed drawing
    return format_html('<span class="flag flag-{}">{}{}</span>', tone, drawing, label)


@register.simple_tag
def share(part: int, whole: int) -> SafeString:
    """`{% share 31200 62380 %}` draws a bar without inline style; the figure stands beside it."""
    width = 0 if whole <= 0 else min(100, max(0, round(part * 1000 / whole) / 10))
    return format_html(
        '<svg class="share" aria-hidden="true" focusable="false"><rect width="{}%" height="8" '
        'rx="2"/></svg>',
        width,
    )


def _figure(text: str, fen: int) -> SafeString:
    """Return the leading number large, the rest small, the exact yuan for machines."""
    end = next((i for i, char in enumerate(text) if char not in "0123456789.,\u2212"), len(text))
    return format_html(
        '<data value="{}">{}<small>{}</small></data>', words.plain_yuan(fen), text[:end], text[end:]
    )


def _today() -> date:
    """Return today's date in Asia/Shanghai."""
    return clock.today()
