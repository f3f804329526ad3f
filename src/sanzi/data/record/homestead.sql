SELECT
    a.ext_id AS application_id,
    o.ext_id AS org_id,
    a.division_code AS village_id,
    a.case_number AS case_id,
    a.submitted_at AS submitted_at,
    h.ext_id AS household_id,
    a.ground AS ground,
    a.land_class AS land_class,
    a.area_m2_centi / 100.0 AS area_m2,
    a.place AS place,
    a.old_site AS old_site,
    a.group_agreed_at AS group_agreed_at,
    a.publicity_start_at AS publicity_start_at,
    a.publicity_end_at AS publicity_end_at,
    a.town_accepted_at AS town_accepted_at,
    a.site_visit_1_at AS site_visit_1_at,
    a.site_visit_2_at AS site_visit_2_at,
    a.site_visit_3_at AS site_visit_3_at,
    a.approved_at AS approved_at,
    a.built_at AS built_at,
    a.built_m2_centi / 100.0 AS built_m2,
    a.old_site_returned_at AS old_site_returned_at,
    a.parcel_id AS parcel_id,
    a.certificate_no AS certificate_no,
    a.status AS status
FROM land_homestead a
JOIN orgs_organisation o ON o.id = a.organisation_id
JOIN orgs_household h ON h.id = a.household_id
