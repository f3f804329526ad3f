WITH live AS (
    SELECT
        a.*,
        p.code,
        p.name AS program_name,
        p.needs_land,
        ROW_NUMBER() OVER (
            ORDER BY COALESCE(a.approved_at, a.paid_at, $as_of), a.award_id
        ) AS seq
    FROM stg_award a
    JOIN stg_program p ON p.program_id = a.program_id
    WHERE a.status <> 'removed'
),
pair AS (
    SELECT s.award_id, MAX(s.earlier_seq) AS earlier_seq
    FROM (
        SELECT a.award_id, b.seq AS earlier_seq
        FROM live a
        JOIN live b ON b.code = a.code
            AND b.period = a.period
            AND b.person_id = a.person_id
            AND b.seq < a.seq
        UNION ALL
        -- What goes with the land goes to a household once.
        SELECT a.award_id, b.seq AS earlier_seq
        FROM live a
        JOIN live b ON b.code = a.code
            AND b.period = a.period
            AND b.household_id = a.household_id
            AND b.seq < a.seq
        WHERE a.needs_land
    ) s
    GROUP BY s.award_id
)
SELECT
    'award' AS finding_kind,
    a.award_id AS finding_id,
    a.village_id,
    a.org_id,
    SUBSTR(a.period || '-01', 1, 7) AS period,
    CAST(COALESCE(a.approved_at, a.paid_at, $as_of) AS DATE) AS business_date,
    n.name AS person_name,
    a.program_name,
    a.period AS period_name,
    a.amount_fen,
    b.amount_fen AS earlier_fen,
    v.name AS earlier_place
FROM pair r
JOIN live a ON a.award_id = r.award_id
JOIN live b ON b.seq = r.earlier_seq
LEFT JOIN stg_person n ON n.person_id = a.person_id
LEFT JOIN stg_division v ON v.code = b.village_id
