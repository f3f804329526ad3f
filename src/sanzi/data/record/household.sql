SELECT
    h.ext_id AS household_id,
    h.division_id AS village_id,
    h.group_no AS group_no,
    h.head_person_ext_id AS head_person_id,
    h.member_count AS member_count
FROM orgs_household h
