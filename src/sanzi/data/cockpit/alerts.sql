SELECT t.village_id, t.row_kind, t.row_id, t.month, t.key, t.part, t.whole
FROM told_alerts t
WHERE NOT t.is_closed
