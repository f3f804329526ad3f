SELECT
    s.ext_id AS settlement_id,
    c.ext_id AS card_id,
    o.ext_id AS org_id,
    s.division_code AS village_id,
    s.purpose AS purpose,
    s.subject_code AS subject_code,
    s.net_fen AS net_fen,
    s.slip_fen AS slip_fen,
    LOWER(s.state) AS state,
    b.ext_id AS started_by_person_id,
    s.started_at AS started_at,
    s.asked_at AS asked_at,
    d.ext_id AS decided_by_person_id,
    s.decided_at AS decided_at,
    s.opinion AS opinion,
    s.repaid_at AS repaid_at
FROM payments_cardsettlement s
JOIN payments_villagecard c ON c.id = s.card_id
JOIN orgs_organisation o ON o.id = c.organisation_id
LEFT JOIN orgs_user bu ON bu.id = s.started_by_id
LEFT JOIN orgs_person b ON b.id = bu.person_id
LEFT JOIN orgs_user du ON du.id = s.decided_by_id
LEFT JOIN orgs_person d ON d.id = du.person_id
