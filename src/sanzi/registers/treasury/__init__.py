"""Room: the treasury of a village — deposits, debts, advances, investments, cards, income."""
