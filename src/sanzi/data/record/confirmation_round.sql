SELECT
    r.ext_id AS round_id,
    r.division_code AS village_id,
    o.ext_id AS org_id,
    p.purpose AS purpose,
    r.drawn_at AS drawn_at,
    r.closes_at AS closes_at,
    r.household_count AS household_count,
    r.phoneless_count AS phoneless_count,
    r.rested_count AS rested_count,
    r.asked_count AS asked_count
FROM voice_confirmationround r
JOIN payments_paymentorder p ON p.id = r.order_id
JOIN orgs_organisation o ON o.id = p.organisation_id
