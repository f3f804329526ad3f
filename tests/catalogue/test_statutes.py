"""The statute table: whole, told with lines where it is wrong, and right row by row."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from catalogue.statute_rows import ELSEWHERE, EXAMPLES, PLACE, Example, day, meeting, valid
from sanzi.matters import decision_queries, statutes, validity
from sanzi.matters.decision_facts import Check, Facts, Held, needed, required_steps, share_words

FILES = sorted(path for path in statutes.FOLDER.glob("*.yaml") if path.name != statutes.FRAME)
BROKEN = sorted((Path(__file__).parent / "broken" / "statutes").glob("*.yaml"))
COLLECTIVES = statutes.FOLDER / "collectives.yaml"


def checked(facts: Facts) -> tuple[Check, ...]:
    """Return the checks of facts under the law of the day of their vote."""
    vote = facts.steps["resolution"].held_at
    on = date(2026, 11, 10) if vote is None else vote.date()
    return validity.checks(facts, statutes.frame(), decision_queries.rows_on(facts.place, on))


def vote_checks(example: Example) -> dict[str, Check]:
    """Return the checks of the vote, by row."""
    return {one.row: one for one in checked(valid(example)) if one.step == "resolution"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_law_has_no_mistake(path: Path) -> None:
    assert statutes.check_file(path) == []


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_mistake_in_a_law_is_told_with_its_line(path: Path, tmp_path: Path) -> None:
    example = yaml.safe_load(path.read_text("utf-8"))
    text = COLLECTIVES.read_text("utf-8")
    assert example["find"] in text
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace(example["find"], example["put"], 1), "utf-8")

    mistakes = statutes.check_file(broken)

    assert example["message"] in [one.message for one in mistakes]
    assert all(one.line > 1 for one in mistakes)
    with pytest.raises(statutes.BadStatutes, match=r"broken\.yaml line"):
        statutes.load_folder(tmp_path)


@pytest.mark.parametrize(
    ("find", "put", "message"),
    [
        ("[resolution-shown]", "[rec-27-notice]", "is law, a county can't replace it"),
        ("[resolution-shown]", "[no-such-row]", "there is no row 'no-such-row' to replace"),
        ("[resolution-shown]", "[joint-majority]", "is of rule majority, not resolution_days"),
        ("id: needs-works", "id: rec-27-notice", "stands in LAW-REC and in COUNTY"),
    ],
)
def test_a_county_may_not_reach_over_the_law(
    find: str, put: str, message: str, tmp_path: Path
) -> None:
    for path in FILES:
        shutil.copy(path, tmp_path / path.name)
    county = tmp_path / "county-999901.yaml"
    county.write_text(county.read_text("utf-8").replace(find, put, 1), "utf-8")

    with pytest.raises(statutes.BadStatutes, match=message):
        statutes.load_folder(tmp_path)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.row}-{one.state}")
def test_a_row_says_what_it_must(example: Example) -> None:
    found = [one for one in checked(valid(example)) if one.row == example.row]

    assert (example.state, example.says) in [(one.state, one.text) for one in found]


@pytest.mark.parametrize(
    "example",
    [one for one in EXAMPLES if one.state == "ok" and one.row != "vc-24-competence"],
    ids=lambda one: one.row,
)
def test_a_decision_on_the_right_side_of_its_row_is_valid(example: Example) -> None:
    """What the other rows ask is met too, so that the row alone decides."""
    faults = [one.text for one in checked(valid(example)) if one.state == "fail"]

    assert faults == []


def test_every_row_has_an_example_on_each_side_or_a_test_of_its_own() -> None:
    rows = {row.id: row.rule for row in statutes.table()}
    failing = {one.row for one in EXAMPLES if one.state == "fail"}

    assert set(rows) == {one.row for one in EXAMPLES} | ELSEWHERE
    # Presence is only ever wider than the other bodies': it has its wrong side below.
    assert {row for row in rows if row not in failing} == ELSEWHERE | {"rec-27-presence"}


@pytest.mark.parametrize("body", ["villager_reps", "member_delegates", "council"])
def test_presence_from_afar_counts_only_where_a_law_says_so(body: str) -> None:
    facts = valid(Example("", body, "", "", change={"online": 1, "proxies": 2}))

    wrong = [one for one in checked(facts) if one.row == "presence" and one.step == "resolution"]

    assert [one.state for one in wrong] == ["fail"]
    assert wrong[0].sentence.endswith("没有在线和委托的规定，有3人不能算到会。")


@pytest.mark.parametrize(
    ("matter", "fen", "is_needed"),
    [
        ("M05", 499_999, False), ("M05", 500_000, True), ("M09", 1_000_000, False),
        ("M09", 1_000_001, True), ("M08", 4_999_999, False), ("M08", 5_000_000, True),
        ("M17", 499_999, False), ("M17", 500_000, True), ("M18", 1, True), ("M15", 0, True),
        ("M20", 1, True), ("M02", 0, True), ("M04", 0, True), ("M16", 1, True), ("M22", 0, True),
        ("M23", 0, True), ("M24", 0, True), ("M28", 0, True), ("M03", 0, True), ("M34", 0, False),
        ("M10", 99_999_999, False),
    ],
)  # fmt: skip
def test_from_which_sum_a_power_needs_a_decision(matter: str, fen: int, is_needed: bool) -> None:
    found = decision_queries.needs_decision(
        matter_code=matter, amount_fen=fen, place=PLACE, on=date(2026, 11, 10)
    )

    assert bool(found) == is_needed


def test_a_row_holds_from_its_day_and_in_its_place_only() -> None:
    def ids(place: str, on: date) -> set[str]:
        return {row.id for row in decision_queries.rows_on(place, on)}

    assert "rec-27-majority" not in ids(PLACE, date(2025, 4, 30))
    assert "rec-27-majority" in ids(PLACE, date(2025, 5, 1))
    assert "zj-20-comment" not in ids("110101001001", date(2026, 1, 1))
    assert "zj-20-comment" in ids("330782101201", date(2026, 1, 1))


def test_the_county_row_takes_the_place_of_the_practice_row() -> None:
    before = {row.id for row in decision_queries.rows_on(PLACE, date(2025, 12, 31))}
    after = {row.id for row in decision_queries.rows_on(PLACE, date(2026, 1, 1))}

    assert ("resolution-shown" in before, "county-resolution-shown" in before) == (True, False)
    assert ("resolution-shown" in after, "county-resolution-shown" in after) == (False, True)


@pytest.mark.parametrize(("is_concurrent", "state"), [(True, "ok"), (False, "fail")])
def test_two_steps_in_one_meeting_only_where_one_person_holds_all_posts(
    is_concurrent: bool, state: str
) -> None:
    facts = valid(Example("", "villager_reps", "", ""))
    steps = {**facts.steps, "consultation": meeting("consultation", day(9, 1))}
    merged = replace(facts, steps=steps, is_concurrent=is_concurrent)

    found = {one.step: one.state for one in checked(merged) if one.row == "procedure"}

    assert found["consultation"] == state


def test_who_stands_aside_leaves_both_counts_of_a_village_body() -> None:
    """Of 52 due 36 came; 2 of them stand aside: 34 of 50 are enough, 34 of 52 not."""
    change = {"eligible": 52, "present": 36, "agree": 18, "aside": 2, "aside_present": 2}
    found = vote_checks(Example("", "villager_reps", "", "", change=change))

    assert found["vc-26-quorum"].sentence == "应到52人，回避2人后算50人，到了34人，够三分之二。"
    assert found["vc-26-majority"].sentence == "到会34人，同意18票，够过半数。"


def test_who_stands_aside_still_counts_among_all_members() -> None:
    change = {"eligible": 60, "present": 50, "agree": 39, "aside": 2, "aside_present": 2}
    found = vote_checks(Example("", "member_meeting", "", "", change=change))

    assert found["rec-27-majority"].sentence == "全体60人，同意39票，不够三分之二，要40票。"


def test_a_step_left_out_fails_once_the_vote_is_taken() -> None:
    facts = valid(Example("", "villager_reps", "", ""))
    without = {name: one for name, one in facts.steps.items() if name != "party_review"}

    found = checked(replace(facts, steps=without))

    assert validity.first_fault(found) is not None
    assert validity.first_fault(found).text == "四议两公开：“党员大会审议”没有做就表决了。"  # type: ignore[union-attr]
    assert not validity.is_valid(found)


def test_steps_in_the_wrong_order_fail() -> None:
    facts = valid(Example("", "villager_reps", "", ""))
    late = {**facts.steps, "party_review": meeting("party_review", day(11, 11))}

    fault = validity.first_fault(checked(replace(facts, steps=late)))

    assert fault is not None
    assert fault.sentence == "“表决”不晚于“党员大会审议”，次序不对。"


def test_nothing_held_yet_waits_and_is_not_valid() -> None:
    facts = replace(valid(Example("", "villager_reps", "", "")), steps={})

    found = validity.checks(
        facts, statutes.frame(), decision_queries.rows_on(PLACE, date(2026, 11, 10))
    )

    assert {one.state for one in found if one.step in facts.steps or one.row == "procedure"} == {
        "wait"
    }
    assert not validity.is_valid(found)


def test_comment_is_a_step_where_the_law_asks_for_it() -> None:
    def steps(subject: str, body: str, procedure: str) -> tuple[str, ...]:
        facts = valid(Example("", body, "", "", subject=subject, procedure=procedure))
        rows = decision_queries.rows_on(PLACE, date(2026, 11, 10))
        return required_steps(facts, statutes.frame(), rows)

    assert "comment" not in steps("works", "villager_reps", "four_two")
    assert steps("works", "villager_reps", "five_two")[2] == "comment"
    assert steps("works", "member_meeting", "four_two")[:4] == (
        "proposal", "consultation", "comment", "party_review",
    )  # fmt: skip
    assert "comment" not in steps("election", "member_meeting", "member_meeting")


@pytest.mark.parametrize(
    ("count", "share", "over", "least"),
    [
        (52, (2, 3), False, 35), (51, (2, 3), False, 34), (3, (2, 3), False, 2),
        (50, (1, 2), True, 26), (51, (1, 2), True, 26), (1, (1, 2), True, 1),
        (200, (3, 4), False, 150), (0, (2, 3), False, 0),
    ],
)  # fmt: skip
def test_how_many_a_share_asks_for(
    count: int, share: tuple[int, int], over: bool, least: int
) -> None:
    assert needed(count, share, over=over) == least


def test_shares_read_as_people_say_them() -> None:
    assert share_words((2, 3), over=False) == "三分之二"
    assert share_words((1, 2), over=True) == "过半数"
    assert share_words((3, 5), over=True) == "超过5分之3"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (7, "七"),
        (10, "十"),
        (15, "十五"),
        (27, "二十七"),
        (30, "三十"),
        (101, "一百零一"),
        (110, "一百一十"),
    ],
)
def test_articles_are_written_as_the_law_writes_them(number: int, words: str) -> None:
    assert statutes.numeral(number) == words


def test_an_empty_hall_is_no_meeting() -> None:
    facts = valid(Example("", "villager_reps", "", ""))
    nobody = Held("resolution", held_at=day(11, 10), eligible=0, present=0, agree=0)

    found = checked(replace(facts, steps={**facts.steps, "resolution": nobody}))

    quorum = next(one for one in found if one.row == "vc-26-quorum")
    assert quorum.state == "fail"
