SELECT
    u.ext_id AS seal_use_id,
    s.ext_id AS seal_id,
    u.division_code AS village_id,
    u.case_number AS case_id,
    u.item_code AS item_code,
    u.item_title AS item_title,
    u.seal_class AS seal_class,
    u.is_listed_item AS is_listed_item,
    a.ext_id AS applicant_person_id,
    u.subject_kind AS subject_kind,
    u.subject_id AS subject_id,
    u.decision_ext_id AS decision_id,
    u.requested_at AS requested_at,
    u.approved_at AS approved_at,
    p.ext_id AS approver_person_id,
    k.ext_id AS keeper_person_id,
    u.stamped_at AS stamped_at,
    u.copies_approved AS copies_approved,
    u.copies_stamped AS copies_stamped,
    u.before_photo_hash AS before_photo_hash,
    u.after_photo_hash AS after_photo_hash,
    u.lat_e6 AS lat,
    u.lng_e6 AS lng,
    u.is_offsite AS is_offsite_approved,
    u.status AS status
FROM seals_sealuse u
JOIN seals_seal s ON s.id = u.seal_id
LEFT JOIN orgs_person a ON a.id = u.applicant_id
LEFT JOIN orgs_person p ON p.id = u.approver_id
LEFT JOIN orgs_person k ON k.id = u.keeper_id
