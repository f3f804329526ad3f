"""The charts of the four standards against the regulations, and what a county may add to them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from sanzi.ledger import standards
from sanzi.ledger.standards import BadStandard, Standard

RCE, VC, VCE, SBE = (
    standards.get(code) for code in ("rce2023", "vc_profile", "vce2004", "sbe2011")
)


def first_levels(standard: Standard, *, official: bool = True) -> set[str]:
    return {
        account.code
        for account in standard.accounts.values()
        if account.level == 1 and account.is_official is official
    }


def two_way(standard: Standard) -> set[str]:
    return {a.code for a in standard.accounts.values() if a.level == 1 and a.is_two_way}


def test_small_enterprises_have_66_accounts_and_two_more_by_choice() -> None:
    assert len(first_levels(SBE)) == 66
    assert first_levels(SBE, official=False) == {"1004", "4002"}
    credit = {a.code for a in SBE.accounts.values() if a.level == 1 and a.side == "credit"}
    assert credit & first_levels(SBE) == {
        *("1407", "1602", "1622", "1702", "2001", "2201", "2202", "2203", "2211", "2221", "2231"),
        *("2232", "2241", "2401", "2501", "2701", "3001", "3002", "3101", "3103", "3104"),
        *("5001", "5051", "5111", "5301"),
    }
    assert two_way(SBE) == {
        *("1122", "1123", "1404", "1606", "1901", "2202", "2203", "2221", "3103", "3104", "5111")
    }


def test_the_rules_of_2004_have_33_accounts_and_three_more_by_choice() -> None:
    assert len(first_levels(VCE)) == 33
    assert first_levels(VCE, official=False) == {"161", "171", "241"}
    assert two_way(VCE) == {"113", "153", "212", "231", "321", "322", "561"}
    assert (VCE.accounts["502"].name, VCE.accounts["502"].account_class) == ("经营支出", "expense")
    assert VCE.organisation_kinds == ()
    assert VCE.selectable_for == ("village_committee", "collective")


def test_the_two_way_accounts_of_the_collective() -> None:
    assert two_way(RCE) == {"113", "154", "181", "214", "231", "321", "322", "502"}


def test_who_stands_behind_a_balance_is_named() -> None:
    for code in ("1122", "1123", "2202", "2203", "1221", "2241"):
        assert SBE.accounts[code].requires == ("counterparty", "person", "org")
    assert SBE.accounts["1002"].requires == ("account",)
    assert RCE.accounts["11303"].requires == ("household", "person", "org", "counterparty")


def test_a_committee_opens_31_accounts_and_says_why_the_others_are_closed() -> None:
    assert len(first_levels(VC)) == 31
    closed = {code for code in VC.closed if not VC.ancestors(code)}
    assert closed == {
        *("111", "131", "132", "133", "134", "141", "301", "401", "502", "511", "521")
    }
    assert VC.closed["50201"].blocked == "对外投资由集体经济组织做，村民委员会不投资"


def test_codes_of_two_standards_are_two_accounts() -> None:
    """An account is (standard, code): the same code means other things."""
    names = [standards.get(code).accounts["511"].name for code in ("rce2023", "vce2004")]

    assert names == ["经营支出", "发包及上交收入"]


def test_levels_follow_the_lengths_of_the_chart() -> None:
    assert SBE.first_level("560204") == "5602"
    assert SBE.ancestors("560204") == ("5602",)
    assert RCE.lineage("5130102") == ("513", "51301", "5130102")
    assert [RCE.accounts[code].level for code in ("513", "51301", "5130102")] == [1, 2, 3]
    assert SBE.accounts["560204"].level == 2


@pytest.mark.parametrize("code", standards.codes())
def test_a_standard_names_its_accounts_by_purpose(code: str) -> None:
    standard = standards.get(code)

    for purpose in standard.accounts_for:
        for each in standard.codes_for(purpose):
            assert standard.accounts[each].level == 1
    assert set(standard.codes_for("cash")) | set(standard.codes_for("bank")) <= set(
        standard.codes_for("money")
    )
    assert standard.codes_for("nothing") == ()


@pytest.mark.parametrize("code", standards.codes())
def test_a_standard_says_how_it_is_known(code: str) -> None:
    found = standards.get(code).provenance

    assert found
    assert all(one.of and one.how in standards.KNOWN_HOW for one in found)


def test_bodies_may_choose_the_old_rules_beside_their_own() -> None:
    assert standards.choices("collective") == ("rce2023", "vce2004")
    assert standards.choices("village_committee") == ("vc_profile", "vce2004")
    assert standards.choices("enterprise") == ("sbe2011",)
    assert standards.choices("bank") == ()


def test_a_county_adds_a_detail_that_inherits_class_and_side() -> None:
    account = standards.account_from({"code": "50405", "name": "光伏上网"}, RCE)

    assert (account.account_class, account.side, account.level) == ("income", "credit", 2)
    assert not account.is_official


def test_a_county_adds_a_first_level_account_never_as_official() -> None:
    row = {"code": "109", "name": "其他货币资金", "class": "asset", "side": "debit"}

    assert not standards.account_from(row, RCE).is_official
    assert RCE.rules_on("241") == ("earmarked.received", "earmarked.spent_on_asset",
                                   "earmarked.spent", "earmarked.refunded")  # fmt: skip


def test_a_county_opens_an_account_that_the_profile_closed() -> None:
    opened = standards.account_from({"code": "141", "name": "长期投资", "requires": []}, VC)

    assert opened == RCE.accounts["141"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"code": "102", "name": "存款"}, "rce2023/addition: class: must be text"),
        ({"code": "50401", "name": "利息"}, "rce2023/addition: code: 50401 is there twice"),
        ({"code": "6011", "name": "一"}, "rce2023/addition: code: '6011' must be 3 figures"),
        ({"code": "60101", "name": "一"}, "code: 60101 has no account 601 above it"),
        ({"code": "50405", "name": ""}, "rce2023/addition: name: must not be empty"),
        ({"code": "50405", "name": "一", "official": True}, "official: unknown key"),
        ({"code": "50405", "name": "一", "side": "debit"}, "side: is inherited from the first"),
        ({"code": "50405", "name": "一", "requires": ["dog"]}, "requires: must be of account"),
    ],
)
def test_a_wrong_addition_is_named_by_key(row: dict[str, Any], message: str) -> None:
    with pytest.raises(BadStandard) as caught:
        standards.account_from(row, RCE)

    assert message in str(caught.value)


def test_an_account_of_the_base_keeps_its_name_when_it_is_opened() -> None:
    with pytest.raises(BadStandard, match="name: must stay '长期投资'"):
        standards.account_from({"code": "141", "name": "股票"}, VC)


def test_a_countys_template_is_checked_like_any_other() -> None:
    row: dict[str, Any] = {
        "rule": "fee.charged",
        "version": "2",
        "title": "银行手续费",
        "when": {"event": "fee.charged"},
        "approved": {"maker": "甲", "checker": "乙", "date": "2027-01-01"},
        "summary": "{purpose}",
        "basis": "县里的规定",
        "lines": [
            {"side": "debit", "account": "5130299", "each": True},
            {"side": "credit", "account": "102", "aux": {"kind": "account", "id": "{account_id}"}},
        ],
        "sample": {"purpose": "手续费", "account_id": "A-1", "items": [{"amount_fen": 550}]},
    }

    entry = standards.entry_from(row, RCE)

    assert (entry.version, entry.standard_code) == ("2", "rce2023")
    broken = {**row, "lines": [{"side": "debit", "account": "5139999"}, row["lines"][1]]}
    with pytest.raises(BadStandard, match=r"entry-version: lines: .*no account 5139999"):
        standards.entry_from(broken, RCE)
    undated = {**row, "approved": {"maker": "甲", "checker": "乙", "date": "明年"}}
    with pytest.raises(BadStandard, match=r"approved\.date: must be a day such as"):
        standards.entry_from(undated, RCE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"closed": []}, "vc/accounts.yaml: closed: 521 must be opened or closed"),
        ({"closed": [{"code": "10201", "why": "一"}]}, "closed[0].code: 10201 is no first-level"),
        ({"closed": [{"code": "102", "why": "一"}]}, "closed[0].code: 102 is opened above"),
        ({"open": [{"code": "999"}]}, "vc/accounts.yaml: open[0].code: 999 is not in rce2023"),
        (
            {"open": [{"code": "151", "details": ["153"]}]},
            "open[0].details: 153 is not below 151 in rce2023",
        ),
    ],
)
def test_a_broken_profile_is_named_by_key(
    change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    """The profile opens all of rce2023 but 521, then one thing is changed."""
    first = [a.code for a in RCE.accounts.values() if a.level == 1 and a.code != "521"]
    rows = {"open": [{"code": code} for code in first], "closed": [{"code": "521", "why": "一"}]}
    (tmp_path / "rce2023").symlink_to(standards.FOLDER / "rce2023")
    folder = tmp_path / "vc"
    folder.mkdir()
    head = {
        "code": "vc",
        "title": "样本",
        "based_on": "rce2023",
        "unit": "fen",
        "in_force_from": dt.date(2024, 1, 1),
        "accounts_for": {"cash": ["101"], "bank": ["102"]},
    }
    files = {"standard": head, "accounts": rows | change, "entries": {"entries": []}}
    for name, content in files.items():
        text = yaml.safe_dump(content, allow_unicode=True)
        (folder / f"{name}.yaml").write_text(
            text + "in_force_from: 2024-01-01\n" * (content is head)
        )

    with pytest.raises(BadStandard) as caught:
        standards.load(folder)

    assert message in str(caught.value)
