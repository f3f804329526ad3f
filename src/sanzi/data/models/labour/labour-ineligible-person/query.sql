WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
payee AS (
    SELECT d.payment_id, d.payee_person_id AS person_id
    FROM dated d
    WHERE d.payee_person_id IS NOT NULL
    UNION
    SELECT d.payment_id, a.person_id
    FROM dated d
    JOIN stg_account a ON a.account_hash = d.payee_account_hash
    WHERE a.person_id IS NOT NULL
),
dead AS (
    -- Both registers are asked; the earlier day counts.
    SELECT n.person_id, n.name, LEAST(
        COALESCE(n.death_date, x.death_date), COALESCE(x.death_date, n.death_date)
    ) AS death_date
    FROM stg_person n
    LEFT JOIN stg_ext_death x ON x.id_no_hash = n.id_no_hash
    WHERE n.death_date IS NOT NULL OR x.death_date IS NOT NULL
),
hit AS (
    SELECT y.payment_id, MIN(x.death_date) AS death_date, MIN(x.name) AS person_name
    FROM payee y
    JOIN dated d ON d.payment_id = y.payment_id
    JOIN dead x ON x.person_id = y.person_id
    WHERE date_diff('day', x.death_date, CAST(d.business_at AS DATE)) > $grace_days
    GROUP BY y.payment_id
),
roster AS (
    SELECT
        d.labour_day_id,
        d.request_id,
        d.person_id,
        d.work_date,
        d.amount_fen,
        q.village_id,
        q.org_id,
        n.name AS person_name,
        x.death_date,
        date_diff('year', n.birth_date, d.work_date)
            - CASE WHEN strftime(n.birth_date, '%m-%d') > strftime(d.work_date, '%m-%d')
                THEN 1 ELSE 0 END AS age,
        EXISTS (
            SELECT 1 FROM stg_ext_status e
            WHERE e.id_no_hash = n.id_no_hash AND e.kind IN ('custody', 'payroll')
                AND (e.since_date IS NULL OR e.since_date <= d.work_date)
                AND (e.until_date IS NULL OR e.until_date >= d.work_date)
        ) AS is_barred,
        EXISTS (
            SELECT 1 FROM stg_labour_list l
            WHERE l.person_id = d.person_id AND l.village_id = q.village_id
                AND l.since_date <= d.work_date
                AND (l.until_date IS NULL OR l.until_date >= d.work_date)
        ) AS is_listed,
        EXISTS (
            SELECT 1 FROM stg_labour_list l
            WHERE l.person_id = d.person_id AND l.health_until_date >= d.work_date
        ) AS is_healthy
    FROM stg_labour_day d
    JOIN stg_labour_request q ON q.request_id = d.request_id
    JOIN stg_person n ON n.person_id = d.person_id
    LEFT JOIN dead x ON x.person_id = d.person_id
),
judged AS (
    SELECT
        r.*,
        CASE
            WHEN date_diff('day', r.death_date, r.work_date) > $grace_days THEN 'dead_worker'
            WHEN r.age < $min_age THEN 'young'
            WHEN r.is_barred THEN 'barred'
            WHEN r.age > $max_age AND NOT r.is_healthy THEN 'old'
            WHEN NOT r.is_listed THEN 'unlisted'
        END AS ground
    FROM roster r
),
worker AS (
    SELECT
        j.request_id,
        j.person_id,
        MIN(j.labour_day_id) AS labour_day_id,
        MIN(j.ground) AS ground,
        MIN(j.work_date) AS work_date,
        MIN(j.village_id) AS village_id,
        MIN(j.org_id) AS org_id,
        MIN(j.person_name) AS person_name,
        MIN(j.death_date) AS death_date,
        MIN(j.age) AS age,
        CAST(SUM(j.amount_fen) AS BIGINT) AS amount_fen
    FROM judged j
    WHERE j.ground IS NOT NULL
    GROUP BY j.request_id, j.person_id
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    'dead' AS ground,
    d.line_no,
    d.amount_fen,
    h.person_name,
    h.death_date,
    CAST(NULL AS BIGINT) AS age
FROM hit h
JOIN dated d ON d.payment_id = h.payment_id
UNION ALL
SELECT
    'labour_day' AS finding_kind,
    w.labour_day_id AS finding_id,
    w.village_id,
    w.org_id,
    strftime(w.work_date, '%Y-%m') AS period,
    w.work_date AS business_date,
    w.ground,
    CAST(NULL AS BIGINT) AS line_no,
    w.amount_fen,
    w.person_name,
    w.death_date,
    w.age
FROM worker w
