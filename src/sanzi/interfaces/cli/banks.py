"""The demo's two banks: one simulator, spoken to over both of its doors."""

from __future__ import annotations

from pathlib import Path

import httpx

FILE = "banks.yaml"
TEXT = """\
# 银行接入文件：一家银行一段。怎么写，看 docs/how-to/add-a-bank.md。
- name: rural
  title: 清河农村商业银行（模拟）
  adapter: iso20022
  url: {url}
  customer: sanzi
  customer_key: {keys}/sanzi.key
  bank_key: {keys}/bank.pub
  bank_codes: ["402", "*"]
- name: farm
  title: 农业银行清河支行（模拟）
  adapter: direct
  url: {url}
  customer: sanzi
  customer_key: {keys}/sanzi.key
  bank_key: {keys}/bank.pub
  bank_codes: ["103"]
  caps:
    # 真的直联半夜0点到1点不受理；演示里夜里也能试。
    closed_hours: []
"""


def write(var: Path, url: str, keys: Path) -> Path:
    """Write the file for this run and return its path."""
    var.mkdir(parents=True, exist_ok=True)
    path = var / FILE
    path.write_text(TEXT.format(url=url, keys=keys), encoding="utf-8")
    return path


def push_to(bank_url: str, web_url: str) -> None:
    """Let the simulator tell the platform by itself what it booked."""
    for setting, bank in (("push_url", "rural"), ("direct_push_url", "farm")):
        fields = {"name": setting, "value": f"{web_url}/api/v1/bank/{bank}/events"}
        httpx.post(f"{bank_url}/_ctl/setting", json=fields, timeout=60, trust_env=False)
