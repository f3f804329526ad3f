WITH behind AS (
    -- Who signs for a firm, runs it, or holds so much of it that he decides.
    SELECT c.counterparty_id, c.person_id
    FROM stg_counterparty c
    UNION
    SELECT c.counterparty_id, c.legal_rep_person_id AS person_id
    FROM stg_counterparty c
    UNION
    SELECT o.counterparty_id, o.person_id
    FROM stg_counterparty_owner o
    WHERE o.kind <> 'shareholder' OR o.share_percent >= $control_share
),
shared AS (
    SELECT DISTINCT x.counterparty_id AS one_id, y.counterparty_id AS other_id
    FROM behind x
    JOIN behind y ON y.person_id = x.person_id
),
pair AS (
    SELECT
        l.procurement_id,
        l.quote_id AS one_id,
        r.quote_id AS other_id,
        r.quoted_at,
        a.name AS one_name,
        b.name AS other_name,
        CASE
            WHEN s.one_id IS NOT NULL THEN 'control'
            WHEN COALESCE(l.contact_phone_hash, a.phone_hash)
                = COALESCE(r.contact_phone_hash, b.phone_hash) THEN 'phone'
            WHEN l.file_hash = r.file_hash THEN 'file'
            WHEN a.address_norm = b.address_norm THEN 'address'
            -- The very same instant is the list's, typed in at once.
            WHEN l.quoted_at <> r.quoted_at
                AND ABS(date_diff('second', l.quoted_at, r.quoted_at)) <= $seconds THEN 'time'
        END AS ground
    FROM stg_quote l
    JOIN stg_quote r ON r.procurement_id = l.procurement_id
        AND r.counterparty_id <> l.counterparty_id
    JOIN stg_counterparty a ON a.counterparty_id = l.counterparty_id
    JOIN stg_counterparty b ON b.counterparty_id = r.counterparty_id
    LEFT JOIN shared s ON s.one_id = l.counterparty_id AND s.other_id = r.counterparty_id
),
step AS (
    -- Three prices, each so many percent above the one before.
    SELECT
        x.procurement_id,
        x.quote_id AS one_id,
        z.quote_id AS other_id,
        z.quoted_at,
        a.name AS one_name,
        b.name AS other_name,
        'ratio' AS ground
    FROM stg_quote x
    JOIN stg_quote y ON y.procurement_id = x.procurement_id
    JOIN stg_quote z ON z.procurement_id = x.procurement_id AND z.price_fen > y.price_fen
    JOIN stg_counterparty a ON a.counterparty_id = x.counterparty_id
    JOIN stg_counterparty b ON b.counterparty_id = z.counterparty_id
    WHERE ABS(
            CAST(y.price_fen AS HUGEINT) * y.price_fen - CAST(x.price_fen AS HUGEINT) * z.price_fen
        ) * 1000
            <= CAST(y.price_fen AS HUGEINT) * (y.price_fen - x.price_fen) * $ratio_tolerance
),
alike AS (
    SELECT p.* FROM pair p WHERE p.ground IS NOT NULL
    UNION ALL
    SELECT t.* FROM step t
),
first_found AS (
    SELECT
        k.*,
        ROW_NUMBER() OVER (
            PARTITION BY k.procurement_id
            ORDER BY
                CASE k.ground WHEN 'control' THEN 1 WHEN 'phone' THEN 2 WHEN 'file' THEN 3
                    WHEN 'address' THEN 4 WHEN 'time' THEN 5 ELSE 6 END,
                k.one_id,
                k.other_id
        ) AS place
    FROM alike k
)
SELECT
    'procurement' AS finding_kind,
    p.procurement_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(COALESCE(p.ordered_at, p.submitted_at, f.quoted_at), '%Y-%m') AS period,
    CAST(COALESCE(p.ordered_at, p.submitted_at, f.quoted_at) AS DATE) AS business_date,
    f.ground,
    p.title,
    f.one_name,
    f.other_name
FROM first_found f
JOIN stg_procurement p ON p.procurement_id = f.procurement_id
WHERE f.place = 1
