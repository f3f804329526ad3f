"""A version of an entry template means one content for ever."""

from __future__ import annotations

from dataclasses import replace

from sanzi.ledger import standards
from sanzi.ledger.standards import Standard, locking

ALL = [standards.get(code) for code in standards.codes()]


def with_line(standard: Standard, rule_code: str, *, version: str, digest: str) -> Standard:
    entry = replace(standard.entries[rule_code], version=version, digest=digest)
    return replace(standard, entries={**standard.entries, rule_code: entry})


def test_the_lock_holds_every_template_as_it_is() -> None:
    """When this fails: raise the template's version, then run the module `locking`."""
    lock = locking.held()

    assert locking.changed(ALL, lock) == []
    assert locking.missing(ALL, lock) == []


def test_a_change_under_the_same_version_is_named() -> None:
    changed = with_line(standards.get("rce2023"), "fee.charged", version="1", digest="other")

    assert locking.changed([changed], locking.held()) == ["rce2023 fee.charged 1"]


def test_a_new_version_is_added_and_the_old_one_stays() -> None:
    raised = with_line(standards.get("rce2023"), "fee.charged", version="2", digest="other")
    lock = locking.held()

    assert locking.changed([raised], lock) == []
    assert locking.missing([raised], lock) == ["rce2023 fee.charged 2"]
    told = locking.text([raised], lock)
    assert lock["rce2023"]["fee.charged"]["1"] in told
    assert "other" in told


def test_templates_that_a_profile_takes_over_are_locked_once() -> None:
    assert set(locking.held()["vc_profile"]) == {
        *("rent.held", "held_money.passed", "collective_transfer.received")
    }


def test_the_digest_covers_what_is_booked_not_how_it_is_explained() -> None:
    """Two loads agree; the sample and the basis may be put better at any time."""
    entry = standards.get("rce2023").entries["fee.charged"]
    row = {
        "rule": "fee.charged",
        "version": "1",
        "title": "银行手续费",
        "when": {"event": "fee.charged"},
        "approved": {
            "maker": "县农经站规则编制岗",
            "checker": "县农经站规则审核岗",
            "date": "2026-11-02",
        },
        "summary": "{purpose}",
        "basis": "说得更明白一些",
        "lines": [
            {"side": "debit", "account": "51599", "each": True},
            {
                "side": "credit",
                "account": "102",
                "aux": {"kind": "account", "id": "{account_id}"},
            },
        ],
        "sample": {"purpose": "手续费", "account_id": "A-9", "items": [{"amount_fen": 1}]},
    }

    assert standards.entry_from(row, standards.get("rce2023")).digest == entry.digest
    row["lines"] = [{**row["lines"][0], "account": "51501"}, row["lines"][1]]  # type: ignore[index, dict-item]
    assert standards.entry_from(row, standards.get("rce2023")).digest != entry.digest
