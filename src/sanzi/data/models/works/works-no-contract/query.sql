WITH held AS (
    SELECT
        w.works_id,
        w.village_id,
        w.org_id,
        w.case_id,
        w.name,
        CAST(w.started_at AS DATE) AS started_on,
        c.sign_date
    FROM stg_works w
    LEFT JOIN stg_contract c ON c.contract_id = w.contract_id
    -- An emergency is ordered without a contract and priced afterwards.
    WHERE w.estimate_fen >= $floor_fen AND NOT w.is_emergency
),
request AS (
    -- A request not handed in yet counts as handed in now. A case is told of once, on a first line.
    SELECT
        p.payment_id,
        p.village_id,
        p.org_id,
        p.line_no,
        p.source_id,
        CAST(CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS DATE) AS asked_on,
        CAST(SUM(p.amount_fen) OVER (PARTITION BY p.case_id) AS BIGINT) AS total_fen,
        ROW_NUMBER() OVER (PARTITION BY p.case_id ORDER BY p.line_no, p.payment_id) AS place
    FROM stg_payment p
    WHERE p.source_kind = 'works' AND p.status NOT IN ('withdrawn', 'rejected')
)
SELECT
    'works' AS finding_kind,
    h.works_id AS finding_id,
    h.village_id,
    h.org_id,
    strftime(h.started_on, '%Y-%m') AS period,
    h.started_on AS business_date,
    NULL AS line_no,
    CASE WHEN h.sign_date IS NULL THEN 'start' ELSE 'early_start' END AS ground,
    h.name,
    h.started_on AS on_day,
    h.sign_date AS signed_on,
    NULL AS total_fen
FROM held h
WHERE COALESCE(h.started_on < h.sign_date, h.started_on IS NOT NULL)
UNION ALL
SELECT
    'payment' AS finding_kind,
    r.payment_id AS finding_id,
    r.village_id,
    r.org_id,
    strftime(r.asked_on, '%Y-%m') AS period,
    r.asked_on AS business_date,
    r.line_no,
    CASE WHEN h.sign_date IS NULL THEN 'pay' ELSE 'early_pay' END AS ground,
    h.name,
    r.asked_on AS on_day,
    h.sign_date AS signed_on,
    r.total_fen
FROM request r
JOIN held h ON h.case_id = r.source_id
WHERE r.place = 1 AND COALESCE(r.asked_on < h.sign_date, TRUE)
