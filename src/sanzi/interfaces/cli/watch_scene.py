"""What the demo finds ready of supervision: an own model before its second officer, and a lead.

Everything goes the way an officer or a member of a station would go, through the rooms' actions.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from sanzi.inspection.actions import leads
from sanzi.interfaces.cli import scene
from sanzi.supervision import own_queries
from sanzi.supervision.actions import own, own_tests
from sanzi.supervision.own_shape import Said
from sanzi.voice.actions import promising
from sanzi.voice.errors import PromiseSigned

AUTHOR: Final = "county_agri"
MEMBER: Final = "supervision_member"
SAID: Final = Said(
    title="一个月里同一家修三回以上",
    rule="同一个村一个月里，同一家做了三次以上维修，要看是不是把一件工程分开做。",
    sentence="这个月付了这一家{count_paid}次维修，一共{sum_fen}元。",
    advice="请把几次的验收单放在一起看，是一件事的按工程办。",
    basis="县农业农村局工作安排（样例）",
    severity="warn",
    route="F:agri 5",
    columns={
        "count_paid": {"type": "count", "title": "几次"},
        "sum_fen": {"type": "fen", "title": "一共（元）"},
    },
)
SQL: Final = """SELECT
    'payment' AS finding_kind,
    MIN(p.payment_id) AS finding_id,
    p.village_id,
    MIN(p.org_id) AS org_id,
    strftime(p.paid_at, '%Y-%m') AS period,
    MAX(CAST(p.paid_at AS DATE)) AS business_date,
    COUNT(*) AS count_paid,
    CAST(SUM(p.amount_fen) AS BIGINT) AS sum_fen
FROM stg_payment p
WHERE p.status = 'paid'
    AND p.payee_counterparty_id IS NOT NULL
    AND position('维修' IN p.purpose) > 0
GROUP BY p.village_id, p.payee_counterparty_id, strftime(p.paid_at, '%Y-%m')
HAVING COUNT(*) >= 3
"""
CASES: Final = """- name: 一个月修了三回
  kind: hit
  given:
    payment:
      - {payment_id: P1, purpose: 水泵维修, payee_counterparty_id: C1, status: paid, paid_at: 2026-06-03 10:00:00}
      - {payment_id: P2, purpose: 水泵维修, payee_counterparty_id: C1, status: paid, paid_at: 2026-06-13 10:00:00}
      - {payment_id: P3, purpose: 水渠维修, payee_counterparty_id: C1, status: paid, paid_at: 2026-06-23 10:00:00}
  hits: [P1]
- name: 第三回在下个月
  kind: near_miss
  given:
    payment:
      - {payment_id: P1, purpose: 水泵维修, payee_counterparty_id: C1, status: paid, paid_at: 2026-06-03 10:00:00}
      - {payment_id: P2, purpose: 水泵维修, payee_counterparty_id: C1, status: paid, paid_at: 2026-06-13 10:00:00}
      - {payment_id: P3, purpose: 水渠维修, payee_counterparty_id: C1, status: paid, paid_at: 2026-07-01 10:00:00}
- name: 一个月买了三回办公用品
  kind: lookalike
  given:
    payment:
      - {payment_id: P1, purpose: 办公用品, payee_counterparty_id: C1, status: paid, paid_at: 2026-06-03 10:00:00}
      - {payment_id: P2, purpose: 办公用品, payee_counterparty_id: C1, status: paid, paid_at: 2026-06-13 10:00:00}
      - {payment_id: P3, purpose: 办公用品, payee_counterparty_id: C1, status: paid, paid_at: 2026-06-23 10:00:00}
- name: 空表
  kind: empty
"""  # noqa: E501 - a row of a case on one line, as an officer types it
LEAD: Final = "桥栏杆前年报过一次维修，付了钱，到场看没有修过的样子，请查那一次的验收。"


def leave_own_model(village: str, at: datetime) -> str:
    """Write a model as an officer of the county would, try it out and hand it in; return its code.

    It waits for the second officer.
    """
    author = scene.officer(AUTHOR, village, at)
    code = own.save(
        said=SAID,
        sql=SQL,
        examples=CASES,
        desk=own_queries.desk(by=author),
        by=author,
        at=at,
    )
    own.hand_in(code=code, by=author, at=at)
    own_tests.run_waiting(at)
    return code


def leave_lead(village: str, visit: str, at: datetime) -> str:
    """Hand on what a member of the station saw, his promise signed; return the lead's id."""
    member = scene.officer(MEMBER, village, at)
    with suppress(PromiseSigned):  # the county that was imported may hold it already
        promising.sign(village=village, by=member, at=at)
    return leads.hand_from_visit(visit=visit, told=leads.Told(LEAD), by=member, at=at)
