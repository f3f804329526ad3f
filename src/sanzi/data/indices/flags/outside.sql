SELECT
    f.village_id,
    f.row_kind,
    f.row_id,
    1 AS part,
    1 AS whole
FROM off_system f
WHERE f.part > 0
