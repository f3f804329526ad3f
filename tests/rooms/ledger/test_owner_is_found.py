"""Who owns the database can lift every guard and write. What he did is found afterwards."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
from django.db import connection

from flushing import lifted_triggers
from sanzi.audit import actions as audit
from sanzi.audit import queries as log
from sanzi.audit.models import Event
from sanzi.interfaces.cli.main import main
from sanzi.ledger import queries, rules
from sanzi.ledger.actions import closing, reopening
from sanzi.ledger.actions.loading import load_openings
from sanzi.ledger.models import Book, NumberHead, Period, Voucher
from sanzi.orgs.actors import SYSTEM
from sanzi.transparency import actions as log_actions
from sanzi.transparency import queries as log_queries
from worlds.books import book_rows

LEDGER = """
2026-11-03 买办公用品 | payment:P1
  5130102            120.00
  102 account:A-1   -120.00
2026-11-04 保洁费 | payment:P2
  51401              800.00
  102 account:A-1   -800.00
"""


@pytest.fixture
def sealed(post, world) -> str:
    """Openings, two vouchers and a closed month, all sealed; returns the hash of the seal."""
    load_openings(book_rows("O-WILLOW", {"102": 5000, "32202": -5000}), by=SYSTEM, at=world.at)
    post(LEDGER)
    Period.objects.update(closed_at=world.at)
    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    audit.write(
        chain="O-WILLOW", kind="ledger.period.closed", by=SYSTEM, at=world.at,
        subject=("book", book.ext_id), after={"period": "2026-11"},
    )  # fmt: skip
    seal = audit.seal_heads(world.at)
    assert seal is not None
    assert found() == []
    return seal.hash


def found(known: str = "") -> list[str]:
    return queries.verify_book("O-WILLOW") + log.verify_chain("O-WILLOW") + log.verify_seals(known)


def as_owner(*statements: str) -> None:
    with lifted_triggers(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def rehash() -> None:
    """Write the hashes again so that the chain of the book is whole in itself."""
    previous = ""
    with lifted_triggers():
        for row in Voucher.objects.order_by("number"):
            content = queries.content_of(row)
            link = dataclasses.replace(content.link, previous_hash=previous)
            previous, before = rules.voucher_hash(content.draft, link), previous
            Voucher.objects.filter(pk=row.pk).update(previous_hash=before, hash=previous)
            NumberHead.objects.update(last_number=row.number, last_hash=previous)


NO_LINES = "DELETE FROM ledger_voucherline WHERE voucher_id IN (SELECT id FROM ledger_voucher {})"


def test_the_last_voucher_deleted_with_its_head_is_found(sealed) -> None:
    as_owner(
        NO_LINES.format("WHERE number = 2"),
        "DELETE FROM ledger_voucher WHERE number = 2",
        "UPDATE ledger_numberhead SET last_number = 1, "
        "last_hash = (SELECT hash FROM ledger_voucher)",
    )

    assert [each.partition(" ")[2] for each in found()] == [
        "2026-11 记-2：日志里记过账，凭证不见了"
    ]


def test_a_run_deleted_whole_is_found(sealed) -> None:
    as_owner(NO_LINES.format(""), "DELETE FROM ledger_voucher", "DELETE FROM ledger_numberhead")

    assert len([each for each in found() if "凭证不见了" in each]) == 2


def test_a_run_replaced_with_a_whole_chain_of_its_own_is_found(sealed) -> None:
    as_owner(
        "UPDATE ledger_voucherline SET debit_fen = 700 WHERE debit_fen = 80000",
        "UPDATE ledger_voucherline SET credit_fen = 700 WHERE credit_fen = 80000",
        "UPDATE ledger_voucher SET total_fen = 700 WHERE total_fen = 80000",
    )
    rehash()

    assert [each.partition(" ")[2] for each in found()] == ["2026-11 记-2：和记账时的日志对不上"]


def test_one_fen_changed_in_a_book_that_was_made_whole_is_named_by_the_public_log(
    sealed, world
) -> None:
    log_actions.work(world.at)
    assert list(log_queries.verify()) == []
    as_owner(
        "UPDATE ledger_voucherline SET debit_fen = 80001 WHERE debit_fen = 80000",
        "UPDATE ledger_voucherline SET credit_fen = 80001 WHERE credit_fen = 80000",
        "UPDATE ledger_voucher SET total_fen = 80001 WHERE total_fen = 80000",
    )
    rehash()

    changed = Voucher.objects.get(number=2).ext_id
    assert f"voucher {changed}：和日志对不上，改过" in list(log_queries.verify())


def test_a_voucher_put_at_the_end_with_a_right_hash_is_found(sealed) -> None:
    columns = "word, date, summary, origin, rule_code, rule_version, attachment_count, line_count"
    names = "maker_name, reviewer_name, posted_by_name, posted_at, previous_hash, hash, book_id"
    lines = "line_no, summary, account_code, debit_fen, credit_fen, aux_kind, aux_id, source_ref"
    as_owner(
        f"INSERT INTO ledger_voucher (ext_id, number, period, source_kind, source_id, total_fen, "
        f"{columns}, {names}) SELECT 'V-MORE', 3, period, 'manual', 'V-MORE', total_fen, "
        f"{columns}, {names} FROM ledger_voucher WHERE number = 2",
        f"INSERT INTO ledger_voucherline (voucher_id, {lines}) SELECT "
        f"(SELECT id FROM ledger_voucher WHERE number = 3), {lines} FROM ledger_voucherline "
        "WHERE voucher_id = (SELECT id FROM ledger_voucher WHERE number = 2)",
    )
    rehash()

    assert [each.partition(" ")[2] for each in found()] == ["2026-11 记-3：日志里没有这张凭证"]


def test_changed_openings_are_found(sealed) -> None:
    as_owner(
        "UPDATE ledger_openingbalance SET balance_fen = balance_fen * 2",
    )

    (fault,) = found()
    assert fault.endswith("期初余额和录入时的日志对不上")


def test_openings_that_nobody_loaded_are_found(world) -> None:
    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    as_owner(
        "INSERT INTO ledger_openingbalance (book_id, account_code, aux_kind, aux_id, balance_fen) "
        f"VALUES ({book.pk}, '102', '', '', 1)"
    )

    assert len(found()) == 1


def test_a_month_opened_behind_the_log_is_found(sealed) -> None:
    as_owner("UPDATE ledger_period SET closed_at = NULL")

    (fault,) = found()
    assert fault.endswith("2026-11：日志里已结账，账上不是")


def test_a_month_opened_by_two_persons_is_no_fault(post, world) -> None:
    accountant, head = world.actor("agency_accountant"), world.actor("town_agri_head")
    closing.close_month(org_ext_id="O-WILLOW", period="2026-01", by=accountant, at=world.at)
    wish = reopening.ask_reopen(
        org_ext_id="O-WILLOW", period="2026-01", reason="少记一张", by=accountant, at=world.at
    )
    reopening.grant_reopen(ext_id=wish, by=head, at=world.at)

    assert found() == []


def test_a_log_cut_at_its_end_is_found_by_its_seal(sealed) -> None:
    """Voucher, head, event and the head of the log all taken back: only the seal remembers."""
    as_owner(
        NO_LINES.format(""),
        "DELETE FROM ledger_voucher",
        "DELETE FROM ledger_numberhead",
        "UPDATE ledger_period SET closed_at = NULL",
        "DELETE FROM audit_event WHERE kind IN ('ledger.voucher.posted', 'ledger.period.closed')",
    )
    last = Event.objects.filter(chain="O-WILLOW").latest("number")
    as_owner(
        f"UPDATE audit_chainhead SET last_number = {last.number}, last_hash = '{last.hash}' "
        "WHERE chain = 'O-WILLOW'"
    )

    (fault,) = found()
    assert fault.endswith("is not the one that was sealed")


def test_seals_replaced_too_are_found_by_a_seal_kept_outside(sealed, world) -> None:
    as_owner(
        "DELETE FROM audit_sealedhead",
        "DELETE FROM audit_seal",
        "UPDATE audit_chainhead SET sealed_number = NULL",
    )
    audit.seal_heads(world.at + dt.timedelta(hours=1))

    assert found() == []
    assert found(sealed) == [f"the seal {sealed} is gone"]


def test_a_seal_made_of_other_heads_is_found(sealed) -> None:
    as_owner("UPDATE audit_sealedhead SET hash = 'x' WHERE chain = 'O-WILLOW'")

    assert any("made of other heads" in each for each in found())
    assert any("is not the one that was sealed" in each for each in found())


def test_the_command_prints_what_is_wrong(sealed, capsys) -> None:
    assert main(["verify", "--json", "--seal", sealed]) == 0
    as_owner("UPDATE ledger_openingbalance SET balance_fen = 7 WHERE balance_fen > 0")

    assert main(["verify", "--json", "--seal", "0" * 64]) == 1

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [each.split("：")[-1] for each in told["wrong"]] == [
        f"the seal {'0' * 64} is gone",
        "期初余额和录入时的日志对不上",
    ]
    assert told["seal"] == sealed


def test_a_line_without_its_voucher_is_found(sealed) -> None:
    """Foreign keys switched off, or deferred and never checked: the line counts nowhere."""
    assert queries.loose_lines() == []
    if connection.vendor != "sqlite":
        return  # the key itself refuses it there, for the owner too
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA defer_foreign_keys=ON")
        cursor.execute(
            "INSERT INTO ledger_voucherline (voucher_id, line_no, summary, account_code, "
            "debit_fen, credit_fen, aux_kind, aux_id, source_ref) "
            "VALUES (999999, 1, '', '102', 1, 0, '', '', '')"
        )

    assert queries.loose_lines() == ["有1行分录没有凭证"]
    with lifted_triggers(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_voucherline WHERE voucher_id = 999999")
