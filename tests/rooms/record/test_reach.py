"""What is derived from a statement: whether it stays in one village, and whom a day touches."""

import pytest

from sanzi.record import daily, reach

HEAD = "SELECT 'payment' AS finding_kind, p.payment_id AS finding_id, p.village_id"


def ties(sql: str) -> set[str]:
    found = reach.of(sql)
    assert found.why == ""
    return {
        "=".join(sorted({",".join(sorted(map(".".join, one.left))),
                         ",".join(sorted(map(".".join, one.right)))}))
        + ("?" if one.with_none else "")
        for one in found.ties
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (f"{HEAD} FROM stg_payment p WHERE p.amount_fen > 5", set()),
        (
            f"{HEAD} FROM stg_payment p JOIN stg_payment q ON q.village_id = p.village_id",
            set(),
        ),
        (
            (f"{HEAD} FROM stg_payment p WHERE NOT EXISTS ("
            "SELECT 1 FROM stg_invoice i WHERE i.payment_id = p.payment_id)"),
            {"invoice.payment_id=payment.payment_id"},
        ),
        (
            (f"{HEAD} FROM stg_payment p JOIN stg_counterparty c"
            " ON c.counterparty_id = p.payee_counterparty_id"),
            set(),
        ),
        (
            ("WITH total AS (SELECT d.case_id, SUM(d.amount_fen) AS fen FROM stg_payment d"
            f" GROUP BY d.case_id) {HEAD} FROM stg_payment p"
                " JOIN total t ON t.case_id = p.case_id"),
            {"payment.case_id?", "payment.case_id"},
        ),
        (
            (f"{HEAD} FROM stg_payment p WHERE p.source_id IN ("
            "SELECT w.case_id FROM stg_works w)"),
            {"payment.source_id=works.case_id"},
        ),
        (
            ("WITH n AS (SELECT d.*, ROW_NUMBER() OVER (ORDER BY d.created_at) AS seq"
            f" FROM stg_payment d) {HEAD} FROM n p JOIN n q"
            " ON q.village_id = p.village_id AND q.seq < p.seq"),
            set(),
        ),
    ],
)  # fmt: skip
def test_a_statement_that_ties_its_rows_is_local_and_says_by_which_keys(sql, expected):
    assert ties(sql) == expected


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (f"{HEAD} FROM stg_payment p, stg_works w", "without a common key"),
        (f"{HEAD} FROM stg_payment p, stg_works w WHERE w.village_id < p.village_id", "common key"),
        (
            f"{HEAD} FROM stg_payment p WHERE EXISTS (SELECT 1 FROM stg_works w)",
            "without a common key",
        ),
        (
            (
                f"{HEAD} FROM stg_payment p"
                " WHERE p.source_id NOT IN (SELECT w.case_id FROM stg_works w)"
            ),
            "NOT IN",
        ),
        (
            (
                "SELECT 'org' AS finding_kind, 'x' AS finding_id,"
                " MAX(p.village_id) AS village_id"
                " FROM stg_payment p"
            ),
            "counts everything",
        ),
        (
            (
                "SELECT 'org' AS finding_kind, t.town AS finding_id, t.village_id FROM ("
                "SELECT substr(p.village_id, 1, 9) AS town, MAX(p.village_id) AS village_id"
                " FROM stg_payment p GROUP BY substr(p.village_id, 1, 9)) t"
            ),
            "GROUP BY",
        ),
        (
            (
                "WITH n AS (SELECT d.*, ROW_NUMBER() OVER (ORDER BY d.created_at) AS seq"
                f" FROM stg_payment d) {HEAD} FROM n p WHERE p.seq = 1"
            ),
            "place of a row",
        ),
        (
            (
                "WITH n AS (SELECT d.*, ROW_NUMBER() OVER (ORDER BY d.created_at) AS seq"
                f" FROM stg_payment d) {HEAD}, p.seq FROM n p"
            ),
            "place of a row",
        ),
        (
            (
                "WITH n AS (SELECT d.*,"
                " LAG(d.amount_fen) OVER (ORDER BY d.created_at) AS before_fen"
                f" FROM stg_payment d) {HEAD} FROM n p WHERE p.before_fen > 1"
            ),
            "OVER",
        ),
        (
            (
                "SELECT 'payment' AS finding_kind, p.payment_id AS finding_id,"
                " p.purpose AS village_id"
                " FROM stg_payment p"
            ),
            "the village of a finding",
        ),
    ],
)
def test_a_statement_that_may_hold_villages_together_is_not_local(sql, why):
    assert why in reach.of(sql).why


def test_a_group_by_what_a_left_join_may_lack_is_not_local():
    sql = (
        "WITH g AS (SELECT c.case_id, MAX(d.village_id) AS village_id FROM stg_payment d"
        " LEFT JOIN stg_case c ON c.case_id = d.case_id GROUP BY c.case_id)"
        " SELECT 'case' AS finding_kind, g.case_id AS finding_id, g.village_id FROM g"
    )

    assert "GROUP BY" in reach.of(sql).why


def test_the_clock_is_asked_of_the_rows_that_it_may_touch():
    sql = (
        f"{HEAD}, date_diff('day', p.paid_at, $as_of) AS late FROM stg_payment p"
        " WHERE p.status = 'paid' AND date_diff('day', p.paid_at, $as_of) > $days"
    )

    found = daily.probes(sql)

    assert {(one.table, one.parameters) for one in found} == {("payment", ("as_of", "days", "was"))}
    assert all("'paid'" in one.condition and "$was" in one.condition for one in found)


def test_a_clock_that_is_held_against_two_rows_may_touch_everything():
    sql = (
        f"{HEAD} FROM stg_payment p JOIN stg_works w ON w.case_id = p.source_id"
        " WHERE $as_of > COALESCE(p.paid_at, w.applied_at)"
    )

    assert [(one.table, one.parameters) for one in daily.probes(sql)] == [("", ("as_of", "was"))]


def test_a_statement_without_the_clock_is_touched_by_no_day():
    assert daily.probes(f"{HEAD} FROM stg_payment p") == ()


def test_what_a_left_join_does_not_find_is_touched_by_the_day_whatever_else_is_asked_of_it():
    sql = (
        f"{HEAD} FROM stg_payment p LEFT JOIN stg_works w ON w.case_id = p.source_id"
        " AND w.applied_at <= $as_of WHERE w.works_id IS NULL"
    )

    [found] = daily.probes(sql)

    assert found.table == "works"
    assert "works_id" not in found.condition
