WITH audited AS (
    SELECT
        w.works_id,
        w.village_id,
        w.org_id,
        w.name,
        w.settlement_fen,
        w.audited_fen,
        w.audit_agency_id,
        w.audited_at,
        CASE WHEN w.audited_fen = w.settlement_fen
            THEN ROW_NUMBER() OVER (
                PARTITION BY w.audit_agency_id, EXTRACT(YEAR FROM w.audited_at),
                    w.audited_fen = w.settlement_fen
                ORDER BY w.audited_at, w.works_id
            ) END AS uncut
    FROM stg_works w
    WHERE w.audited_at IS NOT NULL
),
judged AS (
    SELECT
        a.*,
        k.name AS agency_name,
        CASE
            WHEN CAST(a.settlement_fen - a.audited_fen AS HUGEINT) * 100
                > CAST(a.settlement_fen AS HUGEINT) * $high THEN 'high'
            WHEN a.uncut >= $zero_count AND a.audit_agency_id IS NOT NULL THEN 'zero'
        END AS ground
    FROM audited a
    LEFT JOIN stg_counterparty k ON k.counterparty_id = a.audit_agency_id
)
SELECT
    'works' AS finding_kind,
    j.works_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.audited_at, '%Y-%m') AS period,
    CAST(j.audited_at AS DATE) AS business_date,
    j.ground,
    j.name,
    j.settlement_fen,
    j.audited_fen,
    j.agency_name,
    j.uncut
FROM judged j
WHERE j.ground IS NOT NULL
