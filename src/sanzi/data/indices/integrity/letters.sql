SELECT
    l.village_id,
    'letter_clock' AS row_kind,
    l.complaint_id AS row_id,
    1 AS part,
    0 AS whole
FROM stg_letter_clock l
WHERE CAST(l.received_at AS DATE) >= $since
    AND l.received_at <= $as_of
UNION ALL
SELECT
    o.village_id,
    'org' AS row_kind,
    o.org_id AS row_id,
    0 AS part,
    o.population AS whole
FROM stg_org o
WHERE o.kind = 'village_committee' AND o.population > 0
