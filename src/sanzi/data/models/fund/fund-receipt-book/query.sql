WITH taken AS (
    SELECT
        r.receipt_book_no AS book_no,
        r.serial_no,
        r.voided_at IS NOT NULL AND r.has_all_copies IS DISTINCT FROM true AS lacks_copies
    FROM stg_receipt r
    WHERE r.receipt_book_no IS NOT NULL AND r.serial_no IS NOT NULL
    UNION ALL
    SELECT b.book_no, s.serial_no, NOT s.has_all_copies AS lacks_copies
    FROM stg_spoilt_receipt s
    JOIN stg_receipt_book b ON b.book_id = s.book_id
),
used AS (
    SELECT
        t.book_no,
        COUNT(DISTINCT t.serial_no) AS distinct_count,
        COUNT(*) AS row_count,
        MAX(t.serial_no) AS last_used,
        SUM(CASE WHEN t.lacks_copies THEN 1 ELSE 0 END) AS lacking_count
    FROM taken t
    GROUP BY t.book_no
),
judged AS (
    SELECT
        b.book_id,
        b.village_id,
        b.org_id,
        b.book_no,
        CAST(b.issued_at AS DATE) AS issued_on,
        u.last_used - b.first_no + 1 - u.distinct_count AS gap_count,
        u.lacking_count,
        u.row_count - u.distinct_count AS twice_count,
        CASE
            WHEN u.row_count > u.distinct_count THEN 'twice'
            WHEN u.last_used - b.first_no + 1 > u.distinct_count THEN 'gap'
            WHEN u.lacking_count > 0 THEN 'copies'
            WHEN b.written_off_at IS NULL
                AND date_diff('day', CAST(b.issued_at AS DATE), CAST($as_of AS DATE)) > $days
                THEN 'not_written_off'
        END AS ground,
        date_diff('day', CAST(b.issued_at AS DATE), CAST($as_of AS DATE)) AS days_out
    FROM stg_receipt_book b
    LEFT JOIN used u ON u.book_no = b.book_no
)
SELECT
    'receipt_book' AS finding_kind,
    j.book_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.issued_on, '%Y-%m') AS period,
    j.issued_on AS business_date,
    j.ground,
    j.book_no,
    CAST(j.gap_count AS BIGINT) AS gap_count,
    CAST(j.lacking_count AS BIGINT) AS lacking_count,
    CAST(j.twice_count AS BIGINT) AS twice_count
FROM judged j
WHERE j.ground IS NOT NULL
