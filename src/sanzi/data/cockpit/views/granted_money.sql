-- Fiscal money by allocation: what was granted, what of it was passed on, to a village or a project.
SELECT
    t.allocation_id,
    t.village_id,
    t.amount_fen,
    COALESCE(t.passed_fen, 0) AS passed_fen,
    t.issued_at,
    f.source_level,
    LEFT(REPLACE(f.name, '>', '＞'), 40) AS fund_name,
    COALESCE(t.village_id, t.town_id) AS place,
    LEFT(CAST(t.issued_at AS VARCHAR), 7) AS month
FROM stg_transfer t
JOIN stg_fund f ON f.fund_code = t.fund_code
WHERE CAST(t.issued_at AS DATE) >= $since AND t.issued_at <= $as_of
