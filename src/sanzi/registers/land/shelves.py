"""What the room puts on the shelf: members, homesteads, land that was taken, land contracts."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Coalesce

from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.orgs.models import Person
from sanzi.payments.queries import payees
from sanzi.registers.land import queries, rules
from sanzi.registers.land.models import (
    Compensation,
    Homestead,
    LandContract,
    LandTaking,
    Membership,
    Row,
    Step,
)

GROUP = "土地和成员"
KINDS = {"join": "确认为成员", "leave": "不再是成员"}
GROUNDS = {
    "birth": "成员家里出生", "marriage": "因为结婚", "adoption": "收养", "settlement": "政策性移民",
    "death": "去世", "nationality": "失去国籍", "other_member": "已是别处的成员",
    "civil_servant": "已是公务员", "waiver": "自愿退出",
}  # fmt: skip
CLASSES = {"farmland": "耕地", "other": "其他土地", "waste": "荒山荒坡"}


def put_registers() -> None:
    """Put the registers of the room on the shelf; called once from `apps.ready`."""
    for one in (MEMBERS, PLOTS, TAKINGS, CONTRACTS):
        shelf.put(one)


def _rows(model: type[Row], *related: str) -> Any:
    found = model._default_manager.select_related("organisation", *related)  # noqa: SLF001
    return found.order_by("-submitted_at", "-pk")


def _states(*steps: Step) -> tuple[tuple[str, str], ...]:
    return tuple((one.value, str(one.label)) for one in steps)


def _lines(one: LandTaking) -> Any:
    paid = payees.paid_at(queries.KIND, "taking__case_number")
    found = one.lines.select_related("person").annotate(got_at=Coalesce("paid_at", paid))
    return found.order_by("pk")


def _head_of(one: Homestead | LandContract) -> str:
    """Return a household by its head's name."""
    home = one.household
    if home is None:
        return ""
    head = Person.objects.filter(ext_id=home.head_person_ext_id).values_list("name", flat=True)
    return f"{head.first() or home.ext_id}户"


def _square_metres(centi: int | None) -> str:
    return "" if centi is None else f"{centi / 100:g}平方米"


def _quantity(one: Compensation) -> str:
    return f"{one.quantity_milli / 1000:g}{one.unit}"


def _owner(one: Compensation) -> str:
    return one.person.name if one.person else "集体"


MEMBERS = Register(
    key="membership",
    title="成员身份",
    sub="谁加入、谁退出，哪次成员大会定的。",
    group=GROUP,
    rows=lambda: _rows(Membership, "person"),
    head="person.name",
    line=("kind", "ground"),
    search=("person__name__icontains",),
    states=_states(
        Step.REQUESTED, Step.CHECKED, Step.DECIDED, Step.SHOWN, Step.CLOSED, Step.REFUSED,
        Step.ENDED,
    ),
    columns=(
        Column("kind", "办什么", lambda one: KINDS.get(one.kind, one.kind)),
        Column("ground", "理由", lambda one: GROUNDS.get(one.ground, one.ground)),
        Column("submitted", "申请", "submitted_at", "moment"),
        Column("checked", "初审", "checked_at", "moment"),
        Column("decided", "表决", "decided_at", "moment"),
        Column("accepted", "同意", "is_accepted", "yes_no"),
        Column("shown", "公示到", "publicity_end_date", "day"),
        Column("objection", "意见", "objection"),
        Column("filed", "备案", "filed_at", "moment"),
        Column("file_no", "备案号", "file_no"),
    ),
)  # fmt: skip

PLOTS = Register(
    key="homestead",
    title="宅基地",
    sub="哪一户、批了多少、建了多少、镇里到场几次。",
    group=GROUP,
    rows=lambda: _rows(Homestead, "household"),
    head=_head_of,
    line=("place", "area"),
    search=("place__icontains", "household__ext_id"),
    states=_states(
        Step.REQUESTED, Step.DISCUSSED, Step.SHOWN, Step.ACCEPTED, Step.APPROVED, Step.BUILT,
        Step.CLOSED, Step.ENDED,
    ),
    columns=(
        Column("place", "在哪里", "place"),
        Column("land_class", "占什么地", lambda one: CLASSES.get(one.land_class, "")),
        Column("area", "批多少", lambda one: _square_metres(one.area_m2_centi)),
        Column("built", "建多少", lambda one: _square_metres(one.built_m2_centi)),
        Column("submitted", "申请", "submitted_at", "moment"),
        Column("discussed", "小组同意", "group_agreed_at", "moment"),
        Column("shown", "公示到", "publicity_end_at", "moment"),
        Column("visit_1", "第一次到场", "site_visit_1_at", "moment"),
        Column("approved", "批准", "approved_at", "moment"),
        Column("visit_2", "第二次到场", "site_visit_2_at", "moment"),
        Column("visit_3", "第三次到场", "site_visit_3_at", "moment"),
        Column("returned", "老宅退回", "old_site_returned_at", "moment"),
        Column("certificate", "证号", "certificate_no"),
    ),
)  # fmt: skip

