"""The control page of the sandbox, in Chinese: everything that can be done to this bank."""

from html import escape
from typing import Any

from sanzi_bank.fault_kinds import ARGUMENTS, GROUPS, KINDS
from sanzi_bank.look import (
    Figure,
    Html,
    choice,
    field,
    fold,
    form,
    hidden,
    money,
    page,
    rows,
    section,
    table,
)
from sanzi_bank.store import iso_time
from sanzi_bank.xmlio import yuan

STATUSES = {"OPEN": "正常", "CLOSED": "已销户", "FROZEN": "已冻结"}
MONEY = {
    "PAYMENT": "付出", "RECEIPT": "收到", "CREDIT": "进账", "RETURN": "退汇", "INTEREST": "利息",
    "FEE": "手续费", "SMS_FEE": "短信费",
}  # fmt: skip
REACH = {"next": "只下一次", "all": "一直，直到关掉"}
GROUP_WORDS = {
    "send": "付款报文送来的时候",
    "query": "来问一批办得怎样的时候",
    "line": "一批里的某一笔",
    "door": "不管做什么",
    "statement": "来取日终对账单的时候",
    "day": "每天日终，有钱的账户",
    "report": "平时来查的时候",
    "push": "银行主动告诉的时候",
    "clock": "报文里写的时间",
    "sms": "发短信的时候",
    "tax": "查发票的时候",
}
SETTING_WORDS: dict[str, tuple[str, dict[str, str]]] = {
    "queue_dead_at_statement": (
        "日终清队列", {"true": "清，没办的作废", "false": "不清，过几天还会办"}),
    "cut_off": ("停办时间，如 17:15-17:30", {}),
    "weekends": ("周末", {"open": "照常", "closed": "不办"}),
    "closed_rule": ("停办时来的", {"refuse": "当场拒", "hold": "收下，开门再办"}),
    "check_dates": ("报文写的付款日", {"off": "不看", "on": "不是今天就拒"}),
    "line_limit_fen": ("单笔限额（分，空不限）", {}),
    "day_limit_fen": ("每户每天限额（分，空不限）", {}),
    "name_rule": ("户名差一点", {"strict": "拒", "close": "照付"}),
    "own_bank_seconds": ("本行几秒入账", {}),
    "other_bank_seconds": ("他行几秒入账", {}),
    "tax_default": ("没登记过的发票", {"VALID": "当真票", "NOT_FOUND": "当查无此票"}),
    "status_message": (
        "回执版本", {"pain.002.001.12": "pain.002.001.12", "pain.002.001.10": "pain.002.001.10"}),
    "receipt_minutes": ("回单几分钟后出", {}),
    "push_url": ("推送到哪个地址（空不推）", {}),
    "direct_push_url": ("直连接口的账户推送到哪个地址（空不推）", {}),
    "push_customer": ("推送给哪个客户", {}),
    "push_time": ("推送写的时间", {"real": "真的时间", "bank": "银行的时间"}),
    "direct_quiet": ("直连接口的停办时间", {}),
    "direct_bank": ("直连接口管哪些行号（开头几位，空都管）", {}),
    "audit_keep": ("来往原文留几次（0全留）", {}),
    "seed": ("随机种子", {}),
    "bank_code": ("本行行号", {}),
}  # fmt: skip


def control_page(state: dict[str, Any]) -> bytes:
    """Everything of the sandbox on one page."""
    main = (
        _faults_known(state) + _accounts_part(state) + _entries_part(state)
        + _messages_part(state) + _events_part(state) + _cards_part(state)
    )  # fmt: skip
    side = (
        _clock_part(state) + _faults_on(state) + _queue_part(state) + _calendar_part(state)
        + _settings_part(state)
    )  # fmt: skip
    body = (
        f'<div class="cols"><aside aria-label="时间和开着的">{side}</aside>'
        f'<div class="main">{main}</div></div>'
    )
    return page("控制台", _lead(state), body)


def _lead(state: dict[str, Any]) -> str:
    clock = str(state["now"]).replace("T", " ")[:16]
    faults, held = len(state["faults"]), len(state["queue"])
    words = [f"银行时间{clock}{'，停着' if state['is_frozen'] else ''}。"]
    words.append(f"开着{faults}个故障。" if faults else "没有开故障，一切照常。")
    words.append(f"压着{held}批没办。" if held else "")
    words.append(f"{state['first_open_day']}以前的账已日终。" if state["first_open_day"] else "")
    return escape("".join(words))


