"""All standards: whole charts, templates that balance, and what each mistake is told as."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from sanzi.ledger import rules, standards
from sanzi.ledger.standards import BadStandard, Entry, Standard, UnknownStandard

BROKEN = Path(__file__).parent / "broken" / "standards"
ALL_ENTRIES = [
    pytest.param(standards.get(code), entry, id=f"{code}-{entry.rule_code}")
    for code in standards.codes()
    for entry in standards.get(code).entries.values()
]
CREDIT_FIRST_LEVELS = {
    *("133", "152", "162"),
    *("201", "211", "212", "213", "214", "221", "231", "241"),
    *("301", "311", "321", "322", "501", "502", "503", "504"),
}


def test_the_collective_chart_is_the_regulations() -> None:
    accounts = standards.get("rce2023").accounts.values()

    first = [account for account in accounts if account.level == 1]
    assert len(first) == 42
    assert all(account.is_official for account in first)
    assert {account.code for account in first if account.side == "credit"} == CREDIT_FIRST_LEVELS
    below = {account.code for account in accounts if account.is_official and account.level > 1}
    assert below == {"32201", "32202"}


def test_the_committee_opens_only_what_is_its_own() -> None:
    accounts = standards.get("vc_profile").accounts

    closed = {"111", "131", "132", "133", "134", "141", "301", "401", "502", "511", "521"}
    assert closed.isdisjoint(accounts)
    assert accounts["321"].name == "本年结余"
    assert accounts["32202"].name == "累计结余"
    assert "32201" not in accounts
    assert accounts["201"].blocked == "村民委员会不得举债兴办公益事业"
    assert "51302" not in accounts
    assert accounts["5130101"].is_leaf


@pytest.mark.parametrize("code", standards.codes())
def test_every_detail_lies_under_its_account(code: str) -> None:
    standard = standards.get(code)

    for account in standard.accounts.values():
        for code_above in standard.ancestors(account.code):
            above = standard.accounts[code_above]
            assert not above.is_leaf
            assert (above.account_class, above.side) == (account.account_class, account.side)


@pytest.mark.parametrize(("standard", "entry"), ALL_ENTRIES)
def test_every_template_books_its_sample(standard: Standard, entry: Entry) -> None:
    """The sample balances, on open lowest-level accounts, and says who approved the rule."""
    draft = rules.from_event(
        entry, entry.sample, date=dt.date(2026, 11, 12), source=("payment", "P1"), posted_by="系统"
    )

    rules.check(draft, standard)
    assert (draft.total_fen < 0) is entry.is_red
    assert (draft.rule_code, draft.rule_version) == (entry.rule_code, entry.version)
    assert entry.approval.checker in draft.names.reviewer
    assert entry.approval.maker != entry.approval.checker


@pytest.mark.parametrize(("standard", "entry"), ALL_ENTRIES)
def test_every_template_is_found_by_its_event(standard: Standard, entry: Entry) -> None:
    for kind in entry.kinds or ("",):
        assert standard.rule_for(entry.event, kind) is entry


@pytest.mark.parametrize("code", standards.codes())
def test_an_unnamed_kind_takes_the_general_template(code: str) -> None:
    entry = standards.get(code).rule_for("receipt.issued", "refund")

    assert entry is not None
    assert entry.rule_code == "receipt.issued"
    assert standards.get(code).rule_for("moon.landed") is None


def test_bodies_keep_books_by_their_own_standard() -> None:
    assert standards.for_organisation_kind("collective") == "rce2023"
    assert standards.for_organisation_kind("village_committee") == "vc_profile"
    assert standards.for_organisation_kind("bank") == ""
    with pytest.raises(UnknownStandard):
        standards.get("gaap")


GOOD = {
    "standard.yaml": {
        "code": "sample",
        "title": "样本",
        "organisation_kinds": ["collective"],
        "in_force_from": dt.date(2024, 1, 1),
        "code_lengths": [3, 2, 2, 2],
        "words": ["general"],
        "unit": "fen",
        "accounts_for": {"cash": ["101"], "bank": ["102"]},
        "closing": {"result": "321", "undistributed": "322"},
    },
    "accounts.yaml": {
        "accounts": [
            {"code": "101", "name": "现金", "class": "asset", "side": "debit"},
            {"code": "102", "name": "银行存款", "class": "asset", "side": "debit"},
            {"code": "321", "name": "本年收益", "class": "equity", "side": "credit"},
            {"code": "322", "name": "收益分配", "class": "equity", "side": "credit"},
            {"code": "514", "name": "公益支出", "class": "expense", "side": "debit"},
            {"code": "51401", "name": "环境卫生"},
        ]
    },
    "entries.yaml": {
        "entries": [
            {
                "rule": "payment.settled",
                "version": "1",
                "title": "付款",
                "when": {"event": "payment.settled"},
                "approved": {"maker": "甲", "checker": "乙", "date": dt.date(2026, 1, 1)},
                "summary": "{purpose}",
                "basis": "制度",
                "lines": [
                    {"side": "debit", "account": "51401", "each": True},
                    {"side": "credit", "account": "102"},
                ],
                "sample": {"purpose": "保洁", "items": [{"amount_fen": 1}]},
            }
        ]
    },
}
BROKEN_FILES = sorted(BROKEN.glob("*.yaml"))


def write(folder: Path, files: dict[str, object]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def test_the_good_sample_loads(tmp_path: Path) -> None:
    """The broken ones differ from it in one place only."""
    standard = standards.load(write(tmp_path / "sample", GOOD))

    assert list(standard.accounts) == ["101", "102", "321", "322", "514", "51401"]
    assert list(standard.entries) == ["payment.settled"]


@pytest.mark.parametrize("path", BROKEN_FILES, ids=lambda path: path.stem)
def test_a_mistake_is_named_by_file_and_key(path: Path, tmp_path: Path) -> None:
    """Each broken file says what it puts in place of the good sample, and the message it gives."""
    broken = yaml.safe_load(path.read_text(encoding="utf-8"))
    folder = write(tmp_path / "sample", GOOD | {broken["file"]: broken["content"]})

    with pytest.raises(BadStandard) as caught:
        standards.load(folder)

    assert str(caught.value) == broken["message"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "sample", {"standard.yaml": GOOD["standard.yaml"]})

    with pytest.raises(BadStandard, match=r"sample/accounts.yaml: -: the file is missing"):
        standards.load(folder)


@pytest.mark.parametrize("code", standards.codes())
def test_a_standard_closes_its_year_through_equity(code: str) -> None:
    standard = standards.get(code)
    closing = standard.closing

    assert closing is not None
    for account in (closing.result, closing.undistributed, *(s.account for s in closing.shares)):
        assert standard.accounts[account].account_class == "equity"
    heads = {standard.first_level(one.account) for one in closing.shares}
    assert heads <= {standard.first_level(closing.undistributed)}
