SELECT
    w.village_id,
    w.name,
    CAST(w.started_at AS DATE) AS started_date,
    COALESCE(w.limit_price_fen, w.estimate_fen) AS budget_fen,
    w.fund_code,
    w.settlement_fen,
    NULL AS checked_fen,
    CASE w.status
        WHEN 'building' THEN '施工'
        WHEN 'completed' THEN '完工待验收'
        WHEN 'accepted' THEN '验收待结算'
        ELSE '申请定价'
    END AS stage,
    w.planned_end_date,
    NULL AS remark,
    'works' AS row_kind,
    w.works_id AS row_id,
    w.works_id AS sort
FROM stg_works w
WHERE NOT list_contains(['settled', 'ended', 'applied'], w.status)
    AND CAST(w.applied_at AS DATE) <= $last
