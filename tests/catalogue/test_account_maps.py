"""From the accounts of 2004 to those of 2023: no fen is lost, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sanzi.ledger import standards
from sanzi.ledger.map_errors import (
    MapAccountUnknown,
    MapChoiceMissing,
    MapChoiceWrong,
    MapNoPlace,
    MapTotalGiven,
)
from sanzi.ledger.standards import BadStandard, mapping
from sanzi.ledger.standards.mapping import Moved

MAP = mapping.get("vce2004", "rce2023")
OLD, NEW = MAP.old.accounts, MAP.new.accounts
LOWEST = sorted(code for code, account in OLD.items() if account.is_leaf and code != "521")
BROKEN = sorted((Path(__file__).parent / "broken" / "maps").glob("*.yaml"))


def moved(balances: dict[str, int], **choices: object) -> list[tuple[str, int]]:
    """Return (new code, fen); choices are written _131="132"."""
    picked = {code[1:]: choice for code, choice in choices.items()}
    return [(one.code, one.amount_fen) for one in mapping.translate(balances, picked)]  # type: ignore[arg-type]


@pytest.mark.parametrize("code", OLD)
def test_every_account_of_2004_has_a_place(code: str) -> None:
    """All it may become are lowest open accounts of 2023; only the dead 521 has none."""
    rows = [MAP.row(code, amount) for amount in (1, -1)]

    for row in rows:
        targets = row.options or (row.to_code,)
        if code == "521":
            assert (row.rule, targets) == ("none", ("",))
            continue
        assert row.from_code == code
        assert all(NEW[target].is_leaf and not NEW[target].blocked for target in targets)


@pytest.mark.parametrize(
    ("old", "amount", "new"),
    [
        pytest.param("50201", 800, "51101", id="502 was operating expense, is investment income"),
        pytest.param("51101", -900, "50104", id="511 was contracting income, is operating expense"),
        pytest.param("51102", -900, "50201", id="profit handed up is investment income"),
        pytest.param("153", 700, "154", id="153 was disposal, is construction"),
        pytest.param("15402", 600, "15302", id="154 was construction, is disposal"),
        pytest.param("20201", -500, "21101", id="202 payables are 211"),
        pytest.param("561", -400, "50201", id="561 investment income is 502"),
        pytest.param("52201", -300, "50301", id="522 subsidies are 503"),
        pytest.param("55106", 200, "51499", id="welfare out of other spending is 514"),
        pytest.param("13102", 100, "132", id="breeding stock goes over at its net value"),
    ],
)
def test_a_code_that_means_something_else_now_is_moved(old: str, amount: int, new: str) -> None:
    assert moved({old: amount}) == [(new, amount)]


def test_no_colliding_code_stays_where_it_was() -> None:
    """Where first levels of one code differ in name beyond a rename, no balance keeps its code."""
    collide = {
        code
        for code in OLD
        if code in NEW and OLD[code].level == 1 and OLD[code].name != NEW[code].name
    }
    renamed, same_kind = {"101"}, {"131", "132"}

    assert collide - renamed - same_kind == {
        *("153", "154", "171", "211", "212", "502", "511", "521")
    }
    for code in collide - renamed - same_kind:
        for row in MAP.rows:
            if row.from_code.startswith(code) and row.rule != "none":
                targets = row.options or (row.to_code,)
                assert code not in {MAP.new.first_level(target) for target in targets}, row


def test_wages_payable_are_told_apart_by_a_person() -> None:
    with pytest.raises(MapChoiceMissing) as caught:
        mapping.translate({"211": -35_000_00})

    assert str(caught.value) == (
        "旧科目211 应付工资余额-35,000.00元，要人来定放哪里："
        "应付工资里，管理人员和固定员工的放212，临时用工的放213。"
    )
    assert caught.value.advice == "请从这些科目里选，也可以分开放：212 应付工资、213 应付劳务费。"
    split = {"212": -30_000_00, "213": -5_000_00}
    assert moved({"211": -35_000_00}, _211=split) == [("212", -3_000_000), ("213", -500_000)]


def test_welfare_payable_goes_by_its_side() -> None:
    assert moved({"212": -120_000}) == [("31199", -120_000)]
    with pytest.raises(MapChoiceMissing, match="批准冲公积公益金还是冲未分配收益"):
        mapping.translate({"212": 120_000})
    assert moved({"212": 120_000}, _212="32202") == [("32202", 120_000)]


def test_a_choice_for_the_account_serves_the_villages_own_details() -> None:
    found = mapping.translate({"21101": -100, "21102": -200}, {"211": "212", "21102": "213"})

    assert [(one.from_code, one.code) for one in found] == [("21101", "212"), ("21102", "213")]


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        ("131", "131不在可选的科目里"),
        ({"212": -1, "213": -1}, "分开的合计是-0.02元，余额是-0.03元"),
    ],
)
def test_a_wrong_choice_is_refused(choice: str | dict[str, int], why: str) -> None:
    with pytest.raises(MapChoiceWrong, match=why):
        mapping.translate({"211": -3}, {"211": choice})


def test_what_has_no_place_is_refused() -> None:
    with pytest.raises(MapNoPlace, match=r"旧科目521 农业税附加返还收入还有余额-5\.00元"):
        mapping.translate({"521": -500})
    assert mapping.translate({"521": 0}) == []
    with pytest.raises(MapAccountUnknown, match="科目901不在"):
        mapping.translate({"901": 1})
    with pytest.raises(MapTotalGiven, match="科目113是合计，下面已有明细11301"):
        mapping.translate({"113": 300, "11301": 300})


def test_what_must_be_asked_is_known_before() -> None:
    asked = MAP.questions({"102": 5, "154": 700, "212": -9, "13202": 0})

    assert [(one.from_code, one.name, one.amount_fen) for one in asked] == [
        ("154", "在建工程", 700)
    ]
    assert asked[0].options == (("15301", "经营性工程"), ("15302", "非经营性工程"))


def test_each_figure_says_why_it_stands_there() -> None:
    assert mapping.translate({"101": 100, "153": -7}) == [
        Moved("101", 100, "现金改叫库存现金", "101"),
        Moved("154", -7, "固定资产清理从153换到154", "153"),
    ]


def test_a_committees_old_book_goes_to_what_its_profile_opens() -> None:
    """154 leads to building for use only, 131 to nothing, wages still to one of two."""
    committee = mapping.get("vce2004", "vc_profile")

    found = committee.translate({"154": 700, "202": -300, "322": -400})
    assert [(one.code, one.amount_fen, one.why) for one in found] == [
        ("15302", 700, "只开放了15302"),
        ("21199", -300, "应付款从202换到211，旧账没分明细"),
        ("32202", -400, "旧账没分明细，结转后只剩未分配收益"),
    ]
    with pytest.raises(MapNoPlace, match="生物资产归集体经济组织"):
        committee.translate({"13101": 5})
    with pytest.raises(MapNoPlace, match="没有开放50103"):
        committee.translate({"50103": -5})
    asked = committee.questions({"211": -5, "151": 9})
    assert [[code for code, _ in one.options] for one in asked] == [
        ["1510201", "1510202", "1510203", "1510204", "1510299"],
        ["212", "213"],
    ]


AMOUNTS = st.integers(-(10**14), 10**14)


@given(st.dictionaries(st.sampled_from(LOWEST), AMOUNTS, max_size=40), st.data())
def test_the_sum_is_kept_to_the_fen(balances: dict[str, int], data: st.DataObject) -> None:
    choices: dict[str, str | dict[str, int]] = {}
    for asked in MAP.questions(balances):
        first, *others = [code for code, _ in asked.options]
        if data.draw(st.booleans()):
            choices[asked.from_code] = first
            continue
        parts = {code: data.draw(AMOUNTS) for code in others}
        rest = balances[asked.from_code] - sum(parts.values())
        choices[asked.from_code] = {first: rest, **parts}

    found = mapping.translate(balances, choices)

    assert sum(one.amount_fen for one in found) == sum(balances.values())
    for code, amount in balances.items():
        assert sum(one.amount_fen for one in found if one.from_code == code) == amount
    assert all(NEW[one.code].is_leaf and one.amount_fen and one.why for one in found)


def test_a_map_says_how_it_is_known() -> None:
    assert {one.how for one in MAP.provenance} <= set(standards.KNOWN_HOW)
    assert MAP.provenance[0].of == "科目对应"


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_map_is_named_by_key(path: Path, tmp_path: Path) -> None:
    """Each file says which row it breaks of the real map, and the message it gives."""
    broken = yaml.safe_load(path.read_text(encoding="utf-8"))
    real = standards.FOLDER / "maps" / "vce2004-rce2023.yaml"
    content = yaml.safe_load(real.read_text(encoding="utf-8"))
    rows = [row for row in content["rows"] if row["from"] != broken["in_place_of"]]
    content["rows"] = [*broken["rows"], *rows]
    folder = tmp_path / "maps"
    folder.mkdir()
    file = folder / "broken.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    with pytest.raises(BadStandard) as caught:
        mapping.load(file)

    assert str(caught.value) == broken["message"]
