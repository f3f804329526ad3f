"""What the categories of models are called."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "labour": "劳务用工",
    "payment": "支付报销",
    "expense": "非生产性开支与村务卡",
    "invoice": "票据凭证",
    "procurement": "采购管理",
    "works": "工程建设",
    "tender": "招标投标",
    "asset": "资产资源与租赁",
    "contract": "合同管理",
    "fund": "资金账户与收入",
    "seal": "公章审批",
    "decision": "民主决策",
    "disclosure": "三务公开",
    "subsidy": "补贴发放",
    "aid": "困难救助",
    "land": "土地宅基地与征地补偿",
    "cadre": "干部履职与回避",
    "efficiency": "办事效率与体外循环",
    "ledger": "账务核算",
    "fiscal": "乡镇财政资金",
    "statistical": "统计线索",
    "own": "自建规则",
}
