SELECT
    r.ext_id AS rate_card_id,
    r.rate_code AS rate_code,
    r.title AS title,
    CASE WHEN SUBSTR(r.division_code, 10, 3) <> '000' THEN r.division_code END AS village_id,
    CASE WHEN SUBSTR(r.division_code, 7, 6) = '000000' THEN SUBSTR(r.division_code, 1, 6)
        ELSE SUBSTR(r.division_code, 1, 9) END AS county_id,
    r.value_fen AS value_fen,
    r.unit AS unit,
    r.valid_from_date AS valid_from_date,
    r.valid_until_date AS valid_until_date,
    r.source_ref AS source_ref
FROM labour_ratecard r
