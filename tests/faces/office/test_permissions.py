"""Every address of the office by role: who gets the page, who gets the same 404 as for nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.interfaces.office import urls
from worlds.cases import Desk

ROLES = (
    "cashier_reporter",  # R: started the case
    "committee_member",  # C
    "stone_cashier",  # S: another village
    "village_clerk",  # K: issues household codes
    "agency_cashier",  # M: maker
    "agency_accountant",  # A
    "agency_reviewer",  # V: checker
    "town_leader",  # L: releases holds
    "county_agri",  # Y
)
GET = "GET"
POST = "POST"
# name: (method, arguments, status by role in the order above). 302 and 409 are refusals in words.
TABLE: dict[str, tuple[str, tuple[str, ...], tuple[int, ...]]] = {
    "home": (GET, (), (200,) * 9),
    "find": (GET, (), (200,) * 9),
    "start": (GET, (), (200,) * 9),
    "template": (GET, (), (200,) * 9),
    "cases": (GET, (), (200,) * 9),
    "delegations": (GET, (), (200,) * 9),
    "case": (GET, ("case",), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "form": (GET, ("draft",), (200, 404, 404, 404, 404, 404, 404, 404, 404)),
    "payee": (GET, ("draft",), (200, 404, 404, 404, 404, 404, 404, 404, 404)),
    "line": (POST, ("draft",), (404,) * 9),
    "sheet": (POST, ("draft",), (409, 404, 404, 404, 404, 404, 404, 404, 404)),
    "check": (POST, ("draft",), (302, 404, 404, 404, 404, 404, 404, 404, 404)),
    "add_paper": (POST, ("draft",), (404,) * 9),
    "remove_paper": (POST, ("draft",), (404,) * 9),
    "add_invoice": (POST, ("draft",), (200, 404, 404, 404, 404, 404, 404, 404, 404)),
    "remove_invoice": (POST, ("draft",), (404,) * 9),
    "add_slip": (POST, ("draft",), (302, 404, 404, 404, 404, 404, 404, 404, 404)),
    "remove_slip": (POST, ("draft",), (404,) * 9),
    "act": (POST, ("case",), (409, 409, 404, 409, 409, 409, 409, 409, 409)),
    "record": (POST, ("case",), (404,) * 9),
    "repeat": (POST, ("draft",), (404,) * 9),
    "remove_step_file": (POST, ("case",), (404,) * 9),
    "pass_on": (POST, ("case",), (302, 302, 404, 302, 302, 302, 302, 302, 302)),
    "withdraw": (POST, ("other",), (302, 302, 404, 302, 302, 302, 302, 302, 302)),
    "correct_line": (POST, ("case",), (404,) * 9),
    "check_payees": (POST, ("case",), (302, 302, 404, 404, 302, 302, 302, 302, 302)),
    "release_hold": (POST, ("case",), (409, 409, 404, 409, 409, 409, 409, 409, 409)),
    "paper": (GET, ("paper",), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "original": (GET, ("paper",), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "preview": (GET, ("paper", "1"), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "revoke": (POST, ("nothing",), (404,) * 9),
    "labour": (GET, (), (200,) * 9),
    "labour_request": (GET, ("labour",), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "labour_day": (
        GET,
        ("labour", "2026-11-18"),
        (200, 200, 404, 200, 200, 200, 200, 200, 200),
    ),
    "labour_release": (POST, ("labour",), (404, 404, 404, 404, 404, 404, 404, 302, 404)),
    "payments": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "payment": (GET, ("case",), (200, 200, 404, 404, 200, 200, 200, 200, 200)),
    "ask_bank": (POST, ("case",), (404, 404, 404, 404, 302, 404, 302, 404, 404)),
    "call_back": (POST, ("case",), (404, 404, 404, 404, 302, 404, 302, 404, 404)),
    "bank_channels": (GET, (), (404,) * 9),
    "accounts": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "bank_receipt": (GET, ("nothing",), (404,) * 9),
    "account": (GET, ("A-WILLOW",), (200, 200, 404, 404, 200, 200, 200, 200, 200)),
    "unclaimed": (GET, (), (404, 404, 404, 404, 404, 200, 404, 404, 404)),
    "receive": (GET, ("credit",), (404, 404, 404, 404, 404, 200, 404, 404, 404)),
    "reconciliations": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "reconciliation": (GET, ("nothing",), (404,) * 9),
    "sign_reconciliation": (POST, ("nothing",), (404,) * 9),
    "reconcile": (GET, ("A-WILLOW", "2026-11"), (200, 200, 404, 404, 200, 200, 200, 200, 200)),
    "statement_checks": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "outside": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "account_differences": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "account_close": (GET, ("A-WILLOW",), (404, 404, 404, 404, 404, 200, 404, 404, 404)),
    "account_proposals": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "account_open": (GET, (), (404, 404, 404, 404, 404, 200, 404, 404, 404)),
    "account_proposal": (GET, ("proposal",), (200, 200, 404, 404, 200, 200, 200, 200, 200)),
    "claim_interest": (POST, (), (404, 404, 404, 404, 404, 302, 404, 404, 404)),
    "claim": (POST, ("credit",), (404,) * 9),
    "bills": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "bill_new": (GET, (), (200, 404, 200, 404, 404, 200, 404, 404, 404)),
    "bill": (GET, ("bill",), (200, 200, 404, 404, 200, 200, 200, 200, 200)),
    "bill_file": (GET, ("bill",), (200, 200, 404, 404, 200, 200, 200, 200, 200)),
    "bill_void": (POST, ("bill",), (302, 404, 404, 404, 404, 302, 404, 404, 404)),
    "receipts": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "unbanked": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "receipt": (GET, ("receipt",), (200, 200, 404, 404, 200, 200, 200, 200, 200)),
    "receipt_void": (POST, ("receipt",), (404, 404, 404, 404, 404, 302, 404, 404, 404)),
    "receipt_books": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "receipt_book": (GET, ("book",), (200, 200, 404, 404, 200, 200, 200, 200, 200)),
    "receipt_book_write": (POST, ("book",), (200, 404, 404, 404, 404, 200, 404, 404, 404)),
    "receipt_book_change": (POST, ("book",), (302, 404, 404, 404, 404, 302, 404, 404, 404)),
    "invoices": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "invoice": (GET, ("I-1",), (200, 200, 404, 404, 200, 200, 200, 200, 200)),
    "verify_invoice": (POST, ("I-1",), (404, 404, 404, 404, 404, 302, 302, 404, 404)),
    "read_invoice": (POST, ("I-1",), (404, 404, 404, 404, 404, 302, 302, 404, 404)),
    "unread_invoice": (POST, ("I-1",), (404,) * 9),
    "exchange": (GET, (), (404, 404, 404, 404, 404, 404, 404, 404, 200)),
    "exchange_source": (GET, ("deaths",), (404, 404, 404, 404, 404, 404, 404, 404, 200)),
    "exchange_contacts": (GET, (), (404, 404, 404, 404, 404, 404, 404, 404, 200)),
    "exchange_file": (GET, ("nothing",), (404,) * 9),
    "opening": (GET, ("O-WILLOW",), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "opening_template": (GET, ("O-WILLOW",), (404, 404, 404, 404, 404, 200, 404, 404, 404)),
    "takings": (GET, ("O-WILLOW",), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "take": (GET, ("O-WILLOW", "excel"), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "archives": (GET, (), (200, 404, 200, 404, 404, 200, 200, 200, 200)),
    "archive": (GET, ("nothing",), (404,) * 9),
    "piece": (GET, ("nothing", "nothing"), (404,) * 9),
    "books": (GET, (), (200, 404, 200, 404, 404, 200, 200, 200, 200)),
    "book": (GET, ("O-WILLOW", "2026-11"), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "vouchers": (GET, ("O-WILLOW", "2026-11"), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "vouchers_file": (GET, ("O-WILLOW", "2026-11"), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "statements_file": (
        GET,
        ("O-WILLOW", "2026-11"),
        (200, 404, 404, 404, 404, 200, 200, 200, 200),
    ),
    "statement": (
        GET,
        ("O-WILLOW", "balance", "2026-11"),
        (200, 404, 404, 404, 404, 200, 200, 200, 200),
    ),
    "figure": (GET, ("O-WILLOW", "balance", "2026-11"), (404,) * 9),
    "place": (GET, ("999901101000", "2026-11"), (404, 404, 404, 404, 404, 200, 200, 200, 200)),
    "place_statement": (
        GET,
        ("999901101000", "rce2023", "balance", "2026-11"),
        (404, 404, 404, 404, 404, 200, 200, 200, 200),
    ),
    "journal": (GET, ("O-WILLOW", "general"), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "voucher": (GET, ("voucher",), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "voucher_file": (GET, ("voucher",), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "posting_file": (GET, ("voucher",), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "correct": (GET, ("voucher",), (404, 404, 404, 404, 404, 200, 404, 404, 404)),
    "draft": (GET, ("correction",), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "review": (POST, ("nothing",), (404,) * 9),
    "fill": (GET, ("O-WILLOW",), (404, 404, 404, 404, 404, 200, 404, 404, 404)),
    "revise": (GET, ("nothing",), (404,) * 9),
    "draft_change": (POST, ("nothing",), (404,) * 9),
    "chart": (GET, ("rce2023",), (200, 404, 200, 404, 404, 200, 200, 200, 200)),
    "entry_rules": (GET, ("rce2023",), (200, 404, 200, 404, 404, 200, 200, 200, 200)),
    "entry_rule": (
        GET,
        ("rce2023", "payment.settled"),
        (200, 404, 200, 404, 404, 200, 200, 200, 200),
    ),
    "cash": (GET, (), (200, 404, 200, 404, 404, 200, 200, 200, 200)),
    "decide": (POST, ("account", "nothing"), (404,) * 9),
    "agency": (GET, (), (404, 404, 404, 404, 404, 200, 200, 404, 404)),
    "agency_close": (POST, (), (404, 404, 404, 404, 404, 200, 404, 404, 404)),
    "agency_drafts": (GET, (), (404, 404, 404, 404, 404, 200, 200, 404, 404)),
    "month_end": (GET, ("O-WILLOW", "2026-10"), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "year_end": (GET, ("O-WILLOW", "2026"), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "reopening": (POST, ("nothing",), (404,) * 9),
    "plans": (GET, ("O-WILLOW",), (200, 404, 404, 404, 404, 200, 200, 200, 200)),
    "plan_step": (POST, ("nothing",), (404,) * 9),
    "handovers": (GET, (), (200, 404, 200, 404, 404, 200, 200, 200, 200)),
    "handover": (GET, ("nothing",), (404,) * 9),
    "handover_sign": (POST, ("nothing",), (404,) * 9),
    "handover_file": (GET, ("nothing",), (404,) * 9),
    "alerts": (GET, (), (200, 200, 200, 404, 404, 200, 200, 200, 200)),
    "alert_models": (GET, (), (200, 200, 200, 404, 404, 200, 200, 200, 200)),
    "alert_model": (GET, ("payment-duplicate",), (200, 200, 200, 404, 404, 200, 200, 200, 200)),
    "parameter": (
        GET,
        ("payment-duplicate", "window_days"),
        (404, 404, 404, 404, 404, 404, 404, 404, 200),
    ),
    "parameter_changes": (GET, (), (200, 200, 200, 404, 404, 200, 200, 200, 200)),
    "parameter_change": (GET, ("nothing",), (404,) * 9),
    "parameter_step": (POST, ("nothing",), (404,) * 9),
    "alert": (GET, ("alert",), (200, 200, 404, 404, 404, 200, 200, 200, 200)),
    "alert_step": (POST, ("alert", "explain"), (302, 404, 404, 404, 404, 404, 404, 302, 302)),
    "asks": (GET, (), (200, 404, 200, 404, 404, 200, 200, 200, 200)),
    "ask_form": (GET, (), (200, 404, 200, 404, 404, 200, 200, 200, 200)),
    "ask_bodies": (GET, (), (200, 404, 200, 404, 404, 200, 200, 200, 200)),
    "ask_rows": (GET, (), (200, 404, 200, 404, 404, 200, 200, 200, 200)),
    "ask_picture": (GET, ("svg",), (404,) * 9),
    "ask_save": (POST, (), (404,) * 9),
    "ask_sql": (GET, (), (404,) * 8 + (200,)),
    "ask_kept": (GET, ("question",), (404,) * 8 + (200,)),
    "ask_act": (POST, ("question",), (404,) * 8 + (302,)),
    "cockpit_start": (GET, (), (302, 302, 302, 404, 404, 302, 302, 302, 302)),
    "cockpit_again": (POST, (), (302, 302, 302, 404, 404, 302, 302, 302, 302)),
    "cockpit": (GET, ("999901101201",), (200, 200, 404, 404, 404, 200, 200, 200, 200)),
    "cockpit_wall": (GET, ("999901101000",), (404, 404, 404, 404, 404, 200, 200, 200, 200)),
    "cockpit_panel": (
        GET,
        ("999901101201", "alerts"),
        (200, 200, 404, 404, 404, 200, 200, 200, 200),
    ),
    "cockpit_rows": (
        GET,
        ("999901101201", "alerts"),
        (200, 200, 404, 404, 404, 200, 200, 200, 200),
    ),
    "cockpit_picture": (GET, ("999901101201", "alerts", "svg"), (404,) * 9),
    "indices": (GET, (), (200, 200, 200, 404, 404, 200, 200, 200, 200)),
    "index_score": (GET, ("nothing",), (404,) * 9),
    "index_rows": (GET, ("nothing", "cash"), (404,) * 9),
    "index_objection": (POST, ("nothing",), (404,) * 9),
    "index_follow": (POST, ("nothing", "nothing"), (404,) * 9),
    "index_settings": (GET, ("nothing",), (404,) * 9),
    "index_propose": (POST, ("nothing",), (404,) * 9),
    "index_decide": (POST, ("nothing", "nothing"), (404,) * 9),
    "index_answer": (POST, ("nothing", "nothing"), (404,) * 9),
    "alert_statistics": (GET, (), (200, 200, 200, 404, 404, 200, 200, 200, 200)),
    "alert_silences": (GET, (), (200, 200, 200, 404, 404, 200, 200, 200, 200)),
    "alert_silence_revoke": (POST, ("nothing",), (404,) * 9),
    "alert_matter": (GET, ("alert",), (200, 200, 404, 404, 404, 200, 200, 200, 200)),
    "alert_matter_conclude": (POST, ("alert",), (302, 404, 404, 404, 404, 404, 404, 302, 302)),
    "alert_recheck": (POST, ("alert",), (302, 302, 404, 404, 404, 302, 302, 302, 302)),
    "own_models": (GET, (), (404, 404, 404, 404, 404, 404, 404, 200, 200)),
    "own_model_new": (GET, (), (404,) * 8 + (200,)),
    "own_model_table": (GET, ("payment",), (404,) * 8 + (200,)),
    "own_model": (GET, ("own",), (404,) * 8 + (200,)),
    "own_model_edit": (GET, ("own",), (404,) * 8 + (200,)),
    "own_model_act": (POST, ("own",), (404,) * 8 + (409,)),
    "alert_dossier": (POST, ("alert",), (404, 404, 404, 404, 404, 404, 404, 404, 200)),
    "person": (GET, ("V1",), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "unmask": (POST, ("V1",), (404, 404, 404, 404, 409, 404, 409, 404, 404)),
    "cards": (GET, (), (200, 200, 200, 404, 200, 200, 200, 200, 200)),
    "card_new": (GET, (), (404,) * 9),
    "card": (GET, ("nothing",), (404,) * 9),
    "card_terms": (GET, ("nothing",), (404,) * 9),
    "card_standing": (POST, ("nothing",), (404,) * 9),
    "card_lines": (GET, ("nothing",), (404,) * 9),
    "card_bear": (POST, ("nothing",), (404,) * 9),
    "card_settlement": (GET, ("nothing",), (404,) * 9),
    "card_act": (POST, ("nothing",), (404,) * 9),
    "contracts": (GET, (), (200,) * 9),
    "contract_new": (GET, (), (200, 404, 200, 200, 404, 200, 404, 404, 404)),
    "contract": (GET, ("contract",), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "contract_change": (POST, ("contract",), (302, 404, 404, 302, 404, 302, 404, 404, 404)),
    "aid_letter": (GET, ("nothing",), (404,) * 9),
    "matter_preview": (GET, (), (404, 404, 404, 404, 404, 404, 404, 404, 200)),
    "matter_preview_of": (GET, ("M08",), (404, 404, 404, 404, 404, 404, 404, 404, 200)),
    "seal": (GET, ("nothing",), (404,) * 9),
    "seal_act": (POST, ("nothing",), (404,) * 9),
    "auction": (GET, ("nothing",), (404,) * 9),
    "auction_act": (POST, ("nothing",), (404,) * 9),
    "auction_again": (POST, ("nothing",), (404,) * 9),
    "auction_join": (POST, ("nothing",), (404,) * 9),
    "registers": (GET, (), (200,) * 9),
    "register": (GET, ("procurement",), (200,) * 9),
    "register_row": (GET, ("procurement", "nothing"), (404,) * 9),
    "fund_new": (GET, (), (404,) * 8 + (200,)),
    "fund_allocate": (GET, ("nothing",), (404,) * 9),
    "fund_receive": (GET, ("nothing",), (404,) * 9),
    "transfer_receive": (GET, ("nothing",), (404,) * 9),
    "transfer_pass": (GET, ("nothing",), (404,) * 9),
    "project_new": (GET, (), (404,) * 9),
    "project_update": (GET, ("nothing",), (404,) * 9),
    "price_new": (GET, (), (404,) * 8 + (200,)),
    "rates": (GET, (), (200,) * 9),
    "works_list": (GET, (), (200,) * 9),
    "works": (GET, ("nothing",), (404,) * 9),
    "works_act": (POST, ("nothing",), (404,) * 9),
    "works_inspect": (GET, ("nothing",), (404,) * 9),
    "works_code": (GET, ("nothing",), (404,) * 9),
    "works_codes": (GET, (), (404,) * 9),
    "unit": (GET, ("body", "O-WILLOW"), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "unit_code": (GET, ("body", "O-WILLOW"), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "works_risk": (GET, ("nothing",), (404,) * 9),
    "tenders": (GET, (), (200,) * 9),
    "tender_new": (GET, (), (404, 404, 404, 200, 404, 404, 404, 404, 404)),
    "tender": (GET, ("tender",), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "tender_invite": (POST, ("tender",), (404, 404, 404, 302, 404, 404, 404, 404, 404)),
    "tender_act": (POST, ("tender",), (404,) * 9),
    "decisions": (GET, (), (200,) * 9),
    "decision_new": (GET, (), (404, 404, 404, 200, 404, 404, 404, 404, 404)),
    "decision": (GET, ("decision",), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "decision_act": (POST, ("decision",), (404,) * 9),
    "meeting": (GET, ("meeting",), (200, 200, 404, 200, 200, 200, 200, 200, 200)),
    "meeting_act": (POST, ("meeting",), (404,) * 9),
    "meeting_minutes": (GET, ("meeting",), (302, 302, 404, 302, 302, 302, 302, 302, 302)),
    "confirmations": (GET, (), (404,) * 9),
    "confirmation": (GET, ("nothing",), (404,) * 9),
    "confirmation_household": (POST, ("nothing",), (404,) * 9),
    "letters": (GET, (), (404, 404, 404, 200, 404, 404, 404, 200, 200)),
    "letter_counts": (GET, (), (404, 404, 404, 404, 404, 404, 404, 200, 404)),
    "letter_key": (GET, (), (404,) * 9),
    "letter_key_new": (POST, (), (404,) * 9),
    "letter": (GET, ("nothing",), (404,) * 9),
    "letter_writer": (POST, ("nothing",), (404,) * 9),
    "letter_photo": (GET, ("nothing", "1"), (404,) * 9),
    "reports": (GET, (), (200, 200, 200, 404, 404, 200, 200, 200, 200)),
    "report_ask": (GET, (), (404, 404, 404, 404, 404, 404, 200, 200, 200)),
    "report": (GET, ("nothing",), (404,) * 9),
    "report_file": (GET, ("nothing", "pdf"), (404,) * 9),
    "report_step": (POST, ("nothing", "look"), (404,) * 9),
    "levels": (GET, (), (404,) * 9),
    "level_compare": (GET, ("320500000000", "alerts"), (404,) * 9),
    "matches": (GET, (), (404,) * 9),
    "match_lead": (GET, ("supplier", "2025", "nothing"), (404,) * 9),
    "inspections": (GET, (), (404, 404, 404, 404, 404, 404, 404, 200, 200)),
    "inspection_new": (GET, (), (404,) * 8 + (200,)),
    "inspection_checklist": (GET, (), (200,) * 9),
    "inspection_findings": (GET, (), (200, 404, 200, 200, 404, 200, 404, 200, 200)),
    "inspection_finding": (GET, ("nothing",), (404,) * 9),
    "inspection_leads": (GET, (), (404,) * 9),
    "inspection_lead": (GET, ("nothing",), (404,) * 9),
    "inspection_task": (GET, ("nothing",), (404,) * 9),
    "inspection_find": (GET, ("nothing",), (404,) * 9),
    "inspection_hand": (GET, ("nothing",), (404,) * 9),
    "inspection": (GET, ("nothing",), (404,) * 9),
    "inspection_report": (GET, ("nothing", "pdf"), (404,) * 9),
    "station": (GET, (), (404,) * 9),
    "station_report": (GET, ("nothing",), (404,) * 9),
    "station_photo": (GET, ("nothing", "1"), (404,) * 9),
    "station_visit": (GET, ("nothing",), (404,) * 9),
    "station_promise": (POST, (), (404,) * 9),
    "station_hand": (GET, ("nothing",), (404,) * 9),
    "station_put_right": (GET, ("nothing",), (404,) * 9),
    "log": (GET, (), (404,) * 9),
    "raw_messages": (GET, (), (404,) * 9),
    "raw_message": (GET, ("1",), (404,) * 9),
    "notices": (GET, (), (404,) * 9),
    "notice_again": (POST, ("1",), (404,) * 9),
    "programs": (GET, (), (404,) * 9),
    "program": (POST, ("nothing",), (404,) * 9),
    "bindings": (GET, (), (200,) * 9),
    "binding": (POST, ("nothing",), (404,) * 9),
    "doors": (GET, (), (200,) * 9),
    "comments": (GET, (), (200,) * 9),
    "comment_answer": (POST, ("nothing",), (404,) * 9),
    "due": (GET, (), (200,) * 9),
    "due_village": (GET, ("999901101201",), (404,) * 9),
    "publications": (GET, (), (200,) * 9),
    "publication": (GET, ("nothing",), (404,) * 9),
    "publication_withdraw": (POST, ("nothing",), (404,) * 9),
    "assets": (GET, (), (200, 200, 200, 200, 404, 200, 200, 200, 200)),
    "asset_new": (GET, (), (200, 404, 200, 200, 404, 200, 404, 404, 404)),
    "asset_books": (GET, (), (200, 200, 200, 200, 404, 200, 200, 200, 200)),
    "stocktakings": (GET, (), (200, 200, 200, 200, 404, 200, 200, 200, 200)),
    "stocktaking": (GET, ("nothing",), (404,) * 9),
    "stocktaking_act": (POST, ("nothing",), (404,) * 9),
    "stocktaking_line": (GET, ("nothing", "nothing"), (404,) * 9),
    "leases": (GET, (), (200, 200, 200, 200, 404, 200, 200, 200, 200)),
    "rent_arrears": (GET, (), (200, 200, 200, 200, 404, 200, 200, 200, 200)),
    "lease_new": (GET, (), (200, 404, 200, 200, 404, 200, 404, 404, 404)),
    "lease": (GET, ("nothing",), (404,) * 9),
    "lease_act": (POST, ("nothing",), (404,) * 9),
    "asset": (GET, ("asset",), (200, 200, 404, 200, 404, 200, 200, 200, 200)),
    "asset_change": (GET, ("asset",), (200, 404, 404, 200, 404, 200, 404, 404, 404)),
    "asset_act": (POST, ("asset",), (302, 404, 404, 302, 404, 302, 404, 404, 404)),
    "asset_label": (GET, ("asset",), (200, 200, 404, 200, 404, 200, 200, 200, 200)),
    "door": (GET, ("999901101201",), (404, 404, 404, 200, 404, 404, 404, 404, 404)),
    "poster": (GET, ("999901101201", "a4"), (404, 404, 404, 302, 404, 404, 404, 404, 404)),
    "door_sheet": (GET, ("999901101201", "a4"), (404, 404, 404, 200, 404, 404, 404, 404, 404)),
    "household": (GET, ("H1",), (404, 404, 404, 200, 404, 404, 404, 404, 404)),
    "issue_code": (POST, ("H1",), (404, 404, 404, 200, 404, 404, 404, 404, 404)),
    "revoke_code": (POST, ("H1",), (404, 404, 404, 302, 404, 404, 404, 404, 404)),
}
ASKED = {"subject": "payments", "m": "amount"}
SENT = {"unmask": {"field": "phone"}, "ask_form": ASKED, "ask_rows": ASKED}


@pytest.fixture
def things(desk: Desk) -> dict[str, str]:
    """Names of real things to open."""
    from worlds import office

    return office.things(desk)


def status_of(client: Client, name: str, method: str, path: str) -> int:
    """Return the status, the body read to its end."""
    send = client.get if method == GET else client.post
    response: Any = send(path, SENT.get(name, {}))
    if response.streaming:
        b"".join(response.streaming_content)
    return int(response.status_code)


def test_the_table_names_every_address_of_the_office() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_its_posts_give_it(
    role: str,
    officer: Any,
    things: dict[str, str],
) -> None:
    client = officer(role)
    got = {}
    for name, (method, arguments, _) in TABLE.items():
        path = reverse(f"office:{name}", args=[things.get(one, one) for one in arguments])
        got[name] = status_of(client, name, method, path)
    place = ROLES.index(role)
    assert got == {name: row[2][place] for name, row in TABLE.items()}


def test_nobody_gets_in_without_logging_in(client: Client, things: dict[str, str]) -> None:
    for name, (method, arguments, _) in TABLE.items():
        path = reverse(f"office:{name}", args=[things.get(one, one) for one in arguments])
        send = client.get if method == GET else client.post
        answer = send(path)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/account/login/"), name


def test_writes_are_posts_only(officer: Any, things: dict[str, str]) -> None:
    client = officer("cashier_reporter")
    for name, (method, arguments, _) in TABLE.items():
        if method == POST:
            path = reverse(f"office:{name}", args=[things.get(one, one) for one in arguments])
            assert client.get(path).status_code == 405, name


def test_an_officer_without_a_second_factor_is_led_to_it(desk: Desk) -> None:
    client = Client()
    client.force_login(desk.world.users["cashier_reporter"])
    answer = client.get(reverse("office:home"))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("mfa_activate_totp")


def test_originals_come_only_as_attachments_in_a_sandbox(
    officer: Any,
    things: dict[str, str],
) -> None:
    answer = officer("town_leader").get(reverse("office:original", args=[things["paper"]]))
    b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"


def test_pages_are_never_kept_by_the_browser(officer: Any) -> None:
    assert officer("county_agri").get(reverse("office:home"))["Cache-Control"] == "no-store"
