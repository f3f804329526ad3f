"""Invented content for the two galleries. Every person, village and figure here is made up."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.safestring import mark_safe

from sanzi.interfaces.look.parts import (
    Cell,
    CheckCount,
    Choice,
    Column,
    Count,
    Event,
    Evidence,
    Fact,
    Frame,
    ItemRow,
    Ledger,
    Link,
    Note,
    PortalItem,
    PortalStep,
    RailItem,
    Row,
    Spending,
    Step,
    Tab,
    Tier,
)

RAIL = (
    RailItem("todo", "待办", "inbox", "#todo", 9),
    RailItem("matters", "办事", "file-pencil", "#matters"),
    RailItem("books", "账务", "notebook", "#books"),
    RailItem("alerts", "预警", "alert-hexagon", "#alerts", 4),
    RailItem("assets", "资产", "home-dollar", "#assets"),
    RailItem("open", "公开", "speakerphone", "#open"),
)
BASIS = "本县小额资金使用办法第八条：收款人应与银行登记户名一致。"


class SampleForm(forms.Form):
    """A payment form with one field wrong, to show every kind of field."""

    purpose = forms.CharField(label="做什么用")
    account = forms.ChoiceField(label="科目", choices=[("a", "应付款 / 代收代付土地租金")])
    source = forms.ChoiceField(label="用哪笔钱", choices=[("a", "绿源公司租金（已到账）")])
    amount = forms.CharField(label="合计金额")
    payees = forms.FileField(label="收款名单", required=False)
    reason = forms.CharField(label="放行要写理由，理由会公开", widget=forms.Textarea)
    code = forms.CharField(label="验证码")
    phone = forms.CharField(label="经办人电话", error_messages={"required": "没有填"})


def sample_form() -> SampleForm:
    """Return the bound form."""
    return SampleForm(
        {
            "purpose": "2026年土地流转租金，付给352户",
            "account": "a",
            "source": "a",
            "amount": "365,100.00",
            "reason": "10月8日村民代表会议已同意调增1万元，决议在凭据里。",
            "code": "402913",
            "phone": "",
        }
    )


def payee_ledger() -> Ledger:
    """Return the rows of a payee list that somebody must look at."""
    columns = (
        Column("行"),
        Column("户主"),
        Column("亩", "money"),
        Column("金额（元）", "money"),
        Column("账户"),
        Column("核对"),
    )
    rows = (
        Row(
            (
                "117",
                "王*芳",
                "1.85",
                "1,110.00",
                "尾号0926",
                Cell("户名是王*强", severity="block", tone="alarm"),
            ),
            tone="alarm",
        ),
        Row(("41", "孙*根", "2.10", "1,260.00", "尾号3381", Cell("同一账号", severity="hold"))),
        Row(("42", "赵*妹", "1.40", "840.00", "尾号3381", Cell("同一账号", severity="hold"))),
        Row(("203", "周*海", "3.20", "1,920.00", "尾号7715", Cell("多1.10亩", severity="warn"))),
        Row(
            (
                Cell("其余348户都通过", tone="quiet", span=2),
                "599.95",
                "359,970.00",
                "",
                Cell("展开", url="#all"),
            )
        ),
    )
    total = Row((Cell("合计 352户", span=2), "608.50", "365,100.00", "", ""))
    return Ledger("名单中要看的行", columns, rows, total)


def period_ledger() -> Ledger:
    """Return how far each village is with its month."""
    names = ("凭证", "付款", "录入", "对账", "结账", "公开")
    columns = (Column("村"), *(Column(name, "mid") for name in names), Column("说明"))
    done, ahead = Cell("", tone="done"), Cell("", tone="ahead")
    late, busy = Cell("逾期2天", tone="late"), Cell("办理中", tone="busy")
    lines: Sequence[tuple[str, Sequence[Cell | str], str]] = (
        ("柳湾村", ("3", "1", done, done, done, done), "11月10日公开"),
        ("石桥村", ("5", "2", done, done, busy, ahead), "等村监会主任"),
        ("新塘村", ("4", "0", done, late, ahead, ahead), "差1笔 4,320.00"),
        ("上渡村", ("0", "0", done, done, done, done), "11月9日公开"),
        ("大坪村", ("7", "0", late, ahead, ahead, ahead), "9月30日后没有新单"),
        ("双桥村", ("0", "0", done, done, done, done), "11月7日公开"),
    )
    rows = [
        Row((Cell(name, url="#v"), *cells, note), tone="chosen" if name == "石桥村" else "")
        for name, cells, note in lines
    ]
    return Ledger("各村10月走到哪", columns, rows, is_row_headed=True)


def voucher_ledger() -> Ledger:
    """Return the entries of one voucher."""
    columns = (Column("科目"), Column("借方", "money"), Column("贷方", "money"))
    rows = (
        Row((Cell("公益支出", sub="老年食堂"), "6,300.00", "")),
        Row((Cell("管理费用", sub="电费"), "1,486.20", "")),
        Row((Cell("银行存款", sub="农商行 尾号5506"), "", "7,786.20")),
    )
    return Ledger("记字第112号分录", columns, rows, Row(("合计", "7,786.20", "7,786.20")))


def chain() -> list[Step]:
    """Return an approval chain of the highest tier."""
    return [
        Step("报账员", person="吴*芬", when="正在填", place="now"),
        Step("村委委员", when="1天"),
        Step("村监会主任", when="1天"),
        Step("村书记", when="1天"),
        Step("镇农经负责人", when="2天", tag="因金额加"),
        Step("镇长", when="2天", tag="因金额加"),
        Step("银行付款", when="当天"),
    ]


def course() -> list[Step]:
    """Return a case's history as the next approver sees it."""
    return [
        Step("村报账员", "12日 16:40", "done", "吴*芬", "发起，附5份凭据"),
        Step("村监会主任", "13日 09:20", "done", "李*明", "现场看过，23盏都亮"),
        Step("代理中心会计", "13日 10:50", "back", "", "退回过一次：验收单少一个签名"),
        Step("我：镇农经负责人", "", "now", "", "15日17:30前办，还剩2天"),
    ]


