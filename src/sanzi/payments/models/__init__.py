"""Tables of money, by subject: accounts, orders, messages to the bank, income, statements."""

from __future__ import annotations

from sanzi.payments.models.accounts import (
    AccountKind,
    BankAccount,
    DayBalance,
)
from sanzi.payments.models.income import (
    Receipt,
)
from sanzi.payments.models.instructions import (
    Instruction,
    InstructionLine,
    InstructionState,
    NumberHead,
)
from sanzi.payments.models.orders import (
    BudgetLine,
    Fund,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentStatus,
)
from sanzi.payments.models.reconciliation import (
    BankAnswer,
    BankMatch,
    ItemKind,
    MatchedBankLine,
    MatchedBookLine,
    MatchRule,
    Reconciliation,
    ReconciliationItem,
    ReconciliationState,
)
from sanzi.payments.models.statements import (
    BankStatement,
    BankTransaction,
    StatementProblem,
)

__all__ = (
    "AccountKind",
    "BankAccount",
    "BankAnswer",
    "BankMatch",
    "BankStatement",
    "BankTransaction",
    "BudgetLine",
    "DayBalance",
    "Fund",
    "Instruction",
    "InstructionLine",
    "InstructionState",
    "ItemKind",
    "MatchRule",
    "MatchedBankLine",
    "MatchedBookLine",
    "NumberHead",
    "OrderState",
    "Payment",
    "PaymentOrder",
    "PaymentStatus",
    "Receipt",
    "Reconciliation",
    "ReconciliationItem",
    "ReconciliationState",
    "StatementProblem",
)
