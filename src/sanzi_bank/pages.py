"""The two pages of the sandbox, in Chinese: the control page and the inbox of texts."""

from collections.abc import Iterable
from html import escape
from typing import Any

from sanzi_bank.fault_kinds import KINDS
from sanzi_bank.store import iso_time
from sanzi_bank.xmlio import yuan

CSS = """
:root{--paper:#F2F5EE;--sheet:#FDFEFB;--wash:#E4EDE3;--ink:#15201B;--ink-2:#414E47;--rule:#D3DBD0;
--ctl:#7C8A82;--pine:#15513B;--pine-deep:#0C3325;--ochre:#7D5200;--ochre-wash:#FAF0D3;
--indigo:#2B4C7E}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.6;font-size:15px;
font-family:"PingFang SC","HarmonyOS Sans SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;
font-variant-numeric:tabular-nums}
header{background:var(--pine-deep);color:var(--sheet);padding:14px 16px}
header p{margin:2px 0 0;color:#B9D2C0}h1{font-size:20px;margin:0}h2{font-size:17px;margin:0 0 8px}
main{max-width:1240px;margin:0 auto;padding:16px;display:grid;gap:16px}
@media(min-width:900px){main{grid-template-columns:1fr 1fr}.wide{grid-column:1/-1}}
section{background:var(--sheet);border:1px solid var(--rule);border-radius:6px;padding:16px;
min-width:0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:6px 10px 6px 0;border-bottom:1px solid var(--rule);vertical-align:top}
th{color:var(--ink-2);font-weight:600;white-space:nowrap}td:first-child{min-width:6em}td.n{text-align:right;white-space:nowrap}
form{display:flex;flex-wrap:wrap;gap:8px;align-items:end;margin:8px 0}
label{display:grid;gap:2px;color:var(--ink-2);font-size:13px}
.steps{display:flex;flex-wrap:wrap;gap:8px}button{white-space:nowrap}
input,select{font:inherit;color:var(--ink);background:var(--sheet);border:1px solid var(--ctl);
border-radius:3px;padding:8px;min-height:44px;max-width:100%;width:11em}select{width:15em}
button{font:inherit;font-weight:600;min-height:44px;padding:8px 16px;border-radius:3px;
cursor:pointer;
border:1px solid var(--pine);background:var(--pine);color:var(--sheet)}
button.quiet{background:var(--sheet);color:var(--pine)}
:focus-visible{outline:3px solid var(--indigo);outline-offset:2px}
a{color:var(--pine)}header a{color:var(--sheet)}.on{background:var(--ochre-wash);color:var(--ochre)}
.text{font-size:17px}.code{font-family:ui-monospace,monospace;font-size:13px;overflow-wrap:anywhere}
"""


def _page(title: str, lead: str, body: str) -> bytes:
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{CSS}</style></head><body><header><h1>{title}</h1><p>{lead}</p></header>"
        f"<main>{body}</main></body></html>"
    ).encode()


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]], empty: str) -> str:
    """A table; a cell that begins with `#` is a number and sits on the right."""
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    if not body:
        return f"<p>{empty}</p>"
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def _cell(value: object) -> str:
    text = str(value)
    if text.startswith("<form"):
        return f"<td>{text}</td>"
    return (
        f'<td class="n">{escape(text[1:])}</td>' if text[:1] == "#" else f"<td>{escape(text)}</td>"
    )


def _form(action: str, fields: str, button: str, *, quiet: bool = False) -> str:
    look = ' class="quiet"' if quiet else ""
    return (
        f'<form method="post" action="/_ctl/{action}">{fields}'
        f"<button{look}>{escape(button)}</button></form>"
    )


def _input(name: str, label: str, value: str = "") -> str:
    return f'<label>{label}<input name="{name}" value="{escape(value)}"></label>'


def _hidden(**values: str) -> str:
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in values.items()
    )


def control_page(state: dict[str, Any]) -> bytes:
    """Everything of the sandbox on one page: clock, faults, accounts, messages."""
    clock = state["now"].replace("T", " ")[:19]
    lead = (
        f"银行时间 {clock}{'（停着）' if state['is_frozen'] else ''}，"
        f"{state['first_open_day'] or '今天'} 以前的账已日终。"
        '这是练习用的银行，没有真钱。<a href="/sms/inbox">看短信</a>'
    )
    body = _clock_part() + _faults_on(state) + _faults_known() + _accounts_part(state)
    return _page("沙箱银行", lead, body + _entries_part(state) + _messages_part(state))


def _clock_part() -> str:
    steps = (("minutes", "10", "过10分钟"), ("hours", "1", "过1小时"), ("days", "1", "过1天"))
    forms = "".join(
        _form("advance", _hidden(**{unit: number}), words, quiet=True)
        for unit, number, words in steps
    )
    buttons = f'<div class="steps">{forms}</div>'
    return f"<section><h2>时间</h2><p>过了零点就日终，出对账单。</p>{buttons}</section>"