def evidence() -> list[Evidence]:
    """Return four pieces of evidence."""
    return [
        Evidence("发票", "已查验", "#e1"),
        Evidence("修后照片", "10月10日", "#e2"),
        Evidence("验收单", "3人签", "#e3"),
        Evidence("三家报价", "9月27日", "#e4"),
    ]


def events() -> list[Event]:
    """Return the course of an alert."""
    return [
        Event("10月26日 16:08", "付款前核对停住3笔", "，夜间又查到9月3笔，并成一条", "new"),
        Event("10月27日 08:30", "派给清河镇农经站", "，5个工作日内处置", "pending"),
        Event("10月30日 15:40", "电话核实", "：赵*妹说只拿到800元，应得1,080元"),
        Event("11月3日 17:30", "处置到期", "，过了就转镇纪委", "due"),
    ]


def notes() -> list[Note]:
    """Return one margin note of each strength that asks for something."""
    return [
        Note(
            "block",
            "填的是王*芳，银行登记的户名是王*强。请改成王*芳本人的账户。",
            "第117行不能付。",
            Link("改这一行", "#row117"),
            BASIS,
        ),
        Note(
            "hold",
            "两户不在一个户口本上，却用同一个账号。",
            "第41、42行先停一停。",
            Link("补授权书", "#row41"),
        ),
        Note("warn", "第203行比去年多1.10亩，和合同附表一致，可以提交。"),
    ]


def office() -> dict[str, Any]:
    """Return what the office gallery shows."""
    return _desk() | _books() | _payment() | _alert() | _list()


def _desk() -> dict[str, Any]:
    """Return the frame and the head of the accountant's desk."""
    return {
        "frame": Frame(RAIL, "books", "沈*琴", "会计，管14村", "#find", ACCOUNT_LINKS),
        "crumbs": [Link("清河镇代理中心", "#"), Link("样张", "")],
        "head_links": [
            Link("导入银行对账单", "#import", "building-bank"),
            Link("连续复核凭证", "#review", "checks", is_primary=True),
        ],
        "counts": [
            Count("3", "个村逾期", "新塘、大坪、河口", "#late", is_hot=True),
            Count("31", "张凭证待复核", "最早一张等了1天", "#vouchers"),
            Count("8", "件付款待审", "合计412,806.40元", "#payments"),
            Count("4", "条预警要说明", "2条今天到期", "#alerts"),
        ],
        "sayings": [
            ("success", "已交给村委委员高*林，他要在11月13日17:30前办。"),
            ("warning", "加上这笔，今年维护费用到82,640元，超预算2,640元。有调整决议就附上。"),
            ("error", "9月的账已经结了，改不了。要改，请在10月做一张冲销凭证。"),
        ],
    }


