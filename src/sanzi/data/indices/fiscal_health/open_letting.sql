WITH sale AS (
    SELECT x.auction_id AS tender_id
    FROM stg_auction x
    WHERE x.subject_kind = 'lease'
    UNION
    SELECT n.tender_id
    FROM stg_tender n
    WHERE n.subject_kind = 'lease' AND n.method IN ('open', 'auction')
)
SELECT
    l.village_id,
    'lease' AS row_kind,
    l.lease_id AS row_id,
    CASE WHEN s.tender_id IS NULL THEN 0 ELSE 1 END AS part,
    1 AS whole
FROM stg_lease l
LEFT JOIN sale s ON s.tender_id = l.tender_id
WHERE l.start_date >= $since
    AND l.start_date <= CAST($as_of AS DATE)
    -- The floor of rent and term above which the model of open letting asks for it.
    AND (l.rent_fen_year >= 500000 OR l.end_date >= l.start_date + INTERVAL 1 YEAR)
