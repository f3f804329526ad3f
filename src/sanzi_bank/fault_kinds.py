"""Every fault that this bank can have: where it strikes, its words, and its arguments.

The same table stands in docs/how-to/use-the-sandbox-bank.md, on the control page, and in the
tests, which strike with each of them through the HTTP door.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    `where` names the place in the program that asks for it, `group` the part of the control
    page. `args` are its arguments with the values taken where none is given. A standing fault
    is not used up by striking: it is so until it is switched off.
    """

    group: str
    where: str
    title: str
    effect: str
    args: dict[str, object] = field(default_factory=dict)
    is_standing: bool = False


GROUPS = {
    "send": "送付款",
    "query": "问结果",
    "line": "逐笔",
    "door": "证书和账户",
    "statement": "对账单",
    "day": "日终自己记的账",
    "report": "余额、通知和核验",
    "push": "主动推送",
    "clock": "时钟",
    "sms": "短信",
    "tax": "税局查验",
}
ARGUMENTS = {
    "minutes": "几分钟后",
    "seconds": "几秒",
    "days": "几天后",
    "ticks": "几次以后",
    "code": "代码",
    "from_line": "从第几笔起",
    "with_e2e": "带不带业务号",
    "plain": "只写在附言里",
    "fee_fen": "另扣手续费（分）",
    "amount_fen": "金额（分）",
}

KINDS = {
    "reply_lost": Kind("send", "submit", "回话丢了", "款照付，连接断开，不给回话。"),
    "request_lost": Kind("send", "submit", "报文丢了", "没收到，没付，连接断开。"),
    "queued": Kind("send", "submit", "排队，晚点办", "先答处理中，过一会儿才付。",
                   {"minutes": 10}),
    "queued_silent": Kind("send", "submit", "前置机压住", "不给回话，查不到，过一会儿才付。",
                          {"minutes": 10}),
    "error_before": Kind("send", "submit", "付款前出错", "答503，没付。"),
    "error_after": Kind("send", "submit", "付款后出错", "答500，其实付了。"),
    "slow": Kind("send", "submit", "回得慢", "付了，过很久才回话。", {"seconds": 30}),
    "slow_drip": Kind("send", "submit", "回话一点一点来", "付了，回话几个字节几个字节地来。",
                      {"seconds": 30}),
    "bad_signature": Kind("send", "submit", "回话签名不对", "付了，回话的签名验不过。"),
    "garbled": Kind("send", "submit", "回话残缺", "付了，回话断了半截。"),
    "strict_duplicate": Kind("send", "submit", "重发一律拒", "同一个批号再来，一律答重复。"),
    "refuse_from": Kind("send", "order", "付到一半不付了", "从某一笔起，后面的都拒。",
                        {"from_line": 3, "code": "AM04"}),
    "query_not_visible": Kind("query", "query", "查询还看不到", "已经办了，查询先答没有。"),
    "query_outage": Kind("query", "query", "查询停了", "查询答503。"),
    "query_bad_signature": Kind("query", "query", "查询签名不对", "查询的回话签名验不过。"),
    "reject": Kind("line", "line", "当场拒付", "这一笔当场退回。", {"code": "MS03"}),
    "delay": Kind("line", "line", "晚点入账", "先答已受理，过一会儿才入账。", {"minutes": 10}),
    "pending": Kind("line", "line", "问几次才入账", "答处理中，问过几次才入账，日终一定入账。",
                    {"ticks": 2}),
    "late_reject": Kind("line", "line", "先收后拒", "先答已受理，过一会儿拒付。",
                        {"minutes": 5, "code": "AC04"}),
    "return": Kind("line", "line", "次日退汇", "付出去，第二天十点退回来。",
                   {"days": 1, "code": "BE01", "with_e2e": False, "plain": False,
                    "fee_fen": 0}),
    "cert_expired": Kind("door", "door", "客户证书过期", "什么都不办，答证书过期。",
                         is_standing=True),
    "cert_unknown": Kind("door", "door", "客户证书没登记", "什么都不办，答不认识这张证书。",
                         is_standing=True),
    "account_off": Kind("door", "account", "账户停了直连", "这个账户不付款，也查不了账。",
                        is_standing=True),
    "statement_late": Kind("statement", "statement", "对账单晚到", "日终了，对账单还没出。"),
    "statement_gap": Kind("statement", "number", "对账单跳号", "这一份的编号多跳了一号。"),
    "statement_broken": Kind("statement", "content", "对账单加不平", "少列一笔，余额没少。"),
    "statement_opening": Kind("statement", "content", "期初接不上", "期初和期末都多了一分钱。"),
    "statement_corrected": Kind(
        "statement", "content", "对账单更正", "先出的少列一笔进账，过一会儿出更正的。",
        {"minutes": 60}),
    "statement_currency": Kind("statement", "content", "夹着外币", "多列一行外币，不算进余额。",
                               {"code": "USD"}),
    "fee_line": Kind("day", "day", "扣手续费", "日终从账上扣一笔手续费。", {"amount_fen": 1000}),
    "sms_fee_line": Kind("day", "day", "扣短信服务费", "日终从账上扣一笔短信服务费。",
                         {"amount_fen": 200}),
    "interest_line": Kind("day", "day", "结息", "日终给账上加一笔利息。", {"amount_fen": 1234}),
    "stray_credit": Kind("day", "day", "来路不明的钱", "日终进一笔没有业务号的钱。",
                         {"amount_fen": 50_000}),
    "report_outage": Kind("report", "report", "通知和余额停了", "到账通知、余额答503。"),
    "check_outage": Kind("report", "check", "户名核验停了", "户名核验答503。"),
    "receipt_late": Kind("report", "receipt", "回单晚出", "电子回单还没有出。"),
    "receipt_outage": Kind("report", "receipt", "回单停了", "取电子回单答503。"),
    "check_answer": Kind("report", "name", "核验答别的", "这个账号的核验一律答这个代码。",
                         {"code": "NORR"}),
    "push_twice": Kind("push", "push", "推两遍", "送到了，同一件再送一遍。"),
    "push_never": Kind("push", "push", "不推了", "这一件永远不送。"),
    "push_late": Kind("push", "push", "晚推", "过这么久（银行的钟）才送。", {"minutes": 30}),
    "push_out_of_order": Kind("push", "push", "推乱了次序", "等后面的一件先送到，再送这一件。"),
    "push_forged": Kind("push", "push", "有人冒充", "先有别人用自己的密钥送一件假的，说没付成。"),
    "push_bad_signature": Kind("push", "push", "推送签名不对", "头一遍签名验不过，再送才对。"),
    "push_replayed": Kind("push", "push", "有人重放", "送到了，过这么久把原来的字节再送一遍。",
                          {"minutes": 10}),
    "clock_skew": Kind("clock", "clock", "银行的钟不准", "回话里的时间快（负数是慢）这么多秒。",
                       {"seconds": 300}, is_standing=True),
    "sms_outage": Kind("sms", "sms", "短信停了", "短信网关答503。"),
    "sms_reply_lost": Kind("sms", "sms", "短信回话丢了", "短信发了，没有回话。"),
    "tax_outage": Kind("tax", "tax", "查验停了", "发票查验答503。"),
    "tax_captcha": Kind("tax", "tax", "查验要验证码", "发票查验答要验证码，不算一次。"),
    "tax_no_reply": Kind("tax", "tax", "查验没有回话", "发票查验断开连接。"),
}  # fmt: skip
