WITH signed AS (
    SELECT
        t.tender_id,
        t.village_id,
        t.org_id,
        t.title,
        CAST(t.award_notice_at AS DATE) AS noticed_on,
        b.counterparty_id AS winner_id,
        b.price_fen,
        c.contract_id,
        c.counterparty_id,
        c.amount_fen,
        c.sign_date
    FROM stg_tender t
    JOIN stg_bid b ON b.tender_id = t.tender_id AND b.is_winner
    JOIN stg_contract c ON c.tender_id = t.tender_id
        AND COALESCE(c.parent_contract_id, '') = ''
        AND c.status <> 'revoked'
    WHERE t.subject_kind IN ('works', 'procurement')
),
added AS (
    SELECT s.contract_id, CAST(SUM(k.amount_fen) AS BIGINT) AS added_fen
    FROM signed s
    JOIN stg_contract k ON k.parent_contract_id = s.contract_id
        AND k.sign_date <= s.sign_date + CAST($supplement_days AS INTEGER)
    GROUP BY s.contract_id
),
judged AS (
    SELECT
        s.*,
        a.added_fen,
        date_diff('day', s.noticed_on, s.sign_date) AS waited_days,
        CASE
            WHEN s.counterparty_id <> s.winner_id THEN 'party'
            WHEN s.amount_fen <> s.price_fen THEN 'amount'
            WHEN date_diff('day', s.noticed_on, s.sign_date) > $sign_days THEN 'late'
            WHEN a.added_fen * 100 > s.amount_fen * $supplement_ratio THEN 'supplement'
        END AS ground
    FROM signed s
    LEFT JOIN added a ON a.contract_id = s.contract_id
),
ranked AS (
    SELECT
        j.*,
        ROW_NUMBER() OVER (PARTITION BY j.tender_id ORDER BY j.contract_id) AS place
    FROM judged j
    WHERE j.ground IS NOT NULL
)
SELECT
    'tender' AS finding_kind,
    r.tender_id AS finding_id,
    r.village_id,
    r.org_id,
    strftime(COALESCE(r.sign_date, r.noticed_on, CAST($as_of AS DATE)), '%Y-%m') AS period,
    COALESCE(r.sign_date, r.noticed_on, CAST($as_of AS DATE)) AS business_date,
    r.ground,
    r.title,
    w.name AS winner_name,
    f.name AS firm_name,
    r.price_fen,
    r.amount_fen,
    r.added_fen,
    r.sign_date,
    r.waited_days
FROM ranked r
LEFT JOIN stg_counterparty w ON w.counterparty_id = r.winner_id
LEFT JOIN stg_counterparty f ON f.counterparty_id = r.counterparty_id
WHERE r.place = 1
