"""Tables of money, by subject: accounts, orders, messages to the bank, income, statements."""

from __future__ import annotations

from sanzi.payments.models.account_register import (
    AccountListing,
    AccountProposal,
    ProposalAct,
    ProposalState,
    Standing,
)
from sanzi.payments.models.accounts import (
    AccountKind,
    BankAccount,
    DayBalance,
)
from sanzi.payments.models.income import (
    Bill,
    BillState,
    Receipt,
    ReceiptBook,
    SpoiltReceipt,
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
from sanzi.payments.models.statements import (
    BankTransaction,
)

__all__ = (
    "AccountKind",
    "AccountListing",
    "AccountProposal",
    "BankAccount",
    "BankTransaction",
    "Bill",
    "BillState",
    "BudgetLine",
    "DayBalance",
    "Fund",
    "Instruction",
    "InstructionLine",
    "InstructionState",
    "NumberHead",
    "OrderState",
    "Payment",
    "PaymentOrder",
    "PaymentStatus",
    "ProposalAct",
    "ProposalState",
    "Receipt",
    "ReceiptBook",
    "SpoiltReceipt",
    "Standing",
)
