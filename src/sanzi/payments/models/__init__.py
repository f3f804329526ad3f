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
from sanzi.payments.models.bank_receipts import BankReceipt, BankReceiptState
from sanzi.payments.models.cards import (
    CardLine,
    CardLineKind,
    CardSettlement,
    SettlementState,
    VillageCard,
)
from sanzi.payments.models.income import (
    Bill,
    BillState,
    Receipt,
    ReceiptBook,
    SpoiltReceipt,
)
from sanzi.payments.models.instructions import (
    BankChannel,
    BankWord,
    CancelWish,
    Instruction,
    InstructionLine,
    InstructionState,
    NumberHead,
    Turn,
    TurnKind,
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
    "AccountListing",
    "AccountProposal",
    "BankAccount",
    "BankAnswer",
    "BankChannel",
    "BankMatch",
    "BankReceipt",
    "BankReceiptState",
    "BankStatement",
    "BankTransaction",
    "BankWord",
    "Bill",
    "BillState",
    "BudgetLine",
    "CancelWish",
    "CardLine",
    "CardLineKind",
    "CardSettlement",
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
    "ProposalAct",
    "ProposalState",
    "Receipt",
    "ReceiptBook",
    "Reconciliation",
    "ReconciliationItem",
    "ReconciliationState",
    "SettlementState",
    "SpoiltReceipt",
    "Standing",
    "StatementProblem",
    "Turn",
    "TurnKind",
    "VillageCard",
)