def _books() -> dict[str, Any]:
    """Return the form, the tables and the voucher."""
    return {
        "form": sample_form(),
        "passed_note": [Note("pass", "10月28日到账365,100.00元，和这次要付的相等。")],
        "notes": notes(),
        "payee_ledger": payee_ledger(),
        "period_ledger": period_ledger(),
        "voucher_ledger": voucher_ledger(),
        "sources": [Link("办件2件", "#c"), Link("银行流水2条", "#b"), Link("发票2张", "#i")],
        "findings": [
            Note("pass", "借贷相等，和银行流水一分不差"),
            Note("warn", "食堂这月用餐612人次，比上月多三成"),
        ],
    }


def _payment() -> dict[str, Any]:
    """Return the chain, the checks and the evidence of a payment."""
    return {
        "tiers": [
            Tier("1万以下", "past"),
            Tier("1至5万", "past"),
            Tier("5至20万", "past"),
            Tier("20万以上", "now"),
        ],
        "chain": chain(),
        "course": course(),
        "checks": [CheckCount("pass", 10), CheckCount("hold", 1), CheckCount("block", 0)],
        "passed": ["发票没有报过", "收款户名和银行一致", "经办人不在收款名单里"],
        "hold_note": Note(
            "hold",
            "预算80,000元，已付64,000元，加上这笔是82,640元，超出2,640元。",
            "付了这笔，今年的维护费就超预算了",
            Link("看预算和已付的6笔", "#budget"),
        ),
        "evidence": evidence(),
    }


def _alert() -> dict[str, Any]:
    """Return one alert."""
    return {
        "events": events(),
        "track": [
            ("NEW", "10月26日", False, True),
            ("PENDING", "现在", True, True),
            ("DISPOSED", "还没有", False, False),
        ],
        "laws": [
            Fact("《保障农民工工资支付条例》第十一条", "工资应当支付给农民工本人。"),
            Fact("县定参数，2026年1月1日起", "180天内两户共用一个账户，就暂缓。"),
        ],
        "choices": [
            Choice("upheld", "认定属实，责令整改", "停住的3笔改付本人", is_chosen=True),
            Choice("explained", "合规说明", "同户或有授权书，放行3笔"),
            Choice("false", "误报", "规则或数据有错"),
        ],
        "facts": [
            Fact("付给", "清河镇明亮电器店"),
            Fact("账户", "农商行 尾号5506", "#account"),
            Fact("合计", "18,640.00元", is_sum=True),
        ],
    }


def _list() -> dict[str, Any]:
    """Return a to-do list and the small parts."""
    return {
        "tabs": [
            Tab("等我办", "#1", "9", is_current=True),
            Tab("我办过的", "#2", "41"),
            Tab("全部", "#3"),
        ],
        "rows": [
            ItemRow(
                "柳湾村 付给352户土地流转租金",
                "#r1",
                "报账员吴*芬，11月12日交来",
                "365,100.00",
                "今天17:30前",
                is_late=True,
                icon="receipt",
            ),
            ItemRow(
                "石桥村 修路灯23盏",
                "#r2",
                "暂缓1项：超预算2,640元",
                "18,640.00",
                "还剩2天",
                severity="hold",
            ),
            ItemRow("下渡村 三人工钱进了同一个账户", "#r3", "AL021", "7,560.00", state="PENDING"),
        ],
        "page": Paginator(range(47), 20).page(2),
        "next_link": Link("去账桌看看", "#desk"),
        "lacking": Link("还差1处：第117行", "#row117"),
        "change": Link("换一份", "#upload"),
        "states": ["NEW", "PENDING", "DISPOSED", "SUSPENDED"],
        "severities": ["block", "hold", "warn", "pass"],
    }


ACCOUNT_LINKS = (
    Link("改密码", "#password", "lock"),
    Link("验证器", "#mfa", "device-mobile"),
    Link("退出", "#logout", "logout"),
)


def portal() -> dict[str, Any]:
    """Return what the portal gallery shows."""
    return _village() | _item() | _talk()


