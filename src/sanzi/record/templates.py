"""Which tables go into which workbook: one workbook for a group of registers.

A table may stand in two groups when both need it. Sheets, headings and hints are made in
`excel` from the tables' own files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COUNTY: Final = "county"
GROUPS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    COUNTY: (
        "全县的底册",
        (
            "division", "org", "person", "household", "kinship", "appointment", "counterparty",
            "counterparty_owner", "account", "land_right", "calendar", "ext_death", "ext_status",
            "decision", "fund", "budget_line", "source_matter", "opening_balance",
        ),
    ),
    "cases": (
        "办件、会议和公开",
        (
            "decision_step", "decision_recusal", "case", "approval", "disclosure", "inquiry",
            "station_promise",
        ),
    ),
    "deals": (
        "合同、招标、资产和租约",
        (
            "tender", "bid", "contract", "asset", "auction", "auction_bidder", "auction_bid",
            "lease", "rent_bill", "asset_disposal",
        ),
    ),
    "works": (
        "工程和采购",
        (
            "works", "works_commitment", "works_variation", "works_acceptance", "works_log",
            "works_inspection", "works_risk", "works_rectification",
            "procurement", "quote",
        ),
    ),
    "labour": (
        "用工",
        (
            "rate_card", "labour_list", "labour_request", "labour_day", "labour_photo",
            "labour_declaration",
        ),
    ),
    "land": (
        "成员、宅基地和土地",
        ("membership", "homestead", "land_taking", "survey", "compensation", "land_contract"),
    ),
    "funds": ("财政资金、乡镇项目和价格", ("fund", "town_project", "transfer", "price_book")),
    "yearly": ("年度预算和分配", ("budget", "budget_item", "distribution", "distribution_share")),
    "subsidies": (
        "补贴、救助和筹资",
        (
            "program", "roster", "award", "aid_case", "relief_batch", "relief_line", "levy",
            "levy_line",
        ),
    ),
    "supervision": ("规则参数的取值和改动", ("parameter_value", "parameter_change")),
    "seals": ("用印和便民服务", ("seal", "seal_use", "seal_device_event", "service")),
    "posts": ("报酬、聘用和移交", ("pay_standard", "pay", "hire", "handover", "handover_item")),
    "party": (
        "党务和表彰",
        ("party_development", "party_stage", "party_dues", "party_fund", "honour"),
    ),
    "treasury": (
        "存款、债务、借款和投资",
        ("deposit_plan", "deposit", "debt", "advance", "investment", "card_issue"),
    ),
    "payments": (
        "收款、付款和对账",
        (
            "card", "card_settlement", "card_line", "receipt_book", "spoilt_receipt", "bill",
            "receipt", "payment", "invoice", "bank_txn", "balance", "reconciliation",
            "reconciliation_item",
        ),
    ),
    "inspection": (
        "监督检查",
        (
            "inspection", "inspection_task", "inspection_member", "inspection_sample",
            "inspection_finding", "inspection_answer", "inspection_outcome",
        ),
    ),
    "books": (
        "账务",
        (
            "cash_policy", "chart_addition", "entry_version", "period", "recurring_plan",
            "reopening", "voucher", "ledger_line",
        ),
    ),
}  # fmt: skip
"""Key (the command's `--group`), title, tables in the order of the sheets."""
