"""A publication, read and taken off the web by programs: the same rows and rules as the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sanzi.disclosure.actions import publishing
from sanzi.disclosure.models import Publication
from sanzi.orgs.actors import SYSTEM
from worlds.cases import AT
from worlds.village import WILLOW

pytestmark = pytest.mark.django_db
WHY = "写了孩子的名字和住址"


def test_a_program_reads_a_publication_and_takes_it_down_once(
    program: Callable[[str], Any],
) -> None:
    town, clerk, other = (
        program(role) for role in ("town_agri_head", "village_clerk", "stone_cashier")
    )
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "V03", "后塘清淤的结果", {"facts": []})
    one = publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    path = f"/publications/{one.ext_id}"

    told = clerk("GET", path).body
    assert told == {
        "ext_id": one.ext_id, "village_code": WILLOW, "item": "V03", "period": "",
        "title": "后塘清淤的结果", "total_fen": None, "content_sm3": one.content_digest,
        "leaks": [],
        "due_at": None, "min_days": 7, "published_at": told["published_at"],
        "unpublished_at": None, "withdrawn_reason": "", "newer": "",
    }  # fmt: skip
    assert other("GET", path).status == 404

    def posted(who: Any, reason: str) -> tuple[int, str]:
        said = who("POST", f"{path}/withdraw", {"reason": reason})
        return said.status, said.body.get("code", "")

    absent = (404, "orgs.not_found")
    assert posted(clerk, WHY) == absent
    assert posted(other, WHY) == absent
    assert posted(town, "短") == (422, "disclosure.reason_too_short")
    assert posted(town, "写了13912345678这个号码") == (422, "disclosure.number_in_text")
    assert posted(town, "长" * 201) == (400, "api.bad_input")
    assert Publication.objects.get().unpublished_at is None

    assert posted(town, WHY) == (200, "")
    assert posted(town, WHY) == (409, "disclosure.already_withdrawn")
    assert clerk("GET", path).body["withdrawn_reason"] == WHY
