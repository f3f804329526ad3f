"""What the rule for accounting software takes for granted: Chinese words, renminbi, whole fen."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models

import sanzi
from sanzi.kernel.refusals import Refusal

CHINESE = re.compile(r"[一-鿿]")
TEMPLATES = Path(sanzi.__path__[0]) / "templates"


def refusals() -> set[type[Refusal]]:
    """All refusals of all rooms, their modules loaded."""
    for found in pkgutil.walk_packages(sanzi.__path__, "sanzi."):
        if found.name.endswith("errors"):
            importlib.import_module(found.name)
    known: set[type[Refusal]] = set()
    open_ends = [Refusal]
    while open_ends:
        kind = open_ends.pop()
        known.add(kind)
        open_ends += kind.__subclasses__()
    return {kind for kind in known if kind.__module__.startswith("sanzi.")}


def speaks(text: str) -> bool:
    """Whether a text is Chinese, or is put together from Chinese parts only."""
    return bool(CHINESE.search(text)) or not re.sub(r"\{[a-z_]+\}|。", "", text).strip()


def test_every_page_and_every_refusal_speaks_chinese() -> None:
    assert settings.LANGUAGE_CODE == "zh-hans"
    pages = [file.read_text("utf-8") for file in TEMPLATES.rglob("*.html")]
    heads = [page for page in pages if "<html" in page]
    assert len(heads) > 2
    assert all('lang="zh-CN"' in page for page in heads)
    titles = [title for page in pages for title in re.findall(r"block title %}([^{]+){%", page)]
    assert len(titles) > 20
    assert [title for title in titles if not CHINESE.search(title)] == []

    found = refusals()
    assert len(found) > 100
    assert [
        kind.__name__
        for kind in found
        if not speaks(kind.sentence) or not speaks(kind.next_step) or "失败" in kind.sentence
    ] == []
    codes = [kind.code for kind in found]
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)?", code) for code in codes)


def test_every_amount_in_the_tables_is_whole_fen() -> None:
    fields = [
        field
        for model in apps.get_models()
        if model.__module__.startswith("sanzi.")
        for field in model._meta.concrete_fields
    ]
    amounts = [field for field in fields if field.name.endswith("_fen")]

    assert len(amounts) > 10
    assert [f"{field}" for field in amounts if not isinstance(field, models.BigIntegerField)] == []
    broken = (models.FloatField, models.DecimalField)
    assert [f"{field}" for field in fields if isinstance(field, broken)] == []
