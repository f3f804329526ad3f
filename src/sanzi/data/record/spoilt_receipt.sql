SELECT
    b.ext_id AS book_id,
    s.serial AS serial_no,
    s.reason AS reason,
    s.has_all_copies AS has_all_copies,
    s.spoilt_at AS spoilt_at
FROM payments_spoiltreceipt s
JOIN payments_receiptbook b ON b.id = s.book_id
