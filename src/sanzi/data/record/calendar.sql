SELECT
    c.day AS day,
    c.is_workday AS is_workday,
    c.is_holiday AS is_holiday
FROM orgs_calendarday c
