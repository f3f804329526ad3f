SELECT
    CASE s.ext_id
        WHEN '' THEN c.number || '-' || s.round || '-' || s.step_no || '-' || s.line_no
        ELSE s.ext_id
    END AS approval_id,
    'case' AS subject_kind,
    c.number AS subject_id,
    s.step_no AS step_no,
    s.role_code AS role_code,
    a.ext_id AS actor_person_id,
    d.ext_id AS delegate_of_person_id,
    CASE s.state
        WHEN 'APPROVED' THEN 'approve'
        WHEN 'RETURNED' THEN 'return'
        WHEN 'REJECTED' THEN 'reject'
        ELSE 'skip'
    END AS action,
    s.opinion AS opinion,
    s.opened_at AS opened_at,
    s.acted_at AS acted_at,
    s.due_at AS due_at,
    NULLIF(s.device_index, '') AS device_hash,
    s.origin AS ip
FROM matters_casestep s
JOIN matters_case c ON c.id = s.case_id
LEFT JOIN orgs_person a ON a.id = s.actor_id
LEFT JOIN orgs_person d ON d.id = s.delegate_of_id
WHERE s.state IN ('APPROVED', 'RETURNED', 'REJECTED', 'SKIPPED')
