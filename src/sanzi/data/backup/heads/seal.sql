SELECT 'seal' AS head, s.id AS number, s.hash AS hash
FROM audit_seal s
ORDER BY s.id DESC
LIMIT 1
