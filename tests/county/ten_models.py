"""The ten models in plain Python, as the catalogue words them: a second opinion on the county.

Each function takes the typed tables of a package and returns the payment ids it hits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]

TIERS = ((1_000_000, 30), (5_000_000, 30))
CASHIERS = ("cashier_reporter", "agency_cashier", "agency_accountant")
DUTY = {
    "handler": "handler",
    "cashier_reporter": "cashier",
    "committee_member": "reviewer",
    "supervision_head": "reviewer",
    "agency_cashier": "cashier",
    "agency_accountant": "accountant",
    "agency_reviewer": "reviewer",
    "village_secretary": "approver",
    "town_agri_head": "approver",
    "town_leader": "approver",
    "town_head": "approver",
}


def live(tables: Tables) -> list[Row]:
    return [p for p in tables["payment"] if p["status"] != "withdrawn"]


def payee(row: Row) -> str:
    return row["payee_person_id"] or row["payee_counterparty_id"] or row["payee_org_id"]


def approvals(tables: Tables) -> dict[str, list[Row]]:
    by_case = defaultdict(list)
    for row in tables["approval"]:
        by_case[row["subject_id"]].append(row)
    return by_case


def to_cashier(tables: Tables) -> set[str]:
    posts = {a["person_id"] for a in tables["appointment"] if a["role_code"] in CASHIERS}
    voted = {(s["source_id"], s["person_id"], s["amount_fen"]) for s in tables["source_matter"]}
    return {
        p["payment_id"]
        for p in live(tables)
        if p["payee_person_id"] in posts
        and not (
            p["source_kind"] == "pay"
            and (p["source_id"], p["payee_person_id"], p["amount_fen"]) in voted
        )
    }


def unrelated_handler(tables: Tables) -> set[str]:
    sellers = defaultdict(set)
    for row in tables["invoice"]:
        if row["seller_name"]:
            sellers[row["case_id"]].add(row["seller_name"])
    by_case = approvals(tables)
    hits = set()
    for p in live(tables):
        actors = {p["handler_person_id"], *(a["actor_person_id"] for a in by_case[p["case_id"]])}
        named = sellers[p["case_id"]]
        if p["payee_person_id"] in actors and named and p["payee_name"] not in named:
            hits.add(p["payment_id"])
    return hits


def cash(tables: Tables) -> set[str]:
    drawn = {t["payment_id"] for t in tables["bank_txn"] if t["channel"] == "cash"}
    cheques = {p["payment_id"] for p in live(tables) if p["method"] in ("cash", "cheque")}
    return (drawn | cheques) - {None}


def no_source(tables: Tables) -> set[str]:
    known = {s["source_id"] for s in tables["source_matter"] if s["status"] == "approved"}
    return {
        p["payment_id"]
        for p in live(tables)
        if p["amount_fen"] >= 50_000 and p["source_id"] not in known
    }


def tier_split(tables: Tables) -> set[str]:
    hits: set[str] = set()
    groups = defaultdict(list)
    for p in live(tables):
        groups[p["village_id"], payee(p), p["subject_code"]].append(p)
    for rows in groups.values():
        for limit, days in TIERS:
            near = [p for p in rows if limit * 6 // 10 <= p["amount_fen"] < limit]
            for one in near:
                window = [
                    p
                    for p in near
                    if abs(p["submitted_at"] - one["submitted_at"]) <= timedelta(days=days)
                    and (p["contract_id"] is None or p["contract_id"] != one["contract_id"])
                ]
                others = [p for p in window if p is not one]
                if others and one["amount_fen"] + sum(p["amount_fen"] for p in others) >= limit:
                    hits.add(one["payment_id"])
    return hits


def incompatible_duty(tables: Tables) -> set[str]:
    kin = {
        (k["person_id"], k["relative_person_id"])
        for k in tables["kinship"]
        if k["is_statutory_kin"]
    }
    by_case = approvals(tables)
    hits = set()
    for p in live(tables):
        duties = defaultdict(set)
        for a in by_case[p["case_id"]]:
            duties[a["actor_person_id"]].add(DUTY[a["role_code"]])
            is_decider = DUTY[a["role_code"]] != "handler"
            person = p["payee_person_id"]
            if (
                is_decider
                and person
                and (a["actor_person_id"] == person or (person, a["actor_person_id"]) in kin)
            ):
                hits.add(p["payment_id"])
        if any(len(held) > 1 for held in duties.values()):
            hits.add(p["payment_id"])
    return hits


def duplicate(tables: Tables) -> set[str]:
    hits: set[str] = set()
    groups = defaultdict(list)
    for p in live(tables):
        groups[payee(p), p["amount_fen"], p["subject_code"]].append(p)
    for rows in groups.values():
        rows.sort(key=lambda p: p["submitted_at"])
        for one, other in pairwise(rows):
            same_contract = one["contract_id"] and one["contract_id"] == other["contract_id"]
            gap = other["submitted_at"] - one["submitted_at"]
            if not same_contract and gap <= timedelta(days=60):
                hits |= {one["payment_id"], other["payment_id"]}
    return hits


def over_budget(tables: Tables) -> set[str]:
    left = {b["budget_line_id"]: b["amount_fen"] for b in tables["budget_line"]}
    hits = set()
    for p in sorted(live(tables), key=lambda p: p["submitted_at"]):
        line = p["budget_line_id"]
        if line is None:
            if p["amount_fen"] >= 200_000:
                hits.add(p["payment_id"])
            continue
        left[line] -= p["amount_fen"]
        if left[line] < 0:
            hits.add(p["payment_id"])
    return hits


def invoice_duplicate(tables: Tables) -> set[str]:
    alive = {p["payment_id"] for p in live(tables)}
    uses = defaultdict(set)
    for row in tables["invoice"]:
        if row["payment_id"] in alive:
            if row["invoice_no"]:
                uses[row["invoice_no"], row["issue_date"], row["amount_fen"]].add(row["payment_id"])
            uses[row["file_hash"]].add(row["payment_id"])
    return {payment for used in uses.values() if len(used) > 1 for payment in used}


def dead_payee(tables: Tables) -> set[str]:
    numbers = {p["person_id"]: p["id_no"] for p in tables["person"]}
    deaths = {d["id_no"]: d["death_date"] for d in tables["ext_death"]}
    return {
        p["payment_id"]
        for p in live(tables)
        if (death := deaths.get(numbers.get(p["payee_person_id"]))) is not None
        and death < p["submitted_at"].date()
    }


MODELS: dict[str, Callable[[Tables], set[str]]] = {
    "payment-to-cashier": to_cashier,
    "payment-unrelated-handler": unrelated_handler,
    "payment-cash": cash,
    "payment-no-source": no_source,
    "payment-tier-split": tier_split,
    "payment-incompatible-duty": incompatible_duty,
    "payment-duplicate": duplicate,
    "payment-over-budget": over_budget,
    "invoice-duplicate": invoice_duplicate,
    "labour-ineligible-person": dead_payee,
}
