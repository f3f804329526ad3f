WITH behind AS (
    SELECT c.counterparty_id, c.person_id
    FROM stg_counterparty c
    UNION
    SELECT c.counterparty_id, c.legal_rep_person_id AS person_id
    FROM stg_counterparty c
    UNION
    SELECT o.counterparty_id, o.person_id
    FROM stg_counterparty_owner o
),
present AS (
    SELECT
        a.works_id,
        a.held_at,
        a.attendee_person_id,
        a.attendee_role,
        a.measured_milli,
        a.contract_milli,
        b.person_id IS NOT NULL AS is_builder
    FROM stg_works_acceptance a
    JOIN stg_works w ON w.works_id = a.works_id
    LEFT JOIN behind b ON b.counterparty_id = w.counterparty_id
        AND b.person_id = a.attendee_person_id
    WHERE a.result = 'pass'
),
held AS (
    SELECT
        p.works_id,
        p.held_at,
        COUNT(DISTINCT p.attendee_person_id) AS people,
        COUNT(CASE WHEN p.attendee_role = 'village' THEN 1 END) AS village_count,
        COUNT(CASE WHEN p.attendee_role = 'supervision' THEN 1 END) AS supervision_count,
        COUNT(DISTINCT CASE WHEN p.attendee_role = 'villager_rep' THEN p.attendee_person_id END)
            AS rep_count,
        COUNT(CASE WHEN p.attendee_role IN ('town', 'third_party') THEN 1 END) AS town_count,
        COUNT(CASE WHEN p.attendee_role <> 'contractor' AND p.is_builder THEN 1 END)
            AS builder_count,
        MIN(p.measured_milli) AS measured_milli,
        MAX(p.contract_milli) AS contract_milli,
        ROW_NUMBER() OVER (PARTITION BY p.works_id ORDER BY p.held_at DESC) AS place
    FROM present p
    GROUP BY p.works_id, p.held_at
),
judged AS (
    SELECT
        h.*,
        w.village_id,
        w.org_id,
        w.name,
        CASE
            WHEN h.village_count = 0 OR h.supervision_count = 0 OR h.rep_count < $villager_reps
                OR (h.town_count = 0 AND w.estimate_fen >= $town_floor) THEN 'absent'
            WHEN h.builder_count > 0 THEN 'builder'
            WHEN CAST(h.measured_milli AS HUGEINT) * 100
                < CAST(h.contract_milli AS HUGEINT) * (100 - $qty_tolerance) THEN 'quantity'
        END AS ground
    FROM held h
    JOIN stg_works w ON w.works_id = h.works_id
)
SELECT
    'works' AS finding_kind,
    j.works_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.held_at, '%Y-%m') AS period,
    CAST(j.held_at AS DATE) AS business_date,
    j.ground,
    j.name,
    CAST(j.held_at AS DATE) AS held_on,
    j.people,
    j.rep_count,
    CAST(j.contract_milli AS BIGINT) AS contract_milli,
    CAST(j.measured_milli AS BIGINT) AS measured_milli
FROM judged j
WHERE j.place = 1 AND j.ground IS NOT NULL
