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
        ("M35", ASK, "ask: [item_code, poem]", "没有叫“poem”的栏"),
        ("M35", ASK, "ask: [item_code]", "表里必须有“purpose”"),
        ("M35", "fill: {channel: online}", "fill: {channel: pigeon}", "来填"),
        ("M35", "fill: {channel: online}", 'fill: {channel: "@now"}', "来填"),
        ("M35", ASK, "ask: [item_code, applicant_person_id, purpose, channel]", "又要村民填"),
        ("M35", "papers: [other]", "papers: [photo]", "没有叫“photo”的材料"),
        ("M35", "{kind: other, title: 本人带来的材料, required: false}",
         "{kind: proof, title: 户口, required: true}",
         "材料“proof”必须有"),
        ("M35", "decides: [approved, deliver]", "decides: [poem]", "的时刻或步骤"),
        ("M35", "  village_clerk: [cashier_reporter, committee_member]\n", "",
         "没说“village_clerk”不在时谁顶上"),
        ("M36", 'asked_at: "@now"', 'asked_at: "@household"', "来填"),
        ("M36", ", question]", "]", "表里必须有“question”"),
        ("M10", "payees:\n", f"{ONLINE}\npayees:\n", "付钱的事不能"),
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
