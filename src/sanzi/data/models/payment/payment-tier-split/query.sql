WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.payment_id,
        p.case_id,
        p.village_id,
        p.subject_code,
        p.amount_fen,
        p.payee_account_hash,
        p.payee_person_id,
        p.payee_counterparty_id,
        p.payee_org_id,
        p.source_id,
        p.contract_id,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        CASE WHEN p.status IN ('submitted', 'approved', 'dispatched', 'paid') THEN 0 ELSE 1 END
            AS late
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
tier AS (
    SELECT 1 AS tier_no, $tier_1_fen AS limit_fen
    UNION ALL
    SELECT 2 AS tier_no, $tier_2_fen AS limit_fen
),
kind AS (
    -- One payee with parts that are not small, or several firms of one hand: these hide the sum
    -- however small a part is.
    SELECT 'payee' AS ground, $near_share_percent AS share_percent, 0 AS firm_count
    UNION ALL
    SELECT 'hands' AS ground, $hands_share_percent AS share_percent, 2 AS firm_count
),
weight AS (
    -- More than this no payee gets of one case, and what is too small is no part of a split.
    SELECT d.case_id, d.subject_code
    FROM dated d
    GROUP BY d.case_id, d.subject_code
    HAVING SUM(CASE WHEN d.amount_fen > 0 THEN d.amount_fen ELSE 0 END) * 100
        >= LEAST($tier_1_fen, $tier_2_fen) * LEAST($near_share_percent, $hands_share_percent)
),
part AS (
    SELECT d.*
    FROM dated d
    JOIN weight w ON w.case_id = d.case_id AND w.subject_code = d.subject_code
),
case_total AS (
    -- The chain of a case follows the sum of its lines.
    SELECT d.case_id, SUM(d.amount_fen) AS total_fen FROM dated d GROUP BY d.case_id
),
standing AS (
    -- What was voted once and is paid again and again.
    SELECT s.source_id
    FROM stg_source_matter s
    WHERE list_contains($series_kinds, s.kind) AND s.status IN ('approved', 'closed')
),
keyed AS (
    -- What makes two payees the same: account, person, firm, or who controls the firm.
    SELECT 'A' || d.payee_account_hash AS payee_key, d.*
    FROM part d
    WHERE d.payee_account_hash IS NOT NULL
    UNION ALL
    SELECT 'P' || d.payee_person_id, d.*
    FROM part d
    WHERE d.payee_person_id IS NOT NULL
    UNION ALL
    SELECT 'C' || d.payee_counterparty_id, d.*
    FROM part d
    WHERE d.payee_counterparty_id IS NOT NULL
    UNION ALL
    SELECT 'O' || d.payee_org_id, d.*
    FROM part d
    WHERE d.payee_org_id IS NOT NULL
    UNION ALL
    SELECT 'P' || w.person_id, d.*
    FROM part d
    JOIN stg_counterparty_owner w ON w.counterparty_id = d.payee_counterparty_id
    WHERE w.kind = 'controller' OR w.share_percent >= $control_percent
    UNION ALL
    SELECT 'P' || c.legal_rep_person_id, d.*
    FROM part d
    JOIN stg_counterparty c ON c.counterparty_id = d.payee_counterparty_id
    WHERE c.legal_rep_person_id IS NOT NULL
    UNION ALL
    SELECT 'P' || c.person_id, d.*
    FROM part d
    JOIN stg_counterparty c ON c.counterparty_id = d.payee_counterparty_id
    WHERE c.person_id IS NOT NULL
),
earlier AS (
    SELECT p.payment_id, q.payment_id AS peer_id
    FROM keyed p
    -- All that must be the same in one condition, so that a shop's other villages are not met.
    JOIN keyed q ON q.payee_key = p.payee_key
        AND q.village_id = p.village_id
        AND q.subject_code = p.subject_code
        AND (q.business_at, q.late, q.case_id, q.payment_id)
            < (p.business_at, p.late, p.case_id, p.payment_id)
        AND (q.late = 0 OR q.case_id = p.case_id)
    WHERE date_diff('day', CAST(q.business_at AS DATE), CAST(p.business_at AS DATE))
            <= $window_days
),
met AS (
    -- A payment that stands alone splits nothing.
    SELECT e.payment_id, e.peer_id FROM earlier e
    UNION
    SELECT e.payment_id, e.payment_id AS peer_id FROM earlier e
),
pair AS (
    SELECT
        p.payment_id,
        p.case_id,
        q.payee_counterparty_id AS peer_firm_id,
        q.case_id AS peer_case_id,
        q.amount_fen AS peer_fen,
        CAST(q.business_at AS DATE) AS peer_date
    FROM met m
    JOIN part p ON p.payment_id = m.payment_id
    JOIN part q ON q.payment_id = m.peer_id
    LEFT JOIN standing c ON c.source_id = p.contract_id
    LEFT JOIN standing s ON s.source_id = p.source_id
    -- Another month of one standing contract is no repetition.
    WHERE NOT COALESCE(
        strftime(q.business_at, '%Y-%m') <> strftime(p.business_at, '%Y-%m')
        AND (q.source_id = COALESCE(c.source_id, s.source_id)
            OR q.contract_id = COALESCE(c.source_id, s.source_id)), FALSE
    )
),
share AS (
    SELECT
        r.payment_id,
        r.case_id,
        r.peer_case_id,
        SUM(r.peer_fen) AS share_fen,
        MIN(r.peer_firm_id) AS firm_id,
        MIN(r.peer_date) AS first_date
    FROM pair r
    GROUP BY r.payment_id, r.case_id, r.peer_case_id
),
split AS (
    SELECT
        h.payment_id,
        t.limit_fen,
        k.ground,
        COUNT(*) AS cases,
        SUM(h.share_fen) AS sum_fen,
        MIN(h.first_date) AS first_date
    FROM share h
    JOIN case_total own ON own.case_id = h.case_id
    JOIN case_total c ON c.case_id = h.peer_case_id
    JOIN tier t ON own.total_fen < t.limit_fen AND c.total_fen < t.limit_fen
    CROSS JOIN kind k
    WHERE h.share_fen * 100 >= t.limit_fen * k.share_percent
    GROUP BY h.payment_id, t.limit_fen, k.ground, k.firm_count
    HAVING COUNT(*) >= 2
        AND COUNT(DISTINCT h.firm_id) >= k.firm_count
        AND SUM(h.share_fen) >= t.limit_fen
        AND MAX(CASE WHEN h.peer_case_id = h.case_id THEN 1 ELSE 0 END) = 1
),
ranked AS (
    SELECT
        s.*,
        ROW_NUMBER() OVER (
            PARTITION BY s.payment_id ORDER BY s.limit_fen DESC, s.ground DESC
        ) AS place
    FROM split s
)
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    s.ground,
    p.line_no,
    p.amount_fen,
    p.payee_name,
    s.cases,
    s.sum_fen,
    s.limit_fen,
    s.first_date
FROM ranked s
JOIN part d ON d.payment_id = s.payment_id
JOIN stg_payment p ON p.payment_id = s.payment_id
WHERE s.place = 1
