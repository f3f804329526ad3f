"""Figures, days, states and shapes come out exactly as the look writes them."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from sanzi.interfaces.look import icons, shapes, words

TODAY = date(2026, 11, 12)


def rendered(markup: str, **context: Any) -> str:
    """Render a line of template with the look loaded."""
    return Template("{% load look %}" + markup).render(Context(context))


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (36_559_100, "365,591.00"),
        (5, "0.05"),
        (0, "0"),
        (-126_000, "−1,260.00"),
        (None, "未知"),
    ],
)
def test_the_office_writes_amounts_with_two_decimals_zero_bare_and_a_true_minus(
    fen: int | None, shown: str
) -> None:
    assert rendered("{{ fen|yuan }}", fen=fen) == shown


def test_the_portal_writes_amounts_in_words_and_totals_in_ten_thousands() -> None:
    assert rendered("{{ fen|portal_yuan }}", fen=1_219_650) == "12,196元5角"
    assert rendered("{{ fen|wan }}", fen=18_640_000) == "18.64万元"


def test_a_money_tag_gives_machines_the_exact_amount_and_lets_zero_stand_back() -> None:
    assert rendered("{% money fen %}", fen=-126_000) == (
        '<data class="n" value="-1260.00">−1,260.00</data>'
    )
    assert rendered("{% money fen %}", fen=0) == '<data class="n zero" value="0.00">0</data>'
    assert rendered("{% money fen %}", fen=None) == '<span class="zero">未知</span>'


def test_a_portal_total_sets_the_number_large_and_the_unit_small() -> None:
    large = rendered("{% total fen %}", fen=18_640_000)
    assert large == '<data value="186400.00">18.64<small>万元</small></data>'
    small = rendered("{% total fen %}", fen=90_000)
    assert small == '<data value="900.00">900<small>元</small></data>'
    one = rendered("{% portal_figure fen %}", fen=1_864_000)
    assert one == '<data value="18640.00">18,640<small>元</small></data>'


def test_a_time_is_shown_in_shanghai_and_the_year_only_when_it_is_another() -> None:
    late = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
    assert words.local_time(late, today=TODAY) == "11月3日 17:30"
    eve = datetime(2025, 12, 31, 16, 5, tzinfo=UTC)
    assert words.local_time(eve, today=TODAY) == "1月1日 00:05"
    assert words.local_day(date(2025, 1, 9), today=TODAY) == "2025年1月9日"
    assert words.local_day(None, today=TODAY) == "未知"
    assert words.local_time(None, today=TODAY) == "未知"


def test_the_day_filters_read_today_from_the_clock() -> None:
    assert rendered("{{ day|local_day }}", day=date(1998, 2, 3)) == "1998年2月3日"
    at = datetime(1998, 2, 3, 1, 0, tzinfo=UTC)
    assert rendered("{{ at|local_time }}", at=at) == "1998年2月3日 09:00"


def test_a_name_is_masked() -> None:
    assert rendered("{{ name|mask_name }}", name="张老三") == "张*三"


@pytest.mark.parametrize(
    ("code", "word", "filled"),
    [("NEW", "新增", 1), ("PENDING", "待处置", 2), ("DISPOSED", "已处置", 3)],
)
def test_a_state_has_colour_class_word_and_as_many_filled_strokes_as_steps(
    code: str, word: str, filled: int
) -> None:
    html = rendered("{% state code 'chip' %}", code=code)

    assert html.startswith(f'<span class="st st-{code.lower()} chip">')
    assert html.endswith(f"{word}</span>")
    assert html.count("<path") == 3
    assert html.count("opacity") == 3 - filled


def test_a_suspended_state_is_hatched_and_a_state_ahead_has_no_colour() -> None:
    assert rendered("{% state 'SUSPENDED' %}").count("stroke-dasharray") == 2
    ahead = rendered("{% state_ahead 'DISPOSED' %}")
    assert ahead.startswith('<span class="st st-off">')
    assert ahead.endswith("已处置</span>")


@pytest.mark.parametrize(("code", "word"), list(shapes.SEVERITY_WORDS.items()))
def test_a_severity_is_a_shape_with_its_word_even_when_only_the_shape_is_seen(
    code: str, word: str
) -> None:
    assert rendered("{% severity code %}", code=code.upper()).endswith(f"</svg>{word}</span>")
    alone = rendered("{% severity code '' %}", code=code)
    assert f'<span class="vh">{word}：</span>' in alone


def test_the_words_of_a_tag_are_escaped() -> None:
    assert "<b>" not in rendered("{% severity 'hold' words %}", words="<b>x</b>")
    assert "<b>" not in rendered("{% state 'NEW' '' words %}", words="<b>x</b>")
    assert "<b>" not in rendered("{% flag 'red' words %}", words="<b>x</b>")


def test_an_icon_outside_the_list_is_refused() -> None:
    with pytest.raises(icons.UnknownIconError):
        icons.svg("unicorn")


def test_every_icon_is_hidden_from_readers_and_draws_something() -> None:
    for name in icons.ICONS:
        svg = icons.svg(name)
        assert 'aria-hidden="true"' in svg
        assert re.search(r"<(path|rect|circle|line|polyline)", svg), name


def test_a_missing_drawing_becomes_an_empty_box(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(icons, "FOLDER", tmp_path)
    icons._drawing.cache_clear()

    assert "<rect" in icons.svg("inbox")

    icons._drawing.cache_clear()


def test_the_mark_turns_on_paper() -> None:
    assert 'fill="#fff"/><path stroke="#15513B"' in shapes.mark(on_dark=True)
    assert rendered("{% mark 'paper' %}") == shapes.mark(on_dark=False)


@pytest.mark.parametrize(
    ("part", "whole", "width"),
    [(1, 2, "50.0%"), (0, 5, "0%"), (7, 5, "100%"), (3, 0, "0%")],
)
def test_a_share_bar_stays_inside_its_frame(part: int, whole: int, width: str) -> None:
    assert f'width="{width}"' in rendered("{% share part whole %}", part=part, whole=whole)


@pytest.mark.parametrize(
    ("asked", "is_open"),
    [("", False), ("?page=2", False), ("?state=PAID", False), ("?text=租金", True),
     ("?month=2026-11", False)],
)  # fmt: skip
def test_the_fields_that_narrow_a_list_are_folded_until_one_is_in_use(
    asked: str, is_open: bool
) -> None:
    shown = rendered(
        '{% filters "筛选、导出" always="month" %}<input type="hidden" name="state" value="PAID">'
        '<input id="f-text" name="text"><input name="month" type="month">{% endfilters %}',
        request=RequestFactory().get("/office/bills/" + asked),
    )

    assert shown.startswith('<details class="fold narrow" data-opens-wide')
    assert (" open>" in shown) is is_open
    assert "筛选、导出" in shown
    assert shown.endswith('<input name="month" type="month"></form></details>')
