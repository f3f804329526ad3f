WITH own AS (
    SELECT
        a.account_id,
        a.kind,
        a.is_registered,
        a.decision_no,
        o.village_id,
        o.org_id,
        o.name AS body_name,
        a.bank_code,
        COALESCE(a.opened_date, DATE '2000-01-01') AS opened_on,
        ROW_NUMBER() OVER (
            PARTITION BY a.org_id, a.kind
            ORDER BY COALESCE(a.opened_date, DATE '2000-01-01'), a.account_id
        ) AS place_in_kind
    FROM stg_account a
    JOIN stg_org o ON o.org_id = a.org_id
    WHERE o.level = 'village'
        AND (a.closed_date IS NULL OR a.closed_date > CAST($as_of AS DATE))
),
judged AS (
    SELECT
        w.*,
        CASE
            WHEN NOT w.is_registered THEN 'unregistered'
            WHEN w.kind = 'basic' AND w.place_in_kind > $basic_max THEN 'extra_basic'
            WHEN list_contains($decided_kinds, w.kind)
                AND COALESCE(w.decision_no, '') = '' THEN 'no_decision'
            WHEN w.kind IN ('personal', 'one_card') THEN 'personal'
        END AS ground
    FROM own w
)
SELECT
    'account' AS finding_kind,
    j.account_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.opened_on, '%Y-%m') AS period,
    j.opened_on AS business_date,
    j.ground,
    j.body_name,
    j.bank_code,
    NULL AS tail
FROM judged j
WHERE j.ground IS NOT NULL
UNION ALL
SELECT
    'account_listing' AS finding_kind,
    l.listing_id AS finding_id,
    l.village_id,
    COALESCE(l.org_id, (SELECT MIN(c.org_id) FROM stg_org c WHERE c.level = 'county')) AS org_id,
    strftime(l.since_at, '%Y-%m') AS period,
    CAST(l.since_at AS DATE) AS business_date,
    l.standing AS ground,
    COALESCE(o.name, '没有对上的单位') AS body_name,
    l.bank_code,
    l.tail
FROM stg_account_listing l
LEFT JOIN stg_org o ON o.org_id = l.org_id
WHERE l.standing <> 'same'
