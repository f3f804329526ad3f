SELECT
    i.ext_id AS budget_item_id,
    b.ext_id AS budget_id,
    i.place AS place,
    i.subject_code AS subject_code,
    i.name AS title,
    i.amount_fen AS amount_fen,
    i.spent_fen AS spent_fen,
    i.is_nonproductive AS is_nonproductive
FROM yearly_budgetitem i
JOIN yearly_budget b ON b.id = i.budget_id
