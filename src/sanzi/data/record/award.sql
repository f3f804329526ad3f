SELECT
    a.ext_id AS award_id,
    o.ext_id AS org_id,
    p.ext_id AS program_id,
    a.division_code AS village_id,
    a.case_number AS case_id,
    a.period AS period,
    n.ext_id AS person_id,
    h.ext_id AS household_id,
    a.quantity_milli AS quantity_milli,
    a.amount_fen AS amount_fen,
    a.payee_name AS payee_name,
    COALESCE((
        SELECT MIN(y.account_index) FROM payments_payment y
        JOIN payments_paymentorder d ON d.id = y.order_id
        WHERE d.source_kind = 'subsidy' AND a.case_number <> '' AND d.source_id = a.case_number
            AND y.payee_person_id = a.person_id AND y.status = 'SETTLED'
    ), a.account_index) AS payee_account_hash,
    a.basis_ref AS basis_ref,
    a.is_kin_of_cadre AS is_kin_of_cadre,
    a.kin_declared_at AS kin_declared_at,
    (SELECT MIN(u.ext_id) FROM disclosure_publication u WHERE a.case_number <> ''
        AND u.subject_kind = 'case' AND u.subject_id = a.case_number AND u.item_code = 'S01'
    ) AS publicity_disclosure_id,
    r.publicity_start_at AS publicity_start_at,
    r.publicity_end_at AS publicity_end_at,
    a.approved_at AS approved_at,
    COALESCE(a.paid_at, (
        SELECT MIN(y.paid_at) FROM payments_payment y
        JOIN payments_paymentorder d ON d.id = y.order_id
        WHERE d.source_kind = 'subsidy' AND a.case_number <> '' AND d.source_id = a.case_number
            AND y.payee_person_id = a.person_id AND y.status = 'SETTLED'
    )) AS paid_at,
    a.status AS status
FROM subsidies_award a
JOIN orgs_organisation o ON o.id = a.organisation_id
JOIN subsidies_program p ON p.id = a.program_id
JOIN orgs_person n ON n.id = a.person_id
LEFT JOIN orgs_household h ON h.id = a.household_id
LEFT JOIN subsidies_roster r ON r.case_number = a.case_number
