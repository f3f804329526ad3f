SELECT f.digest AS digest FROM evidence_file f ORDER BY 1
