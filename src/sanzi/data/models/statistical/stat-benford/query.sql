WITH amount AS (
    -- The same sum to the same payee counts once: what is agreed by the month has no say.
    SELECT DISTINCT
        p.org_id,
        p.village_id,
        strftime(p.paid_at, '%Y') AS year_name,
        COALESCE(p.payee_person_id, p.payee_counterparty_id, p.payee_org_id) AS payee_id,
        p.amount_fen
    FROM stg_payment p
    WHERE p.status = 'paid'
        AND p.amount_fen >= $least_fen
        AND NOT list_contains($fixed_kinds, COALESCE(p.source_kind, ''))
        -- Only whole quarters, so that a figure stands still for three months.
        AND p.paid_at < date_trunc('quarter', $as_of)
        AND date_diff('year', CAST(p.paid_at AS DATE), CAST($as_of AS DATE)) < $years
),
counted AS (
    SELECT
        a.org_id,
        a.village_id,
        a.year_name,
        CAST(SUBSTR(CAST(a.amount_fen AS VARCHAR), 1, 1) AS BIGINT) AS digit,
        COUNT(*) AS seen
    FROM amount a
    GROUP BY a.org_id, a.village_id, a.year_name,
        CAST(SUBSTR(CAST(a.amount_fen AS VARCHAR), 1, 1) AS BIGINT)
),
body AS (
    SELECT c.org_id, c.village_id, c.year_name, CAST(SUM(c.seen) AS BIGINT) AS total
    FROM counted c
    GROUP BY c.org_id, c.village_id, c.year_name
),
law AS (
    -- Benford's shares of a thousand, and one million divided by each.
    SELECT digit, share, weight
    FROM (
        VALUES (1, 301, 3322), (2, 176, 5682), (3, 125, 8000), (4, 97, 10309), (5, 79, 12658),
            (6, 67, 14925), (7, 58, 17241), (8, 51, 19608), (9, 46, 21739)
    ) AS t (digit, share, weight)
),
held AS (
    SELECT
        b.org_id,
        b.village_id,
        b.year_name,
        b.total,
        w.digit,
        w.share,
        w.weight,
        COALESCE(c.seen, 0) AS seen,
        1000 * COALESCE(c.seen, 0) - b.total * w.share AS over,
        -- The same digit, and all of them, in the county's other bodies.
        SUM(COALESCE(c.seen, 0)) OVER (
            PARTITION BY SUBSTR(b.village_id, 1, 6), b.year_name, w.digit
        ) - COALESCE(c.seen, 0) AS elsewhere,
        SUM(COALESCE(c.seen, 0)) OVER (PARTITION BY SUBSTR(b.village_id, 1, 6), b.year_name)
            - b.total AS elsewhere_total
    FROM body b
    JOIN law w ON w.share > 0
    LEFT JOIN counted c ON c.org_id = b.org_id AND c.year_name = b.year_name AND c.digit = w.digit
),
placed AS (
    SELECT
        h.*,
        ROW_NUMBER() OVER (PARTITION BY h.org_id, h.year_name ORDER BY h.over DESC, h.digit)
            AS place
    FROM held h
),
judged AS (
    SELECT
        p.org_id,
        p.village_id,
        p.year_name,
        MIN(p.total) AS total,
        SUM(CAST(p.over AS HUGEINT) * p.over * p.weight) AS far,
        SUM(ABS(p.over)) AS distance,
        MAX(CASE WHEN p.place = 1 THEN p.digit END) AS digit,
        MAX(CASE WHEN p.place = 1 THEN p.seen END) AS seen,
        MAX(CASE WHEN p.place = 1 THEN p.share END) AS share,
        MAX(CASE WHEN p.place = 1 THEN p.elsewhere END) AS elsewhere,
        MIN(p.elsewhere_total) AS elsewhere_total,
        array_to_string(list_sort(array_agg(
            CAST(p.digit AS VARCHAR) || '=' || CAST(p.seen AS VARCHAR)
                || ':' || CAST(p.share AS VARCHAR)
        )), ';') AS series
    FROM placed p
    GROUP BY p.org_id, p.village_id, p.year_name
)
SELECT
    'org' AS finding_kind,
    j.org_id AS finding_id,
    j.village_id,
    j.org_id,
    j.year_name AS period,
    CAST(j.year_name || '-12-31' AS DATE) AS business_date,
    j.year_name AS period_name,
    j.total,
    j.digit,
    j.seen,
    j.share,
    CAST(j.distance AS BIGINT) AS distance,
    j.series
FROM judged j
WHERE j.total >= $least_count
    -- Chi square above its limit, and the mean distance too: a large set is never quite even.
    AND j.far > CAST($chi_square AS HUGEINT) * j.total * 1000000000
    AND j.distance > CAST($mean_off AS BIGINT) * 9 * j.total
    -- Where the whole county writes such sums, the village is not the reason.
    AND j.seen * j.elsewhere_total * 100 >= j.elsewhere * j.total * $over_percent
