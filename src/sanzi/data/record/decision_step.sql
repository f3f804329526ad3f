SELECT
    d.ext_id AS decision_id,
    s.step_kind AS step_kind,
    s.step_no AS step_no,
    s.held_at AS held_at,
    s.eligible_count AS eligible_count,
    s.present_count AS present_count,
    s.agree_count AS agree_count,
    s.against_count AS against_count,
    s.abstain_count AS abstain_count,
    s.notice_given_at AS notice_given_at,
    s.minutes_digest AS minutes_hash,
    s.photo_phash AS photo_phash,
    s.publicity_start_at AS publicity_start_at,
    s.publicity_end_at AS publicity_end_at
FROM matters_decisionstep s
JOIN matters_decision d ON d.id = s.decision_id
