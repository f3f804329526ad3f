"""An own model for tests: its words, statement and cases, and its way to a state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from worlds.village import World

SQL = """SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.submitted_at, '%Y-%m') AS period,
    CAST(p.submitted_at AS DATE) AS business_date,
    p.amount_fen
FROM stg_payment p
WHERE p.amount_fen >= 50000 AND p.purpose = '维修' AND p.status = 'paid'
"""
CASES = """- name: 维修五百元
  kind: hit
  given:
    payment: [{purpose: 维修, amount_fen: 50000}]
  hits: [P1]
- name: 差一分
  kind: near_miss
  given:
    payment: [{purpose: 维修, amount_fen: 49999}]
- name: 办公用品合规
  kind: lookalike
  given:
    payment: [{purpose: 办公用品, amount_fen: 90000}]
- name: 空表
  kind: empty
"""


def said(**changes: Any) -> Any:
    """Return the words of the model."""
    from sanzi.supervision.own_shape import Said

    words: dict[str, Any] = {
        "title": "维修付款五百元以上",
        "rule": "维修付款一笔五百元以上的，要看有没有验收。",
        "sentence": "这笔维修付了{amount_fen}元。",
        "advice": "请看验收单。",
        "basis": "县农业农村局工作安排",
        "severity": "warn",
        "route": "F:agri 5",
        "columns": {"amount_fen": {"type": "fen", "title": "金额（元）"}},
    }
    return Said(**{**words, **changes})


def draft(world: World, at: datetime, role: str = "county_agri", **changes: Any) -> str:
    """Keep a draft of an officer and return its code; `sql` and `examples` may be given."""
    from sanzi.supervision import own_queries
    from sanzi.supervision.actions import own

    by = world.actor(role, at)
    return own.save(
        sql=changes.pop("sql", SQL),
        examples=changes.pop("examples", CASES),
        said=said(**changes),
        desk=own_queries.desk(by=by),
        by=by,
        at=at,
    )


def on_trial(
    world: World,
    at: datetime,
    role: str = "county_agri",
    checker: str = "county_finance",
    **changes: Any,
) -> str:
    """Return the code of a model on trial."""
    from sanzi.supervision.actions import own

    code = draft(world, at, role, **changes)
    hand_in(world, code, at, role)
    own.approve(code=code, text="语句看过", by=world.actor(checker, at), at=at)
    return code


def hand_in(world: World, code: str, at: datetime, role: str = "county_agri") -> None:
    """Hand a draft in, and let the worker try it out."""
    from sanzi.supervision.actions import own, own_tests

    own.hand_in(code=code, by=world.actor(role, at), at=at)
    own_tests.run_waiting(at)
