"""Loaders of the room's tables of a data package: decisions, sources, cases, approvals.

History comes by the hundred thousand: rows are written in chunks, and the same package again
changes nothing. Cases of the past have no form and no open steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sanzi.matters import elsewhere
from sanzi.matters.models import (
    Case,
    CaseStep,
    Decision,
    DecisionRecusal,
    DecisionStep,
    NumberHead,
    SourceMatter,
)
from sanzi.orgs.models import Organisation, Person
from sanzi.record import bulk
from sanzi.record.bulk import Values
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add_missing, merge

NUMBER = re.compile(r"([0-9]{12}-[0-9]{4})-([0-9]{6})")
STEP_STATES = {
    "approve": "APPROVED", "return": "RETURNED", "reject": "REJECTED", "skip": "SKIPPED",
}  # fmt: skip
STEP_KEYS = {
    1: "state_fact", 2: "enter", 3: "review_fact", 4: "review_public", 5: "check_payee",
    6: "check_account", 7: "approve", 8: "town_joint", 9: "town_second", 10: "town_final",
    11: "instruct", 12: "release", 13: "settle",
}  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    for table, load in (
        ("decision", load_decisions),
        ("decision_step", load_decision_steps),
        ("decision_recusal", load_recusals),
        ("source_matter", load_source_matters),
        ("case", load_cases),
        ("approval", load_approvals),
    ):
        register(Loader(table, ORDER[table], load))


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("ext_id", "pk"))


def _division(row: Mapping[str, Any], places: Mapping[int, str], body: int) -> str:
    return _text(row, "village_id") or places[body]


def _places() -> dict[int, str]:
    return dict(Organisation.objects.values_list("pk", "division_id"))


def load_decisions(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `decision` rows."""
    bodies, places = _keys(Organisation), _places()
    made = (
        {
            "ext_id": row["decision_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": _division(row, places, bodies[row["org_id"]]),
            "matter_code": _text(row, "matter_code"),
            "title": row["title"][:120],
            "procedure": row["procedure"],
            "deciding_body": row["deciding_body"],
            "amount_fen": row.get("amount_fen"),
            "held_at": row.get("passed_at"),
            "eligible_count": row.get("eligible_count"),
            "present_count": row.get("present_count"),
            "agree_count": row.get("agree_count"),
            "against_count": row.get("against_count"),
            "abstain_count": row.get("abstain_count"),
            "file_digest": _text(row, "minutes_hash"),
            "status": row["status"],
            "passed_at": row.get("passed_at"),
        }
        for row in rows
    )
    return merge(
        Decision,
        made,
        key="ext_id",
        compare=(
            "organisation_id", "division_code", "matter_code", "title", "procedure",
            "deciding_body", "amount_fen", "held_at", "eligible_count", "present_count",
            "agree_count", "against_count", "abstain_count", "file_digest", "status", "passed_at",
        ),
    )  # fmt: skip


STEP_COLUMNS = (
    "step_no", "step_kind", "held_at", "eligible_count", "present_count", "agree_count",
    "against_count", "abstain_count", "notice_given_at", "publicity_start_at", "publicity_end_at",
)  # fmt: skip


def load_decision_steps(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `decision_step` rows that are not there."""
    known = _keys(Decision)
    made = (
        {
            "decision_id": known[row["decision_id"]],
            "minutes_digest": _text(row, "minutes_hash"),
            "photo_phash": _text(row, "photo_phash"),
            **{name: row.get(name) for name in STEP_COLUMNS},
        }
        for row in rows
    )
    return add_missing(DecisionStep, made, key=("decision_id", "step_kind"))


def load_recusals(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `decision_recusal` rows that are not there."""
    known, people = _keys(Decision), _keys(Person)
    made = (
        {
            "decision_id": known[row["decision_id"]],
            "person_id": people[row["person_id"]],
            "reason": row["reason"][:120],
            "is_recused": row["is_recused"],
            "was_due": row.get("was_due"),
            "was_present": row.get("was_present"),
        }
        for row in rows
    )
    return add_missing(DecisionRecusal, made, key=("decision_id", "person_id"))


def load_source_matters(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `source_matter` rows; kinds that another room holds go to that room."""
    bodies, places = _keys(Organisation), _places()
    others: dict[str, list[dict[str, Any]]] = {kind: [] for kind in elsewhere.kinds()}

    def own() -> Iterator[dict[str, Any]]:
        for row in rows:
            if row["kind"] in others:
                others[row["kind"]].append(row)
            else:
                yield row

    made = (
        {
            "ext_id": row["source_id"],
            "kind": row["kind"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": _division(row, places, bodies[row["org_id"]]),
            "title": row["title"][:120],
            "amount_fen": row.get("amount_fen"),
            "counterparty_ext_id": _text(row, "counterparty_id"),
            "person_ext_id": _text(row, "person_id"),
            "decision_ext_id": _text(row, "decision_id"),
            "start_date": row.get("start_date"),
            "end_date": row.get("end_date"),
            "approved_at": row.get("approved_at"),
            "status": row["status"],
        }
        for row in own()
    )
    count = merge(
        SourceMatter,
        made,
        key="ext_id",
        compare=(
            "kind", "organisation_id", "division_code", "title", "amount_fen",
            "counterparty_ext_id", "person_ext_id", "decision_ext_id", "start_date", "end_date",
            "approved_at", "status",
        ),
    )  # fmt: skip
    for kind, found in others.items():
        more = elsewhere.load(kind, found)
        count = LoadCount(
            count.added + more.added, count.changed + more.changed, count.unchanged + more.unchanged
        )
    return count


def load_cases(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `case` rows, and let the numbers of each village go on after them."""
    bodies, people, places = _keys(Organisation), _keys(Person), _places()
    heads: dict[str, int] = {}

    def made() -> Iterator[Values]:
        for row in rows:
            _note_number(row["case_id"], heads)
            body = bodies[row["org_id"]]
            parties = (
                {"handler": people[row["handler_person_id"]]}
                if row.get("handler_person_id")
                else {}
            )
            yield {
                "number": row["case_id"],
                "matter_code": row["matter_code"],
                "matter_version": "",
                "organisation_id": body,
                "division_code": _division(row, places, body),
                "title": row["title"][:60],
                "form": _form(row),
                "amount_fen": row.get("amount_fen") or 0,
                "tier": _text(row, "tier"),
                "state": row["status"].upper(),
                "decision_ext_id": _text(row, "decision_id"),
                "started_by_id": people.get(_text(row, "created_by_person_id")),
                "parties": parties,
                "created_at": row["created_at"],
                "saved_at": row["created_at"],
                "submitted_at": row.get("submitted_at"),
                "closed_at": row.get("closed_at"),
                "is_backfilled": row["is_backfilled"],
            }

    count = merge(
        Case,
        made(),
        key="number",
        compare=(
            "matter_code", "organisation_id", "division_code", "title", "form", "amount_fen",
            "tier", "state", "decision_ext_id", "started_by_id", "parties", "created_at",
            "submitted_at", "closed_at", "is_backfilled",
        ),
    )  # fmt: skip
    _raise_heads(heads)
    return count


def _form(row: Mapping[str, Any]) -> dict[str, str]:
    names = ("source_kind", "source_id", "handler_person_id")
    return {name: row[name] for name in names if row.get(name)}


def _note_number(number: str, heads: dict[str, int]) -> None:
    found = NUMBER.fullmatch(number)
    if found:
        heads[found[1]] = max(heads.get(found[1], 0), int(found[2]))


def _raise_heads(heads: Mapping[str, int]) -> None:
    known = dict(NumberHead.objects.filter(pk__in=heads).values_list("pk", "last_number"))
    NumberHead.objects.bulk_create(
        [NumberHead(key=key, last_number=last) for key, last in heads.items() if key not in known],
        batch_size=1000,
    )
    for key, last in known.items():
        if heads[key] > last:
            NumberHead.objects.filter(pk=key).update(last_number=heads[key])


def load_approvals(rows: Rows, context: LoadContext) -> LoadCount:
    """Make the `approval` rows that are not there yet; an approval never changes.

    The n-th approval of one step of one case is of round n.
    """
    people = _keys(Person)
    added = same = 0
    is_first = not CaseStep.objects.exists()  # then nothing is known: no need to look
    seen: dict[tuple[int, int], int] = {}
    for chunk in bulk.chunks(rows):
        numbers = {row["subject_id"] for row in chunk}
        found = Case.objects.filter(number__in=numbers)
        cases = {one[0]: one[1:] for one in found.values_list("number", "pk", "division_code")}
        keys = [key for key, _ in cases.values()]
        steps = CaseStep.objects.filter(case_id__in=[] if is_first else keys)
        known = set(steps.values_list("ext_id", flat=True))
        fresh = []
        for row in chunk:
            case = cases[row["subject_id"]]
            place = (case[0], row["step_no"])
            seen[place] = seen.get(place, 0) + 1
            if row["approval_id"] not in known:
                fresh.append(_step(row, case, seen[place], people))
        bulk.insert(CaseStep, fresh)
        added += len(fresh)
        same += len(chunk) - len(fresh)
        context.progress("approval", added + same)
        _forget_finished(seen, keys)
    return LoadCount(added, 0, same)


def _forget_finished(seen: dict[tuple[int, int], int], keys: list[int]) -> None:
    """Keep the counts small: a package lists the approvals of a case close together."""
    if len(seen) > 200_000:
        near = set(keys)
        for place in [one for one in seen if one[0] not in near]:
            del seen[place]


def _step(
    row: Mapping[str, Any], case: tuple[int, str], round_no: int, people: Mapping[str, int]
) -> Values:
    return {
        "ext_id": row["approval_id"],
        "case_id": case[0],
        "round": round_no,
        "step_no": row["step_no"],
        "step_key": STEP_KEYS.get(row["step_no"], "step"),
        "role_code": row["role_code"],
        "division_code": case[1],
        "state": STEP_STATES[row["action"]],
        "opened_at": row.get("opened_at"),
        "due_at": row.get("due_at"),
        "acted_at": row.get("acted_at"),
        "actor_id": people.get(_text(row, "actor_person_id")),
        "delegate_of_id": people.get(_text(row, "delegate_of_person_id")),
        "opinion": _text(row, "opinion")[:300],
        "origin": _text(row, "ip")[:60],
        "device_index": _text(row, "device_hash")[:64],
    }
