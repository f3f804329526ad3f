"""The fictional county: right as a package, balanced as books, wrong only where planted."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from county.ten_models import MODELS, Tables
from sanzi.record.errors import CellError
from sanzi.record.packages import Package, open_package
from sanzi.record.schema import load_tables
from sanzi_county import decisions
from sanzi_county.counties import SECOND
from sanzi_county.county import write_county
from sanzi_county.main import main

UNTIL = date(2026, 11, 20)
RENT_FEN = 36_559_100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("county")
    write_county(path, villages=3, months=3, until=UNTIL, seed=7)
    return path


@pytest.fixture(scope="module")
def package(folder: Path) -> Package:
    return open_package(folder)


@pytest.fixture(scope="module")
def tables(package: Package) -> dict[str, list[dict[str, Any]]]:
    return {name: list(package.rows(name)) for name in package.files}


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    path = tmp_path_factory.mktemp("two_years")
    write_county(path, villages=2, months=24, until=UNTIL, seed=7)
    package = open_package(path)
    return {name: list(package.rows(name)) for name in package.files}


def extra(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "extras" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_package_has_no_errors(package: Package) -> None:
    assert package.check() == []
    assert package.changed_files() == []


def test_one_broken_cell_is_reported_exactly(folder: Path, tmp_path: Path) -> None:
    for path in folder.glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    path = tmp_path / "payment.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    header, cells = lines[0].strip().split(","), lines[41].split(",")
    cells[header.index("amount_fen")] = "-5"
    lines[41] = ",".join(cells)
    path.write_text("".join(lines), encoding="utf-8", newline="")
    expected = CellError("payment.csv", 42, "amount_fen", "-5", "不能小于 1")
    assert open_package(tmp_path).check() == [expected]


def test_every_voucher_balances(tables: Tables) -> None:
    sums: dict[str, int] = defaultdict(int)
    for line in tables["ledger_line"]:
        sums[line["voucher_id"]] += line["debit_fen"] - line["credit_fen"]
    assert set(sums) == {voucher["voucher_id"] for voucher in tables["voucher"]}
    assert set(sums.values()) == {0}


def test_voucher_numbers_run_without_gaps_in_each_book_and_period(tables: Tables) -> None:
    numbers = defaultdict(list)
    for voucher in tables["voucher"]:
        numbers[voucher["book_id"], voucher["period"]].append(voucher["voucher_no"])
    assert all(taken == list(range(1, len(taken) + 1)) for taken in numbers.values())


def test_opening_and_statement_lines_give_the_bank_balance_and_the_book(tables: Tables) -> None:
    bank = {r["account_id"]: r["debit_fen"] for r in tables["opening_balance"] if r["account_id"]}
    book = dict(bank)
    for txn in tables["bank_txn"]:
        sign = 1 if txn["direction"] == "in" else -1
        bank[txn["account_id"]] += sign * txn["amount_fen"]
    for line in tables["ledger_line"]:
        if line["subject_code"] in ("102", "1002"):
            book[line["account_id"]] += line["debit_fen"] - line["credit_fen"]
    last = {}
    for row in tables["balance"]:
        assert row["balance_fen"] >= 0
        last[row["account_id"]] = row["balance_fen"]
    assert bank == book == last


def test_a_demo_has_bank_lines_that_no_book_knows_and_a_red_lettered_invoice(
    tmp_path: Path,
) -> None:
    write_county(tmp_path, villages=3, months=3, until=UNTIL, seed=7, has_doubts=True)
    package = open_package(tmp_path)
    assert package.check() == []
    rows = {name: list(package.rows(name)) for name in package.files}
    strays = [one for one in rows["bank_txn"] if one["txn_id"].startswith("NS")]
    told = {
        one["txn_id"]: (one["account_id"], one["amount_fen"], one["direction"]) for one in strays
    }
    assert told == {
        "NS0102001": ("A-X0102", 3_500, "out"),
        "NS0102002": ("A-E0102", 680_000, "out"),
        "NS0102003": ("A-E0102", 230_000, "in"),
    }
    (item,) = rows["reconciliation_item"]
    (statement,) = [one for one in rows["reconciliation"] if one["item_count"]]
    assert (item["reconciliation_id"], item["txn_id"]) == ("RS-A-X0102-202610", "NS0102001")
    assert statement["book_fen"] - statement["bank_fen"] == item["amount_fen"] == 3_500
    at_bank = {one["account"]: int(one["balance_fen"]) for one in extra(tmp_path, "bank_accounts")}
    numbers = {one["account_id"]: one["account_no"] for one in rows["account"]}
    last = {one["account_id"]: one["balance_fen"] for one in rows["balance"]}
    assert {key: at_bank[numbers[key]] for key in last} == last
    (red,) = extra(tmp_path, "red_invoices")
    (found,) = [one for one in rows["invoice"] if one["verify_status"] == "red_flushed"]
    assert red["number"] == found["invoice_no"]
    paid = {one["case_id"]: one["paid_at"] for one in rows["payment"]}
    assert paid[found["case_id"]] < found["verified_at"]


def test_the_opening_balances_balance(tables: Tables) -> None:
    sums: dict[str, int] = defaultdict(int)
    for row in tables["opening_balance"]:
        sums[row["book_id"]] += row["debit_fen"] - row["credit_fen"]
    assert set(sums.values()) == {0}


def test_every_village_keeps_three_books_and_each_month_but_the_last_is_closed(
    tables: Tables,
) -> None:
    kinds = {org["org_id"]: org["kind"] for org in tables["org"]}
    regimes = {"village_committee": "village", "collective": "collective"}
    held = defaultdict(set)
    for row in tables["period"]:
        assert row["regime"] == regimes.get(kinds[row["org_id"]], kinds[row["org_id"]])
        assert (row["closed_at"] is None) == (row["period"] == "2026-11")
        held[row["period"]].add(row["book_id"])
    assert {len(books) for books in held.values()} == {9}


def test_two_years_of_a_village_book_more_than_twenty_vouchers_a_month(
    two_years: dict[str, list[dict[str, Any]]],
) -> None:
    months = 2 * 24
    assert len(two_years["voucher"]) / months > 206_553 / (417 * 24)


def test_the_vouchers_of_a_book_stand_together(two_years: dict[str, list[dict[str, Any]]]) -> None:
    for table in ("voucher", "ledger_line"):
        books = [book for book, _ in groupby(row["book_id"] for row in two_years[table])]
        assert len(books) == len(set(books)) == 6


def test_a_year_leaves_nothing_on_income_expense_and_result(
    two_years: dict[str, list[dict[str, Any]]],
) -> None:
    ended = {v["voucher_id"] for v in two_years["voucher"] if v["period"] <= "2025-12"}
    standing: dict[tuple[str, str], int] = defaultdict(int)
    for line in two_years["ledger_line"]:
        if line["voucher_id"] in ended:
            key = line["book_id"][2], line["subject_code"]
            standing[key] += line["debit_fen"] - line["credit_fen"]
    left = {
        (book, code): fen
        for (book, code), fen in standing.items()
        if fen and (code[:1] == "5" or code in ("321", "3103", "310401", "310403", "3220101"))
    }
    assert left == {}


def test_the_members_get_three_tenths_and_the_reserve_a_tenth_of_a_year(
    two_years: dict[str, list[dict[str, Any]]],
) -> None:
    lines = defaultdict(list)
    for line in two_years["ledger_line"]:
        lines[line["voucher_id"]].append(line)
    year = [
        v for v in two_years["voucher"] if v["book_id"] == "B-E0101" and v["period"] == "2025-12"
    ]
    by_summary = {v["summary"]: lines[v["voucher_id"]] for v in year}
    [result] = [line["credit_fen"] for line in by_summary["结转2025年收益"] if line["credit_fen"]]
    assert [line["credit_fen"] for line in by_summary["提取公积公益金"]] == [0, result // 10]
    shared, *households = by_summary["2025年收益向成员分配"]
    assert shared["debit_fen"] == result * 3 // 10
    assert len({line["household_id"] for line in households}) == 352
    assert sum(line["credit_fen"] for line in households) == shared["debit_fen"]


def test_what_one_body_pays_another_arrives_in_the_others_book(
    two_years: dict[str, list[dict[str, Any]]],
) -> None:
    sent = [
        (p["org_id"], p["payee_org_id"], p["paid_at"].date(), p["amount_fen"])
        for p in two_years["payment"]
        if p["payee_kind"] == "org"
    ]
    bodies = (org for org in two_years["org"] if org["level"] == "village")
    names = {org["name"]: org["org_id"] for org in bodies}
    got = [
        (names[r["payer_name"]], r["org_id"], r["banked_at"].date(), r["amount_fen"])
        for r in two_years["receipt"]
        if r["payer_name"] in names
    ]
    assert len(sent) == 2 * (8 + 2)
    assert sorted(sent) == sorted(got)


@pytest.mark.parametrize(
    ("villages", "months", "until"),
    [
        (2, 3, UNTIL),
        (3, 3, UNTIL),
        (16, 4, date(2026, 2, 11)),
        (24, 12, UNTIL),
        (24, 12, date(2027, 1, 3)),
    ],
)
def test_the_models_hit_what_was_planted_and_nothing_else(
    tmp_path: Path, villages: int, months: int, until: date
) -> None:
    write_county(tmp_path, villages=villages, months=months, until=until)
    package = open_package(tmp_path)
    rows = {name: list(package.rows(name)) for name in package.files}
    planted: dict[str, set[str]] = defaultdict(set)
    for answer in extra(tmp_path, "answers"):
        planted[answer["model_code"]].add(answer["payment_id"])
    assert set(planted) == set(MODELS)
    assert {code: model(rows) for code, model in MODELS.items()} == dict(planted)


def test_look_alikes_are_real_payments_of_every_kind(folder: Path, tables: Tables) -> None:
    payments = {p["payment_id"] for p in tables["payment"]}
    alike = extra(folder, "lookalikes")
    assert {row["payment_id"] for row in alike} <= payments
    assert {row["model_code"] for row in alike} == {
        "payment-to-cashier", "payment-no-source", "payment-tier-split", "payment-duplicate",
        "payment-over-budget", "payment-incompatible-duty", "invoice-duplicate",
        "labour-ineligible-person",
    }  # fmt: skip


def test_the_land_rent_is_received_and_not_yet_paid(folder: Path, tables: Tables) -> None:
    lines = extra(folder, "land_rent_2026")
    assert len({line["household_id"] for line in lines}) == 352
    assert sum(int(line["amount_fen"]) for line in lines) == RENT_FEN
    [receipt] = [r for r in tables["receipt"] if r["source_id"] == "LW-2024-017"]
    assert receipt["amount_fen"] == RENT_FEN
    assert not [p for p in tables["payment"] if p["source_id"] == "LW-2024-017"]
    [source] = [s for s in tables["source_matter"] if s["source_id"] == "LW-2024-017"]
    [vote] = [d for d in tables["decision"] if d["decision_id"] == source["decision_id"]]
    assert (vote["procedure"], vote["deciding_body"]) == ("member_meeting", "member_meeting")
    counted = vote["agree_count"] + vote["against_count"] + vote["abstain_count"]
    assert counted == vote["present_count"]


def test_the_rent_list_holds_a_closed_account_and_one_in_another_name(folder: Path) -> None:
    bank = {row["account"]: row for row in extra(folder, "bank_accounts")}
    lines = extra(folder, "land_rent_2026")
    closed = [line for line in lines if bank[line["account"]]["status"] == "closed"]
    renamed = [line for line in lines if bank[line["account"]]["holder_name"] != line["name"]]
    fixes = extra(folder, "land_rent_fixes_2026")
    assert len(closed) == len(renamed) == 1
    assert {fix["household_id"] for fix in fixes} == {
        closed[0]["household_id"],
        renamed[0]["household_id"],
    }
    for fix in fixes:
        assert bank[fix["account"]]["holder_name"] == fix["name"]
        assert bank[fix["account"]]["status"] == "open"


def test_every_village_has_the_whole_chain_of_payment(tables: Tables) -> None:
    held = defaultdict(set)
    for post in tables["appointment"]:
        held[post["village_id"]].add(post["role_code"])
    towns = held.pop(None)
    assert len(held) == 3
    for roles in held.values():
        assert roles >= {
            "cashier_reporter", "committee_member", "supervision_head", "village_secretary",
        }  # fmt: skip
    assert towns >= {
        "agency_cashier", "agency_accountant", "agency_reviewer", "town_agri_head",
        "town_leader", "town_head", "town_discipline_office", "county_discipline",
    }  # fmt: skip


def test_a_case_has_the_steps_of_its_tier(tables: Tables) -> None:
    steps = defaultdict(list)
    for row in tables["approval"]:
        steps[row["subject_id"]].append(row["step_no"])
    last = {"T0": 7, "T1": 8, "T2": 9, "T3": 10}
    settled = [case for case in tables["case"] if case["status"] == "settled"]
    assert {case["tier"] for case in settled} >= {"T0", "T1", "T2"}
    for case in settled:
        assert steps[case["case_id"]] == [*range(1, last[case["tier"]] + 1), 11, 11]


def test_history_ends_on_the_last_day(tables: Tables) -> None:
    days = {t["booked_at"].date() for t in tables["bank_txn"]}
    assert date(2026, 9, 1) <= min(days)
    assert max(days) <= UNTIL
    assert {b["balance_date"] for b in tables["balance"]} == {
        date(2026, 9, 30), date(2026, 10, 31), UNTIL,
    }  # fmt: skip


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_county(tmp_path, villages=3, months=3, until=UNTIL, seed=7)
    paths = sorted(p.relative_to(folder) for p in folder.rglob("*.*"))
    exchanged = sum(one.exchange for one in load_tables().values())
    assert len(paths) == exchanged + 1 + 9
    for path in paths:
        assert (tmp_path / path).read_bytes() == (folder / path).read_bytes()


def test_another_seed_gives_another_county(folder: Path, tmp_path: Path) -> None:
    write_county(tmp_path, villages=3, months=3, until=UNTIL, seed=8)
    assert (tmp_path / "person.csv").read_bytes() != (folder / "person.csv").read_bytes()


@pytest.mark.parametrize(("villages", "months"), [(1, 12), (431, 12), (24, 2), (24, 61)])
def test_an_impossible_size_is_refused(tmp_path: Path, villages: int, months: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        write_county(tmp_path / "none", villages=villages, months=months, until=UNTIL)
    assert not (tmp_path / "none").exists()


def test_the_command_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--villages", "2", "--months", "3", "--until", "2026-11-20", str(tmp_path)]
    assert main(arguments) == 0
    assert "笔付款" in capsys.readouterr().out


def test_cards_are_known_to_the_bank_and_one_line_is_overdue_and_unsettled(
    folder: Path, tables: dict[str, list[dict[str, Any]]]
) -> None:
    names = {one["person_id"]: one["name"] for one in tables["person"]}
    issued = {one["card"]: one["holder"] for one in extra(folder, "bank_cards")}
    late = [
        one for one in tables["card_line"] if one["bill_due_date"] < UNTIL and not one["borne_at"]
    ]

    assert issued == {one["card_no"]: names[one["holder_person_id"]] for one in tables["card"]}
    assert len(issued) == 2  # the third village banks where no cards are issued
    assert [one["amount_fen"] for one in late] == [64_000]


def test_every_vote_has_its_steps_and_its_publication(two_years: dict[str, Any]) -> None:
    votes = {row["decision_id"]: row for row in two_years["decision"]}
    planned = [name for name, row in votes.items() if row["matter_code"] != "M02"]
    held = {(row["decision_id"], row["step_kind"]) for row in two_years["decision_step"]}
    shown = {row["subject_id"]: row for row in two_years["disclosure"]}

    assert planned
    assert all((name, "resolution") in held for name in planned)
    assert {name for name, row in shown.items() if row["item_code"] == "V02"} == set(planned)
    assert {row["decision_id"] for row in two_years["decision_recusal"]} <= set(votes)


@pytest.mark.parametrize(
    ("odd", "is_late", "days"), [("", False, 16), ("late", True, 16), ("short", False, 4)]
)
def test_some_votes_were_shown_too_late_or_too_briefly(odd: str, is_late: bool, days: int) -> None:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)

    class Kept:
        def add(self, table: str, **row: Any) -> None:
            rows[table].append(row)

    vote = decisions.Vote(
        "D1", "O1", "999901101201", "修路", "five_two", UNTIL, 30, 20, 18, 100, odd
    )
    decisions.write(Kept(), vote)  # type: ignore[arg-type]

    [shown] = rows["disclosure"]
    comment = next(row for row in rows["decision_step"] if row["step_kind"] == "comment")
    assert (shown["published_at"] > shown["due_at"]) is is_late
    assert (comment["publicity_end_at"] - comment["publicity_start_at"]).days == days


def test_the_first_village_was_asked_and_left_one_question_unanswered(
    tables: dict[str, list[dict[str, Any]]],
) -> None:
    rows = tables["inquiry"]

    assert [row["is_satisfied"] for row in rows] == [True, False, None, None]
    overdue = [row for row in rows if row["answered_at"] is None and row["due_at"].date() < UNTIL]
    assert [row["title"] for row in overdue] == ["广场电费是谁用的"]


def test_each_village_has_a_project_with_an_open_finding_and_one_that_another_verified(
    tables: dict[str, list[dict[str, Any]]],
) -> None:
    states = {(one["works_id"][-1], one["status"]) for one in tables["works_risk"]}

    assert {("1", "open"), ("2", "closed")} <= states
    assert all(
        one["verifier_person_id"] not in ("", one["done_person_id"])
        for one in tables["works_rectification"]
    )


def test_the_first_village_was_inspected_and_two_of_three_problems_are_put_right(
    tables: dict[str, list[dict[str, Any]]],
) -> None:
    cases = {one["case_id"] for one in tables["case"]}
    people = {one["person_id"] for one in tables["inspection_member"]}
    found = {one["finding_id"]: one for one in tables["inspection_finding"]}

    assert [one["status"] for one in tables["inspection"]] == ["open"]
    assert len(people) == 2
    assert {one["case_id"] for one in tables["inspection_sample"]} <= cases
    assert sorted(one["status"] for one in found.values()) == ["answered", "closed", "closed"]
    assert all(
        one["verifier_person_id"] != found[one["finding_id"]]["found_person_id"]
        for one in tables["inspection_answer"]
    )


def test_the_second_county_is_another_one_of_the_same_city(tmp_path: Path) -> None:
    write_county(tmp_path, villages=3, months=4, until=UNTIL, seed=2, county=SECOND)
    package = open_package(tmp_path)
    rows = {name: list(package.rows(name)) for name in package.files}

    codes = {one["code"]: one["name"] for one in rows["division"]}
    own = {code for code in codes if code.startswith("999902")}
    assert {*codes} - own == {"990000000000", "999900000000"}
    assert [name for code, name in codes.items() if code.endswith("000") and code in own] == [
        "岚溪县", "苇汀镇", "枫树镇",
    ]  # fmt: skip
    assert not any("999901" in file.read_text("utf-8") for file in tmp_path.rglob("*.csv"))
    assert not any("澄川" in file.read_text("utf-8") for file in tmp_path.rglob("*.csv"))
    owed = [one for one in rows["rent_bill"] if one["due_date"] < UNTIL and not one["received_fen"]]
    assert len({one["village_id"] for one in owed}) > 1, "rent is collected badly here"
