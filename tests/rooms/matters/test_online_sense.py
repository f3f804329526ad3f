"""What is wrong in the part of a matter file that villagers fill is told, with its line."""

from __future__ import annotations

import pytest

from sanzi.matters import catalogue
from sanzi.matters.flowchart import only_words

ASK = "ask: [item_code, applicant_person_id, purpose]"
ONLINE = "online: {word: 付钱, body: collective, ask: [purpose], limit: {hours: 4}, decides: [x]}"


@pytest.mark.parametrize(
    ("code", "find", "put", "message"),
    [
        ("M35", ASK, "ask: [item_code, poem]", "no field is called 'poem'"),
        ("M35", ASK, "ask: [item_code]", "the form needs 'purpose'"),
        ("M35", "fill: {channel: online}", "fill: {channel: pigeon}", "can't be filled"),
        ("M35", "fill: {channel: online}", 'fill: {channel: "@now"}', "can't be filled"),
        ("M35", ASK, "ask: [item_code, applicant_person_id, purpose, channel]", "asked and"),
        ("M35", "papers: [other]", "papers: [photo]", "no evidence is called 'photo'"),
        ("M35", "{kind: other, title: 本人带来的材料, required: false}",
         "{kind: proof, title: 户口, required: true}",
         "evidence 'proof' is required"),
        ("M35", "decides: [approved, deliver]", "decides: [poem]", "no moment or step"),
        ("M35", "  village_clerk: [cashier_reporter, committee_member]\n", "",
         "who stands in for 'village_clerk' is not said"),
        ("M36", 'asked_at: "@now"', 'asked_at: "@household"', "can't be filled"),
        ("M36", ", question]", "]", "the form needs 'question'"),
        ("M10", "payees:\n", f"{ONLINE}\npayees:\n", "what pays is not begun"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(code: str, find: str, put: str, message: str) -> None:
    text = catalogue.matters()[code].text
    assert find in text
    found = catalogue.check_text(text.replace(find, put, 1))

    assert any(message in one.message for one in found), found


def test_the_files_as_they_are_have_none() -> None:
    online = [one for one in catalogue.matters().values() if one.online]

    assert [one.code for one in online] == ["M22", "M24", "M26", "M34", "M35", "M36"]
    assert all(catalogue.check_text(one.text) == [] for one in online)


def test_a_step_says_for_which_tiers_it_is_there() -> None:
    seal = catalogue.matters()["M34"]
    works = catalogue.matters()["M05"]
    words = {step.key: only_words(step, seal.tiers[-1].bands) for step in seal.steps}

    assert (words["head_brief"], words["head"]) == ("只有B类", "只有C类")
    assert only_words(works.steps[2], works.tiers[-1].bands).endswith("元起")
