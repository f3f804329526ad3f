SELECT
    a.ext_id AS case_id,
    o.ext_id AS org_id,
    a.case_number AS matter_case_id,
    a.kind AS kind,
    h.ext_id AS household_id,
    p.ext_id AS applicant_person_id,
    a.division_code AS village_id,
    (SELECT COUNT(*) FROM subsidies_aidmember m WHERE m.aid_case_id = a.id) AS member_count,
    a.applied_at AS applied_at,
    a.accepted_at AS accepted_at,
    a.investigated_at AS investigated_at,
    a.reviewed_at AS reviewed_at,
    a.publicity_start_at AS publicity_start_at,
    a.publicity_end_at AS publicity_end_at,
    a.decided_at AS decided_at,
    a.result AS result,
    a.monthly_fen AS monthly_fen,
    a.start_date AS start_date,
    a.end_date AS end_date,
    a.last_recheck_date AS last_recheck_date,
    a.recheck_due_date AS recheck_due_date,
    a.is_kin_of_staff AS is_kin_of_staff,
    a.kin_filed_at AS kin_filed_at,
    (
        SELECT MAX(y.paid_at) FROM payments_payment y
        JOIN payments_paymentorder r ON r.id = y.order_id
        WHERE y.status = 'SETTLED' AND r.source_kind = 'aid'
            AND r.source_id = a.case_number AND a.case_number <> ''
    ) AS paid_at,
    a.status AS status
FROM subsidies_aidcase a
JOIN orgs_organisation o ON o.id = a.organisation_id
JOIN orgs_household h ON h.id = a.household_id
JOIN orgs_person p ON p.id = a.applicant_id
