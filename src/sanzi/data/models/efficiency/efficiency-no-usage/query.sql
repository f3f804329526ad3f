WITH moved AS (
    SELECT o.village_id, year(t.booked_at) * 12 + month(t.booked_at) AS month_no, COUNT(*) AS moves
    FROM stg_bank_txn t
    JOIN stg_account a ON a.account_id = t.account_id
    JOIN stg_org o ON o.org_id = a.org_id
    WHERE o.level = 'village'
    GROUP BY o.village_id, year(t.booked_at) * 12 + month(t.booked_at)
),
busy AS (
    -- The last whole months, each with enough movements.
    SELECT m.village_id, SUM(m.moves) AS moves
    FROM moved m
    WHERE m.moves >= $moves_least
        AND m.month_no >= year($as_of) * 12 + month($as_of) - $months
        AND m.month_no < year($as_of) * 12 + month($as_of)
    GROUP BY m.village_id
    HAVING COUNT(*) >= $months
),
started AS (
    SELECT q.village_id, q.submitted_at AS at FROM stg_labour_request q
    UNION ALL
    SELECT w.village_id, w.applied_at AS at FROM stg_works w
    UNION ALL
    SELECT b.village_id, b.submitted_at AS at FROM stg_procurement b
    UNION ALL
    SELECT u.village_id, u.requested_at AS at FROM stg_seal_use u
    UNION ALL
    SELECT d.village_id, d.published_at AS at FROM stg_disclosure d
),
body AS (
    SELECT o.village_id, MIN(o.org_id) AS org_id FROM stg_org o GROUP BY o.village_id
)
SELECT
    'village' AS finding_kind,
    y.village_id AS finding_id,
    y.village_id,
    b.org_id,
    strftime($as_of, '%Y-%m') AS period,
    CAST($as_of AS DATE) AS business_date,
    y.moves
FROM busy y
JOIN body b ON b.village_id = y.village_id
WHERE NOT EXISTS (
    SELECT 1
    FROM started s
    WHERE s.village_id = y.village_id
        AND year(s.at) * 12 + month(s.at) >= year($as_of) * 12 + month($as_of) - $months
)
