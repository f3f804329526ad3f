SELECT c.chain AS head, c.last_number AS number, c.last_hash AS hash
FROM audit_chainhead c
ORDER BY 1