def _clock_part(state: dict[str, Any]) -> str:
    steps = (
        ({"minutes": "10"}, "过10分钟"), ({"hours": "1"}, "过1小时"),
        ({"to": "cut_off"}, "到停办时间"), ({"to": "next_day"}, "到明天9点"),
        ({"days": "3"}, "过3天"),
    )  # fmt: skip
    buttons = "".join(form("advance", hidden(**told), words) for told, words in steps)
    frozen = (
        form("clock", hidden(running="1"), "让钟走起来")
        if state["is_frozen"]
        else form("clock", hidden(freeze="1"), "让钟停住")
    )
    return section(
        "clock", "时间", "过了零点就日终，出对账单。钟只往前走。",
        f'<div class="steps">{buttons}{frozen}</div>',
    )  # fmt: skip


def _faults_on(state: dict[str, Any]) -> str:
    items = [
        (
            KINDS[row["kind"]].title,
            "；".join(part for part in (_reach(row), _said_args(row)) if part),
            form("fault", hidden(clear=str(row["id"])), "关掉"),
        )
        for row in state["faults"]
    ]
    if not items:
        return section("on", "开着的故障", "没有。银行一切照常。", "")
    clear = form("fault", hidden(clear="all"), "全部关掉")
    say = f"{len(items)}个，点“关掉”就恢复。"
    return section("on", "开着的故障", say, rows(items) + clear, look="on")


def _reach(row: dict[str, Any]) -> str:
    scope = str(row["scope"]).replace("account:", "")
    who = "所有人" if scope in ("all", "next") else scope
    if row["rate"] is not None:
        return f"{who}，{float(row['rate']):.0%}的时候"
    return who + ("，一直" if row["remaining"] is None else f"，还有{row['remaining']}次")


def _said_args(row: dict[str, Any]) -> str:
    known = {name: value for name, value in row["args"].items() if value not in ("", False, None)}
    return "，".join(f"{ARGUMENTS.get(name, name)}：{value}" for name, value in known.items())


def _faults_known(state: dict[str, Any]) -> str:
    on = {row["kind"] for row in state["faults"]}
    groups = "".join(
        f'<div class="group"><h3>{escape(title)}<small>{escape(GROUP_WORDS[group])}</small></h3>'
        + "".join(_one_fault(kind, is_on=kind in on) for kind in KINDS if _is_in(kind, group))
        + "</div>"
        for group, title in GROUPS.items()
        if any(_is_in(kind, group) for kind in KINDS)
    )
    say = f"{len(KINDS)}种。点开一种，填好就打开。怎样对着程序开，见使用说明。"
    return section("faults", "能开的故障", say, f'<div class="groups">{groups}</div>')


def _is_in(kind: str, group: str) -> bool:
    return KINDS[kind].group == group


def _one_fault(kind: str, *, is_on: bool) -> str:
    known = KINDS[kind]
    fields = hidden(kind=kind)
    if not known.is_standing:
        fields += choice("scope", "什么时候", REACH)
    fields += field("account", "只对这个账号（可空）")
    if not known.is_standing:
        fields += field("count", "几次（可空）", look="short")
    fields += "".join(
        choice(name, ARGUMENTS[name], {"": "不", "1": "是"})
        if value is False
        else field(name, ARGUMENTS[name], str(value), look="short")
        for name, value in known.args.items()
    )
    say = f'<p class="code">代号 {kind}</p>'
    body = say + form("fault", fields, "打开", is_main=True)
    return fold(known.title, known.effect, body, "开着" if is_on else "")


def _queue_part(state: dict[str, Any]) -> str:
    items = [
        (
            row["msg_id"],
            _held(row),
            form("queue", hidden(id=str(row["id"]), action="run"), "现在办")
            + form("queue", hidden(id=str(row["id"]), action="drop"), "扔掉"),
        )
        for row in state["queue"]
    ]
    say = "收下了还没进账的付款。" if items else "没有压着没办的付款。"
    return section("queue", "队列", say, rows(items) if items else "")


def _held(row: dict[str, Any]) -> str:
    when = f"{_time(row['due_at'])}办，" if row["due_at"] else ""
    return when + ("问得到" if row["visible"] else "问不到")