def _faults_on(state: dict[str, Any]) -> str:
    rows = [
        (
            KINDS[row["kind"]].title, row["scope"],
            "一直" if row["remaining"] is None else f"还有{row['remaining']}次",
            row["args"],
            _form("fault", _hidden(clear=str(row["id"])), "关掉", quiet=True),
        )
        for row in state["faults"]
    ]  # fmt: skip
    held = "".join(f"<p>压着没办：{escape(row['msg_id'])}</p>" for row in state["queue"])
    table = _table(("故障", "对谁", "次数", "参数", ""), rows, "没有开故障，银行一切照常。")
    style = ' class="on"' if rows else ""
    return f"<section{style}><h2>开着的故障</h2>{table}{held}</section>"


def _faults_known() -> str:
    options = "".join(
        f'<option value="{kind}">{escape(item.title)}</option>' for kind, item in KINDS.items()
    )
    fields = (
        f'<label>故障<select name="kind">{options}</select></label>'
        + _input("scope", "对谁：next、all、account:账号", "next")
        + _input("count", "几次", "1")
        + _input("code", "拒付代码（可空）")
    )
    rows = [(item.title, kind, item.effect) for kind, item in KINDS.items()]
    table = _table(("故障", "代号", "银行会怎样"), rows, "")
    form = _form("fault", fields, "打开这个故障")
    return f'<section class="wide"><h2>打开一个故障</h2>{form}{table}</section>'


def _accounts_part(state: dict[str, Any]) -> str:
    words = {"OPEN": "正常", "CLOSED": "已销户", "FROZEN": "已冻结"}
    rows = [
        (
            row["name"], row["account"], words[row["status"]], "#" + yuan(row["balance_fen"]),
            "#" + yuan(row["reserved_fen"]) if row["reserved_fen"] else "",
        )
        for row in state["accounts"]
    ]  # fmt: skip
    options = "".join(
        f'<option value="{value}">{label}</option>'
        for value, label in (("create", "开户或改户名"), ("close", "销户"), ("freeze", "冻结"),
                             ("open", "恢复"), ("fund", "存钱进去"))
    )  # fmt: skip
    fields = (
        f'<label>做什么<select name="action">{options}</select></label>'
        + _input("account", "账号") + _input("name", "户名") + _input("amount_fen", "金额（分）")
    )  # fmt: skip
    table = _table(("户名", "账号", "状态", "余额", "占用"), rows, "还没有账户。")
    title = f"<h2>账户（共{state['account_count']}个，先列有钱的）</h2>"
    form = _form("account", fields, "办理")
    return f'<section class="wide">{title}{form}{table}</section>'


def _entries_part(state: dict[str, Any]) -> str:
    rows = [
        (
            iso_time(row["booked_at"])[5:19].replace("T", " "), row["account"],
            "#" + ("-" if row["amount_fen"] < 0 else "") + yuan(abs(row["amount_fen"])),
            row["party_name"], row["remittance"], row["e2e_id"],
        )
        for row in state["entries"]
    ]  # fmt: skip
    heads = ("时间", "账号", "金额", "对方", "附言", "业务号")
    return f'<section class="wide"><h2>最近的账</h2>{_table(heads, rows, "还没有账。")}</section>'


def _messages_part(state: dict[str, Any]) -> str:
    rows = [
        (
            iso_time(row["at"])[5:19].replace("T", " "), row["what"], row["key"], row["outcome"],
            f"#{row['bytes']}",
        )
        for row in state["messages"]
    ]  # fmt: skip
    heads = ("时间", "报文", "批号", "答了什么", "字节")
    table = _table(heads, rows, "还没有人来过。")
    return f'<section class="wide"><h2>最近的报文</h2>{table}</section>'


def inbox_page(texts: list[dict[str, object]], phone: str) -> bytes:
    """The texts that were sent, newest first."""
    cards = "".join(
        f"<section><p>{escape(str(text['phone']))} · {_when(text)} · {escape(str(text['sign']))}"
        f'</p><p class="text">{escape(str(text["text"]))}</p></section>'
        for text in texts
    )
    search = (
        '<section class="wide"><form method="get" action="/sms/inbox">'
        f"{_input('phone', '手机号', phone)}<button>只看这个号</button></form></section>"
    )
    lead = '发给各户的短信都在这里，没有真的发出去。<a href="/_ctl/">回沙箱银行</a>'
    return _page("短信收件箱", lead, search + (cards or "<section>还没有短信。</section>"))


def _when(text: dict[str, object]) -> str:
    return iso_time(int(str(text["at"])))[:16].replace("T", " ")
