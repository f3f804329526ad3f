"""A county's own items to publish: added behind the shipped ones, or refused with file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sanzi.matters import items as catalogue
from sanzi.matters.items import BadItems

HEAD = "modules:\n  - {title: 人居环境}\nitems:\n"
ROW = (
    "  - {code: X01, title: 垃圾分类评比, module: 人居环境, min_days: 30, source: hand,\n"
    "     signs: [village_secretary], every: M, fields: [户号, 得分]}\n"
)
Put = Callable[[str], Path]


@pytest.fixture
def put(tmp_path: Path, settings: Any) -> Iterator[Put]:
    def made(text: str) -> Path:
        file = tmp_path / "items.yaml"
        file.write_text(text, encoding="utf-8")
        settings.SANZI = replace(settings.SANZI, items=file)
        catalogue.forget()
        return file

    yield made
    catalogue.forget()


def test_the_countys_items_stand_behind_the_shipped_ones_in_a_module_of_its_own(put: Put) -> None:
    shipped = list(catalogue.items())
    put(HEAD + ROW)

    assert list(catalogue.items()) == [*shipped, "X01"]
    assert catalogue.items()["X01"].fields == ("户号", "得分")
    assert catalogue.modules()["人居环境"] is True


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (HEAD + ROW + ROW, 6, "X01: is there twice"),
        (HEAD + ROW.replace("X01", "F01"), 4, "F01: is there twice"),
        (HEAD + ROW.replace("X01", "x1"), 4, "x1: the code is a letter and two figures"),
        (HEAD + ROW.replace("module: 人居环境", "module: 人居"), 4, "X01: module 人居"),
        (HEAD + ROW.replace("hand", "books"), 4, "X01: source books is none of case, hand"),
        (HEAD + ROW.replace("30", "long"), 4, "X01: min_days long"),
        (HEAD + ROW.replace("village_secretary", "mayor"), 4, "X01: signs names no role"),
        (HEAD + ROW.replace("[户号, 得分]", "户号"), 4, "X01: fields is no list"),
        (HEAD + ROW.replace("every: M", "each: M"), 4, "unexpected keyword argument 'each'"),
        (HEAD + ROW.replace("]}", "], by_hand: [分]}"), 4, "by_hand names what is no field"),
        (HEAD + "  - 垃圾分类\n", 4, "'垃圾分类' is no item"),
        ("modules:\n  - {title: 财务}\n", 2, "a new module has a new title"),
        ("items: 3\n", 1, "only lists called modules and items"),
        ("items:\n  - {code: X01\n", 3, "不是YAML格式"),
    ],
)
def test_a_wrong_row_is_refused_with_file_and_line(
    put: Put, text: str, line: int, why: str
) -> None:
    file = put(text)

    with pytest.raises(BadItems) as refusal:
        catalogue.items()

    assert str(refusal.value).startswith(f"{file}: line {line}: ")
    assert why in str(refusal.value)


def test_a_file_that_is_not_there_is_named(put: Put, tmp_path: Path) -> None:
    put(HEAD).unlink()

    with pytest.raises(BadItems, match=r"items\.yaml: No such file"):
        catalogue.items()
