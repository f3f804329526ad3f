WITH paid AS (
    SELECT
        p.case_id,
        MIN(p.line_no) AS line_no,
        SUM(p.amount_fen) AS case_fen
    FROM stg_payment p
    WHERE p.status IN ('approved', 'dispatched', 'paid')
    GROUP BY p.case_id
),
judged AS (
    SELECT p.case_id, p.line_no, p.case_fen
    FROM paid p
    -- What repays a village card has no case and no chain: its holder's secretary decided it.
    JOIN stg_case k ON k.case_id = p.case_id
    -- Without a single step the approvals are kept elsewhere.
    WHERE EXISTS (SELECT 1 FROM stg_approval a WHERE a.subject_id = p.case_id)
),
chain AS (
    -- A role of a part of the chain, with the number of its step: 3:committee_member.
    SELECT c.part, split_part(c.step, ':', 1) AS step_name, split_part(c.step, ':', 2) AS role_code
    FROM (
        SELECT 'base' AS part, UNNEST($base_steps) AS step
        UNION ALL
        SELECT 'tier_1' AS part, UNNEST($tier_1_steps) AS step
        UNION ALL
        SELECT 'tier_2' AS part, UNNEST($tier_2_steps) AS step
        UNION ALL
        SELECT 'tier_3' AS part, UNNEST($tier_3_steps) AS step
    ) c
),
needed AS (
    SELECT j.case_id, r.step_name, r.role_code
    FROM judged j
    JOIN chain r ON r.part = 'base'
    UNION ALL
    SELECT j.case_id, r.step_name, r.role_code
    FROM judged j
    JOIN chain r ON r.part = 'tier_1'
    WHERE j.case_fen >= $tier_1_fen
    UNION ALL
    SELECT j.case_id, r.step_name, r.role_code
    FROM judged j
    JOIN chain r ON r.part = 'tier_2'
    WHERE j.case_fen >= $tier_2_fen
    UNION ALL
    SELECT j.case_id, r.step_name, r.role_code
    FROM judged j
    JOIN chain r ON r.part = 'tier_3'
    WHERE j.case_fen >= $tier_3_fen
),
step AS (
    -- The first time a step was signed: a round begun again goes through the steps in order too.
    SELECT
        a.subject_id AS case_id,
        a.step_no,
        MIN(a.acted_at) AS acted_at
    FROM stg_approval a
    WHERE a.action = 'approve'
    GROUP BY a.subject_id, a.step_no
),
found AS (
    SELECT n.case_id, '1missing' AS ground, n.role_code
    FROM needed n
    WHERE NOT EXISTS (
        SELECT 1
        FROM stg_approval a
        WHERE a.subject_id = n.case_id AND a.role_code = n.role_code AND a.action = 'approve'
    )
        AND NOT EXISTS (
        SELECT 1
        FROM stg_approval a
        WHERE a.subject_id = n.case_id
            AND CAST(a.step_no AS VARCHAR) = n.step_name
            AND a.action = 'approve'
    )
    UNION ALL
    SELECT s.subject_id AS case_id, '2out_of_term' AS ground, s.role_code
    FROM (
        SELECT a.subject_id, a.role_code, a.actor_person_id, CAST(a.acted_at AS DATE) AS day
        FROM stg_approval a
        JOIN stg_appointment t ON t.person_id = a.actor_person_id
            AND t.role_code = a.role_code
            AND t.end_date < CAST(a.acted_at AS DATE)
        WHERE a.action = 'approve' AND a.delegate_of_person_id IS NULL
    ) s
    WHERE NOT EXISTS (
        SELECT 1
        FROM stg_appointment t
        WHERE t.person_id = s.actor_person_id
            AND t.role_code = s.role_code
            AND t.start_date <= s.day
            AND (t.end_date IS NULL OR t.end_date >= s.day)
    )
    UNION ALL
    SELECT l.case_id, '3unordered' AS ground, a.role_code
    FROM step l
    JOIN step h ON h.case_id = l.case_id
        AND h.step_no > l.step_no
        AND h.acted_at < l.acted_at
    JOIN stg_approval a ON a.subject_id = l.case_id AND a.step_no = l.step_no
),
one AS (
    SELECT f.case_id, MIN(f.ground || ':' || f.role_code) AS first_key
    FROM found f
    GROUP BY f.case_id
)
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(COALESCE(p.submitted_at, p.created_at), '%Y-%m') AS period,
    CAST(COALESCE(p.submitted_at, p.created_at) AS DATE) AS business_date,
    SUBSTR(split_part(o.first_key, ':', 1), 2) AS ground,
    split_part(o.first_key, ':', 2) AS role_code,
    j.case_fen AS amount_fen
FROM judged j
JOIN one o ON o.case_id = j.case_id
JOIN stg_payment p ON p.case_id = j.case_id AND p.line_no = j.line_no
