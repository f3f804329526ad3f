SELECT
    e.ext_id AS event_id,
    e.device_uuid AS device_id,
    s.ext_id AS seal_id,
    e.division_code AS village_id,
    e.event_at AS event_at,
    e.received_at AS received_at,
    e.kind AS kind
FROM seals_sealdeviceevent e
JOIN seals_seal s ON s.id = e.seal_id