def _village() -> dict[str, Any]:
    """Return a village page."""
    amounts = (
        ("路灯、水渠修理", 6_238_000),
        ("打扫卫生", 3_120_000),
        ("老年食堂、帮困", 2_460_000),
        ("办公、水电", 1_219_650),
    )
    return {
        "home_url": "#home",
        "back": Link("柳湾村10月的账", "#back"),
        "in_fen": 18_640_000,
        "out_fen": 14_930_000,
        "left_fen": 124_150_000,
        "all_link": Link("看每一笔，共47笔", "#all"),
        "door": Link("我家的钱", "#household", "home"),
        "spending": [Spending(word, fen, amounts[0][1], "#use") for word, fen in amounts],
        "items": [
            PortalItem(
                "东塘对外出租，租期5年",
                "#d1",
                "底价每年3.2万元，公开竞价",
                due="提意见还剩3天，到11月15日",
            ),
            PortalItem(
                "三组到四组的水渠",
                "#w1",
                "合同9.86万元，已付4.93万元",
                "正在施工，修好410米，共680米",
                done=3,
                whole=6,
                now="正在施工",
            ),
        ],
        "asks": [
            (Link("问村里", "#ask", "message-question"), "5个工作日内回答，人人能看"),
            (Link("悄悄反映", "#report", "mail"), "村里看不到，镇纪委收"),
        ],
    }


def _item() -> dict[str, Any]:
    """Return one payment as villagers see it."""
    people = (
        Fact("村委委员 高*林", "情况属实"),
        Fact("村监会主任 李*明", "23盏都亮"),
        Fact("村书记 陈*平", "同意"),
    )
    return {
        "amount_fen": 1_864_000,
        "facts": [
            Fact("付给", "清河镇明亮电器店"),
            Fact("在哪里", "四组、五组主路"),
            Fact("怎么定", "三家比价，这家最低"),
        ],
        "steps": [
            PortalStep("申请", "10月12日", "报账员吴*芬填单，附发票和照片"),
            PortalStep(
                "审核",
                "10月13日",
                "3个人先后同意，用了5小时",
                people=people,
                people_label="谁审的，说了什么",
            ),
            PortalStep("支付", "10月13日", "银行直接转给店家，不经村干部的手"),
            PortalStep("入账", "今天", "会计正在记账", "now"),
            PortalStep("公开", "11月10日前", "村务监督委员会审核后公布", "ahead"),
        ],
        "evidence": evidence(),
        "ask": Link("公开问一句", "#ask"),
        "report": Link("悄悄反映", "#report"),
        "qr": mark_safe(QR),  # noqa: S308 - the fixed drawing below
        "code_groups": ["7K4M", "92QD", "L8XT"],
        "verify": Link("自己验一验", "#verify"),
    }


def _talk() -> dict[str, Any]:
    """Return the form to ask, the lists and the footer."""
    return {
        "form": sample_form(),
        "choices": [
            Choice("open", "写上我的名字", "村里能看到", is_chosen=True),
            Choice("quiet", "不写名字"),
        ],
        "ledger": Ledger(
            "10月的几笔",
            (Column("日子"), Column("做什么"), Column("元", "money")),
            (
                Row(("10月13日", Cell("修路灯23盏", url="#p1"), "18,640")),
                Row(("10月20日", Cell("清水渠", url="#p2"), "9,300")),
            ),
            Row((Cell("合计", span=2), "27,940")),
        ),
        "rows": [
            ItemRow("土地租金", "#h1", "11月3日到尾号0018", "1,110元"),
            ItemRow("粮食补贴", "#h2", "9月20日到尾号0018", "640元"),
        ],
        "tabs": [Tab("10月", "#10", is_current=True), Tab("9月", "#9"), Tab("8月", "#8")],
        "page": Paginator(range(47), 20).page(2),
        "footer_links": [
            Link("村里的房屋、鱼塘、山林", "#assets", "building-store"),
            Link("村里能办的36件事", "#power", "list-check"),
            Link("不会用手机？打 555 0121", "tel:5550121", "phone"),
        ],
        "reviewed": "村务监督委员会主任李*明已审核。下次公布12月10日。",
        "sayings": ["您的话已收到，编号0417。村干部看不到。镇纪委15天内告诉您怎么办的。"],
    }


# A drawing in the place of a real code: it stands for the square, it cannot be scanned.
QR = (
    '<svg viewBox="0 0 21 21" shape-rendering="crispEdges" aria-hidden="true">'
    '<path stroke="#15201B" stroke-dasharray="2 1 1 2 3 1 1 1" d="M0 .5h21M0 3.5h21M0 6.5h21'
    'M2 9.5h19M1 12.5h20M0 15.5h21M3 18.5h18"/></svg>'
)
