"""What the yearly powers do: keeping, budgets, distributions."""