TAKINGS = Register(
    key="land_taking",
    title="征地补偿",
    sub="哪个项目、清点了什么、谁领多少、集体的份怎么用。",
    group=GROUP,
    rows=lambda: _rows(LandTaking),
    head="project_name",
    line=("notice_no",),
    amount="total",
    search=("project_name__icontains", "notice_no__icontains"),
    states=_states(
        Step.REQUESTED, Step.SURVEYED, Step.SHOWN, Step.PLANNED, Step.APPROVED, Step.FUNDED,
        Step.CLOSED, Step.ENDED,
    ),
    columns=(
        Column("notice_no", "预公告", "notice_no"),
        Column("total", "名册合计", queries.total_fen, "money"),
        Column("notice", "预公告到", "notice_end_date", "day"),
        Column("roster", "名册公示到", "roster_end_date", "day"),
        Column("plan", "方案公告到", "plan_end_date", "day"),
        Column("objection", "意见", "objection"),
        Column("approved", "批准", "approved_at", "moment"),
        Column("funded", "到账", "fund_received_at", "moment"),
        Column("fund", "到账金额", "fund_fen", "money"),
    ),
    parts=(
        Part(
            key="lines",
            title="补偿名册",
            columns=(
                Column("owner", "谁的", _owner),
                Column("parcel", "地块", "parcel_id"),
                Column("kind", "哪一类", lambda one: rules.OBJECTS.get(one.kind, one.kind)),
                Column("quantity", "数量", _quantity),
                Column("price", "单价", "unit_price_fen", "money"),
                Column("amount", "金额", "amount_fen", "money"),
                Column("paid", "到账", "got_at", "moment"),
            ),
            rows=_lines,
            empty="还没清点。",
        ),
        Part(
            key="surveys",
            title="现场清点",
            columns=(
                Column("at", "什么时候", "surveyed_at", "moment"),
                Column("people", "到场", "attendee_count", "number"),
                Column("third_party", "第三方", "has_third_party", "yes_no"),
                Column("signed", "权利人签字", "has_owner_sign", "yes_no"),
                Column("photos", "照片", "photo_count", "number"),
            ),
            rows=lambda one: one.surveys.order_by("surveyed_at", "pk"),
            empty="还没清点。",
        ),
    ),
)  # fmt: skip

CONTRACTS = Register(
    key="land_contract",
    title="土地发包",
    sub="哪块地包给谁、多久、一年多少钱。",
    group=GROUP,
    rows=lambda: _rows(LandContract, "household", "counterparty"),
    head="parcel_id",
    line=("holder", "use"),
    amount="fee",
    search=("parcel_id__icontains", "counterparty__name__icontains"),
    states=_states(
        Step.REQUESTED, Step.SHOWN, Step.DECIDED, Step.APPROVED, Step.SIGNED, Step.CLOSED,
        Step.ENDED,
    ),
    columns=(
        Column(
            "holder", "包给谁",
            lambda one: one.counterparty.name if one.counterparty else _head_of(one),
        ),
        Column("use", "什么地", lambda one: rules.USES.get(one.land_use, one.land_use)),
        Column("area", "多少亩", lambda one: f"{one.area_mu_centi / 100:g}亩"),
        Column("fee", "一年多少", "fee_fen_year", "money"),
        Column("start", "开始", "start_date", "day"),
        Column("end", "到期", "end_date", "day"),
        Column("shown", "方案公布到", "scheme_end_date", "day"),
        Column("credit", "查过资信", "has_credit_check", "yes_no"),
        Column("approved", "镇里同意", "approved_at", "moment"),
        Column("signed", "签合同", "signed_date", "day"),
        Column("registered", "登记", "registered_at", "moment"),
    ),
)  # fmt: skip
