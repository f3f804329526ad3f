WITH cash AS (
    SELECT
        r.receipt_id,
        r.village_id,
        r.org_id,
        r.receipt_no,
        r.payer_name,
        r.amount_fen,
        r.banked_at,
        CAST(r.issued_at AS DATE) AS issued_on,
        -- What is not at the bank yet counts as of today.
        CAST(COALESCE(r.banked_at, $as_of) AS DATE) AS ended_on,
        CASE WHEN list_contains($remote_villages, r.village_id)
            THEN $remote_days ELSE $days END AS allowed_days
    FROM stg_receipt r
    WHERE r.received_via = 'cash' AND r.voided_at IS NULL
),
days AS (
    SELECT c.receipt_id, CAST(c.issued_on + n.number AS DATE) AS day
    FROM cash c
    CROSS JOIN (SELECT CAST(UNNEST(generate_series(1, 400)) AS INTEGER) AS number) n
    WHERE CAST(c.issued_on + n.number AS DATE) <= c.ended_on
),
passed AS (
    -- Each day after the receipt up to the bank's; a day that the calendar lacks is worked on
    -- from Monday to Friday.
    SELECT
        d.receipt_id,
        SUM(CASE WHEN COALESCE(k.is_workday, EXTRACT(ISODOW FROM d.day) < 6) THEN 1 ELSE 0 END)
            AS work_days
    FROM days d
    LEFT JOIN stg_calendar k ON k.day = d.day
    GROUP BY d.receipt_id
)
SELECT
    'receipt' AS finding_kind,
    c.receipt_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(c.issued_on, '%Y-%m') AS period,
    c.issued_on AS business_date,
    CASE WHEN c.banked_at IS NULL THEN 'not_banked' ELSE 'late' END AS ground,
    c.receipt_no,
    c.payer_name,
    c.amount_fen,
    CAST(p.work_days AS BIGINT) AS work_days,
    CAST(c.allowed_days AS BIGINT) AS allowed_days
FROM cash c
JOIN passed p ON p.receipt_id = c.receipt_id
WHERE p.work_days > c.allowed_days