def _calendar_part(state: dict[str, Any]) -> str:
    items = [
        (
            row["day"],
            "，".join(filter(None, ("营业" if row["is_open"] else "不办", row["name"]))),
            form("calendar", hidden(day=row["day"], forget="1"), "去掉"),
        )
        for row in state["calendar"]
    ]
    fields = (
        field("day", "日期", kind="date")
        + choice("is_open", "办不办", {"": "不办", "1": "营业"})
        + field("name", "为什么（可空）")
    )
    say = "另外定的日子。" if items else "没有另外定的日子，天天办。"
    if state["settings"].get("weekends") == "closed":
        say = "周末不办。" + ("另外定的日子：" if items else "")
    add = fold("定一天", "放假，或者调休上班", form("calendar", fields, "定下来"))
    return section("calendar", "日历", say, (rows(items) if items else "") + add)


def _settings_part(state: dict[str, Any]) -> str:
    forms = ""
    for name in sorted(state["settings"], key=[*SETTING_WORDS, *state["settings"]].index):
        value = state["settings"][name]
        label, options = SETTING_WORDS.get(name, (name, {}))
        told = choice("value", label, options, value) if options else field("value", label, value)
        forms += form("setting", hidden(name=name) + told, "改")
    folded = fold("改规矩", "限额、停办时间、队列、推送地址", forms)
    reset = fold(
        "清空重来", "账户、账、故障都忘掉", form("reset", "", "清空，从头来")
    )  # fmt: skip
    return section("settings", "规矩", "", folded + reset)


def _accounts_part(state: dict[str, Any]) -> str:
    found = [
        (
            row["name"], row["account"], STATUSES[row["status"]], money(row["balance_fen"]),
            money(row["reserved_fen"]),
        )
        for row in state["accounts"]
    ]  # fmt: skip
    search = (
        '<form method="get" action="/_ctl/#accounts" role="search">'
        + field("q", "户名或账号", state["search"], look="long")
        + "<button>找</button></form>"
    )
    body = search + table(
        "找到的账户" if state["search"] else "账户，先列有钱的",
        ("户名", "账号", "状态", "#余额（元）", "#占用（元）"), found, "没有这样的账户。",
    )  # fmt: skip
    actions = {
        "create": "开户或改户名", "close": "销户", "freeze": "冻结", "open": "恢复",
        "fund": "存钱进去",
    }  # fmt: skip
    business = (
        choice("action", "办什么", actions) + field("account", "账号")
        + field("name", "户名（开户用）") + field("amount_fen", "金额（分，存钱用）")
    )  # fmt: skip
    credit = (
        field("account", "进哪个账号") + field("amount_fen", "金额（分）")
        + field("name", "对方户名") + field("from_account", "对方账号（可空）")
        + field("remittance", "附言", look="long")
        + choice("kind", "什么钱", {"CREDIT": "别人汇来的", "INTEREST": "利息",
                                 "FEE": "手续费（扣）", "SMS_FEE": "短信费（扣）"})
    )  # fmt: skip
    folded = fold("办业务", "开户、销户、冻结、存钱", form("account", business, "办理"))
    folded += fold("外面来一笔钱", "没有业务号的进账，或者扣费", form("credit", credit, "记上"))
    say = f"一共{state['account_count']}个，这里最多列40个。"
    return section("accounts", "账户", say, body + folded)


def _entries_part(state: dict[str, Any]) -> str:
    found = [
        (
            _time(row["booked_at"]), MONEY.get(row["kind"], row["kind"]), row["account"],
            money(row["amount_fen"]) if row["amount_fen"] > 0 else "",
            money(-row["amount_fen"]) if row["amount_fen"] < 0 else "",
            row["party_name"], row["remittance"], row["e2e_id"],
        )
        for row in state["entries"]
    ]  # fmt: skip
    heads = ("时间", "什么", "账号", "#进（元）", "#出（元）", "对方", "附言", "业务号")
    body = table("最近30笔", heads, found, "还没有账。")
    link = '<p><a href="/_ctl/ledger.json">全部的账（JSON，带报文里看不到的业务号）</a></p>'
    return section("entries", "真账", "钱到底动了没有，以这里为准。", body + link)


