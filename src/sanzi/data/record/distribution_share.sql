SELECT
    s.ext_id AS share_id,
    d.ext_id AS distribution_id,
    p.ext_id AS person_id,
    s.share_count AS share_count,
    s.amount_fen AS amount_fen
FROM yearly_share s
JOIN yearly_distribution d ON d.id = s.distribution_id
JOIN orgs_person p ON p.id = s.person_id
