WITH numbered AS (
    SELECT
        v.*,
        LAG(v.voucher_no) OVER (
            PARTITION BY v.book_id, v.period, v.kind
            ORDER BY v.voucher_no, v.voucher_id
        ) AS before_no
    FROM stg_voucher v
),
judged AS (
    SELECT
        n.*,
        CASE
            WHEN n.voucher_no = n.before_no THEN 'repeat'
            WHEN n.voucher_no > COALESCE(n.before_no, 0) + 1 THEN 'gap'
        END AS ground
    FROM numbered n
),
share AS (
    SELECT
        v.org_id,
        v.period,
        MAX(v.voucher_date) AS voucher_date,
        COUNT(*) AS voucher_count,
        SUM(CASE WHEN v.entry_origin = 'manual' THEN 1 ELSE 0 END) AS manual_count
    FROM stg_voucher v
    GROUP BY v.org_id, v.period
)
SELECT
    'reopening' AS finding_kind,
    r.reopening_id AS finding_id,
    COALESCE(o.village_id, o.division_code) AS village_id,
    r.org_id,
    r.period,
    CAST(r.asked_at AS DATE) AS business_date,
    'reopened' AS ground,
    r.period AS told,
    NULL AS voucher_no,
    NULL AS manual_count,
    NULL AS voucher_count
FROM stg_reopening r
JOIN stg_org o ON o.org_id = r.org_id
WHERE r.is_granted
UNION ALL
SELECT
    'voucher' AS finding_kind,
    j.voucher_id AS finding_id,
    COALESCE(o.village_id, o.division_code) AS village_id,
    j.org_id,
    j.period,
    j.voucher_date AS business_date,
    j.ground,
    j.period AS told,
    j.voucher_no,
    NULL AS manual_count,
    NULL AS voucher_count
FROM judged j
JOIN stg_org o ON o.org_id = j.org_id
WHERE j.ground IS NOT NULL
UNION ALL
SELECT
    'org' AS finding_kind,
    s.org_id AS finding_id,
    COALESCE(o.village_id, o.division_code) AS village_id,
    s.org_id,
    s.period,
    s.voucher_date AS business_date,
    'manual' AS ground,
    s.period AS told,
    NULL AS voucher_no,
    s.manual_count,
    s.voucher_count
FROM share s
JOIN stg_org o ON o.org_id = s.org_id
WHERE s.manual_count * 100 > $max_manual_share * s.voucher_count
    -- Wages, tax and cost are entered by hand at the end of a month; a small book has little else.
    AND s.manual_count >= $least_manual
