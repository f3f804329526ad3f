SELECT
    p.ext_id AS disclosure_id,
    p.org_ext_id AS org_id,
    p.division_id AS village_id,
    p.item_code AS item_code,
    p.period AS period,
    p.subject_kind AS subject_kind,
    p.subject_id AS subject_id,
    p.title AS title,
    p.due_at AS due_at,
    p.published_at AS published_at,
    p.unpublished_at AS unpublished_at,
    p.withdrawn_reason AS withdrawn_reason,
    p.min_days AS min_days,
    'portal' AS channel,
    p.content_digest AS content_hash,
    p.total_fen AS total_fen,
    CASE WHEN p.subject_kind = 'case' THEN p.subject_id ELSE '' END AS case_id,
    r.ext_id AS replaces_id,
    p.leaks AS leaks
FROM disclosure_publication p
LEFT JOIN disclosure_publication r ON r.id = p.replaces_id
