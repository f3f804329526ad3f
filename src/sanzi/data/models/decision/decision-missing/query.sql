WITH matter AS (
    SELECT 'works' AS finding_kind, w.works_id AS subject_id, w.village_id, w.org_id, w.case_id,
        w.decision_id, w.name AS title, COALESCE(w.guide_price_fen, w.estimate_fen) AS amount_fen,
        CAST(COALESCE(w.approved_at, w.applied_at, $as_of) AS DATE) AS done_on
    FROM stg_works w
    WHERE w.status IN ('contracted', 'building', 'completed', 'accepted', 'settled')
        AND NOT w.is_emergency
        AND COALESCE(w.guide_price_fen, w.estimate_fen) >= $works_from
    UNION ALL
    SELECT 'procurement' AS finding_kind, p.procurement_id AS subject_id, p.village_id, p.org_id,
        p.case_id, NULL AS decision_id, p.title, COALESCE(p.award_fen, p.estimate_fen) AS amount_fen,
        CAST(COALESCE(p.approved_at, p.submitted_at, $as_of) AS DATE) AS done_on
    FROM stg_procurement p
    WHERE p.status IN ('ordered', 'accepted')
        AND p.method <> 'emergency'
        AND COALESCE(p.award_fen, p.estimate_fen) >= $procurement_from
    UNION ALL
    SELECT 'labour_request' AS finding_kind, q.request_id AS subject_id, q.village_id, q.org_id,
        q.case_id, q.decision_id, q.reason AS title, q.budget_fen AS amount_fen,
        CAST(q.submitted_at AS DATE) AS done_on
    FROM stg_labour_request q
    WHERE q.status IN ('approved', 'declared', 'accepted', 'closed')
        AND NOT q.is_emergency
        AND q.budget_fen >= $labour_from
    UNION ALL
    SELECT 'lease' AS finding_kind, l.lease_id AS subject_id, l.village_id, a.org_id, l.case_id,
        l.decision_ref AS decision_id, a.name AS title, l.rent_fen_year AS amount_fen,
        CAST(l.signed_at AS DATE) AS done_on
    FROM stg_lease l
    JOIN stg_asset a ON a.asset_id = l.asset_id
    WHERE l.rent_fen_year >= $lease_from
        OR date_diff('day', l.start_date, l.end_date) > $lease_days
    UNION ALL
    SELECT 'asset_disposal' AS finding_kind, d.disposal_id AS subject_id, d.village_id, d.org_id,
        d.case_id, d.decision_id, a.name AS title, d.floor_fen AS amount_fen,
        CAST(COALESCE(d.executed_at, $as_of) AS DATE) AS done_on
    FROM stg_asset_disposal d
    JOIN stg_asset a ON a.asset_id = d.asset_id
    WHERE d.status IN ('sold', 'executed', 'written_off')
        AND d.floor_fen >= $disposal_from
    UNION ALL
    SELECT 'debt' AS finding_kind, d.debt_id AS subject_id, d.village_id, d.org_id, d.case_id,
        d.decision_id, COALESCE(d.purpose, '借款') AS title, d.principal_fen AS amount_fen,
        CAST(COALESCE(d.incurred_at, $as_of) AS DATE) AS done_on
    FROM stg_debt d
    WHERE d.status = 'standing'
        AND d.kind IN ('bank_loan', 'private_loan', 'lend_out')
    UNION ALL
    SELECT 'investment' AS finding_kind, i.investment_id AS subject_id, i.village_id, i.org_id,
        i.case_id, i.decision_id, i.project AS title, i.amount_fen,
        COALESCE(i.start_date, CAST($as_of AS DATE)) AS done_on
    FROM stg_investment i
    WHERE i.status = 'standing'
    UNION ALL
    SELECT 'budget' AS finding_kind, b.budget_id AS subject_id, b.village_id, b.org_id, b.case_id,
        b.decision_id, CAST(b.year AS VARCHAR) || '年预算' AS title, b.total_fen AS amount_fen,
        CAST($as_of AS DATE) AS done_on
    FROM stg_budget b
    WHERE b.status = 'approved'
        AND b.kind <> 'final'
    UNION ALL
    SELECT 'distribution' AS finding_kind, d.distribution_id AS subject_id, d.village_id, d.org_id,
        d.case_id, d.decision_id, CAST(d.year AS VARCHAR) || '年收益分配' AS title,
        d.distributed_fen AS amount_fen,
        CAST(COALESCE(d.approved_at, d.submitted_at, $as_of) AS DATE) AS done_on
    FROM stg_distribution d
    WHERE d.status = 'approved'
    UNION ALL
    SELECT 'levy' AS finding_kind, v.levy_id AS subject_id, v.village_id, v.org_id, v.case_id,
        v.decision_id, v.project AS title, v.per_head_fen * v.head_count AS amount_fen,
        CAST(COALESCE(v.approved_at, v.submitted_at, $as_of) AS DATE) AS done_on
    FROM stg_levy v
    WHERE v.status IN ('approved', 'used')
)
SELECT
    m.finding_kind,
    m.subject_id AS finding_id,
    m.village_id,
    m.org_id,
    strftime(m.done_on, '%Y-%m') AS period,
    m.done_on AS business_date,
    CASE m.finding_kind
        WHEN 'works' THEN '工程'
        WHEN 'procurement' THEN '采购'
        WHEN 'labour_request' THEN '用工'
        WHEN 'lease' THEN '租赁'
        WHEN 'asset_disposal' THEN '资产处置'
        WHEN 'debt' THEN '借款'
        WHEN 'investment' THEN '对外投资'
        WHEN 'budget' THEN '预算'
        WHEN 'distribution' THEN '收益分配'
        ELSE '筹资筹劳'
    END AS matter,
    m.title,
    m.amount_fen
FROM matter m
LEFT JOIN stg_case k ON k.case_id = m.case_id
WHERE COALESCE(NULLIF(m.decision_id, ''), NULLIF(k.decision_id, '')) IS NULL
