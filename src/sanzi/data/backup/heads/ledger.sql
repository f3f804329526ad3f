SELECT
    b.ext_id || ' ' || h.period || ' ' || h.word AS head,
    h.last_number AS number,
    h.last_hash AS hash
FROM ledger_numberhead h
JOIN ledger_book b ON b.id = h.book_id
ORDER BY 1
