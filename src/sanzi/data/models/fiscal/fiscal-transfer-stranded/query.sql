WITH judged AS (
    SELECT
        t.*,
        CASE
            WHEN date_diff('day', CAST(t.town_received_at AS DATE), CAST($as_of AS DATE))
                > $town_days THEN 'town'
            WHEN t.town_received_at IS NULL
                AND date_diff('day', CAST(t.issued_at AS DATE), CAST($as_of AS DATE))
                    > $issue_days THEN 'issued'
        END AS ground
    FROM stg_transfer t
    WHERE t.passed_on_at IS NULL
)
SELECT
    'transfer' AS finding_kind,
    j.allocation_id AS finding_id,
    COALESCE(j.village_id, j.town_id) AS village_id,
    j.org_id,
    strftime(j.issued_at, '%Y-%m') AS period,
    CAST(COALESCE(j.town_received_at, j.issued_at) AS DATE) AS business_date,
    j.ground,
    COALESCE(f.name, j.fund_code) AS fund_name,
    j.amount_fen,
    CAST(COALESCE(j.town_received_at, j.issued_at) AS DATE) AS since_date
FROM judged j
LEFT JOIN stg_fund f ON f.fund_code = j.fund_code
WHERE j.ground IS NOT NULL
