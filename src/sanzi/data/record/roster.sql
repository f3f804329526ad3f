SELECT
    r.ext_id AS roster_id,
    o.ext_id AS org_id,
    p.ext_id AS program_id,
    r.division_code AS village_id,
    r.case_number AS case_id,
    r.period AS period,
    r.submitted_at AS submitted_at,
    r.checked_at AS checked_at,
    r.sampled_count AS sampled_count,
    r.publicity_start_at AS publicity_start_at,
    r.publicity_end_at AS publicity_end_at,
    r.objection AS objection,
    r.approved_at AS approved_at,
    r.status AS status
FROM subsidies_roster r
JOIN orgs_organisation o ON o.id = r.organisation_id
JOIN subsidies_program p ON p.id = r.program_id
