SELECT t.village_id, t.row_kind, t.row_id, t.month, t.key, t.part, t.whole
FROM told_alerts t
WHERE t.is_closed