def _messages_part(state: dict[str, Any]) -> str:
    found = [
        (
            _time(row["at"]), row["what"], row["key"], row["outcome"], Figure(f"{row['bytes']:,}"),
            Html(f'<a href="/_ctl/messages/{row["id"]}">看第{row["id"]}次</a>'),
        )
        for row in state["messages"]
    ]  # fmt: skip
    heads = ("时间", "报文", "批号或账号", "答了什么", "#字节", "原文")
    body = table("最近30次", heads, found, "还没有人来过。")
    link = '<p><a href="/_ctl/audit.jsonl">下载全部来往原文（每行一条）</a></p>'
    return section("messages", "来往报文", "收到的和答出去的，一个字节不少。", body + link)


def _events_part(state: dict[str, Any]) -> str:
    found = [
        (
            str(row["id"]), _time(row["made_at"]), _went(row), Figure(row["tries"]),
            Figure(f"{row['bytes']:,}"),
        )
        for row in state["pushes"]
    ]  # fmt: skip
    heads = ("第几件", "几时的事", "送到了没有", "#送了几次", "#字节")
    told = [state["settings"].get(name) for name in ("push_url", "direct_push_url")]
    urls = "、".join(escape(str(url)) for url in told if url)
    say = f"推送到 {urls}" if urls else "没有定推送地址，不推。在“规矩”里定。"
    return section("events", "推送", say, table("最近30件", heads, found, "还没有要推的。"))


def _went(row: dict[str, Any]) -> str:
    fault = f"（{KINDS[row['fault']].title}）" if row["fault"] in KINDS else ""
    if row["outcome"]:
        words = "不送了" if row["outcome"] == "NEVER" else f"完了，对方答{row['outcome']}"
        return words + fault
    return (f"还没有，上回{row['last']}" if row["last"] else "还没有") + fault


def _cards_part(state: dict[str, Any]) -> str:
    found = [
        (
            row["holder"], row["card"], "可用" if row["is_open"] else "已停",
            money(row["limit_fen"]), money(row["owed_fen"]),
            "，".join(f"{bill['due']}前还{yuan(bill['amount_fen'])}" for bill in row["bills"]),
        )
        for row in state["cards"]
    ]  # fmt: skip
    heads = ("持卡人", "卡号", "状态", "#额度（元）", "#欠（元）", "几时还")
    body = table("村务卡", heads, found, "还没有发卡。")
    spend = (
        field("card", "卡号") + field("amount_fen", "金额（分）") + field("merchant", "商户")
        + field("mcc", "商户类别码", "5943", look="short")
        + choice("kind", "什么", {"PURCHASE": "刷卡", "CASH": "取现", "REFUND": "退货",
                                "FEE": "息费"})
    )  # fmt: skip
    issue = (
        field("card", "卡号") + field("holder", "持卡人") + field("limit_fen", "额度（分）")
        + field("bill_day", "账单日", "5", look="short")
        + field("due_day", "还款日", "25", look="short")
    )  # fmt: skip
    folded = fold("刷一笔", "在哪里花了多少", form("card-spend", spend, "刷"))
    folded += fold("发卡", "发一张，或者改额度", form("card", issue, "发"))
    return section("cards", "村务卡", "还款就是往卡号付一笔钱。", body + folded)


def message_page(row: dict[str, Any]) -> bytes:
    """One message with the raw bytes of what came and what went."""
    parts = ""
    for name, title in (("request", "收到的"), ("reply", "答出去的")):
        raw = bytes(row[name])
        shown = raw[:20_000].decode("utf-8", "replace")
        cut = "<p>太长，只显示前面一段，全部请下载。</p>" if len(raw) > len(raw[:20_000]) else ""
        link = f'<a class="btn" href="/_ctl/messages/{row["id"]}/{name}">下载{len(raw):,}字节</a>'
        body = f'<pre tabindex="0">{escape(shown) or "（空）"}</pre>{cut}<p>{link}</p>'
        parts += section(name, title, "", body)
    lead = (
        f"{_time(row['at'])}，{escape(str(row['what']))}，{escape(str(row['key']))}，"
        f'答了{escape(str(row["outcome"]))}。<a href="/_ctl/#messages">回控制台</a>'
    )
    return page(f"第{row['id']}次来往", lead, parts)


def sorry_page(problem: str) -> bytes:
    """What a form says when it cannot be done."""
    body = (
        f'<div class="alarm" role="alert"><p>{escape(problem)}</p></div>'
        '<p><a class="btn" href="/_ctl/">回控制台重填</a></p>'
    )
    return page("这样办不了", "什么都没有变。", body)


def _time(at_ms: int) -> str:
    return iso_time(at_ms)[5:19].replace("T", " ")
