WITH bill AS (
    SELECT
        p.case_id,
        MIN(p.payment_id) AS payment_id,
        MIN(p.village_id) AS village_id,
        MIN(p.org_id) AS org_id,
        MAX(CAST(p.paid_at AS DATE)) AS paid_on,
        CAST(SUM(p.amount_fen) AS BIGINT) AS amount_fen,
        MIN(p.purpose) AS title
    FROM stg_payment p
    WHERE p.status = 'paid'
    GROUP BY p.case_id
    HAVING SUM(p.amount_fen) >= $large_amount_fen
),
event AS (
    SELECT 'payment' AS finding_kind, b.payment_id AS finding_id, b.village_id, b.org_id,
        b.case_id, b.paid_on AS event_on, b.title, b.amount_fen
    FROM bill b
    UNION ALL
    SELECT 'lease', l.lease_id, l.village_id, a.org_id,
        l.case_id, CAST(l.signed_at AS DATE), a.name, l.rent_fen_year
    FROM stg_lease l
    JOIN stg_asset a ON a.asset_id = l.asset_id
    UNION ALL
    SELECT 'auction', x.auction_id, x.village_id, x.org_id,
        x.case_id, CAST(x.awarded_at AS DATE), x.title, x.price_fen
    FROM stg_auction x
    UNION ALL
    SELECT 'asset_disposal', d.disposal_id, d.village_id, d.org_id,
        d.case_id, CAST(d.executed_at AS DATE), a.name, COALESCE(d.price_fen, 0)
    FROM stg_asset_disposal d
    JOIN stg_asset a ON a.asset_id = d.asset_id
    UNION ALL
    SELECT 'works_variation', v.variation_id, w.village_id, w.org_id,
        w.case_id, CAST(v.approved_at AS DATE), w.name, v.amount_fen
    FROM stg_works_variation v
    JOIN stg_works w ON w.works_id = v.works_id
),
told AS (
    -- With the first sheet of the case that came out after the event.
    SELECT
        e.*,
        (
            SELECT MIN(CAST(s.published_at AS DATE))
            FROM stg_disclosure s
            WHERE s.subject_kind = 'case'
                AND s.subject_id = e.case_id
                AND CAST(s.published_at AS DATE) >= e.event_on
        ) AS shown_on
    FROM event e
)
SELECT
    e.finding_kind,
    e.finding_id,
    e.village_id,
    e.org_id,
    strftime(e.event_on, '%Y-%m') AS period,
    e.event_on AS business_date,
    e.finding_kind AS ground,
    e.title,
    e.event_on,
    e.amount_fen,
    date_diff('day', e.event_on, COALESCE(e.shown_on, CAST($as_of AS DATE))) AS passed_days,
    CASE WHEN e.shown_on IS NULL THEN '还没有公开' ELSE '才公开' END AS shown_text
FROM told e
WHERE e.case_id IS NOT NULL
    AND date_diff('day', e.event_on, COALESCE(e.shown_on, CAST($as_of AS DATE))) > $major_days
