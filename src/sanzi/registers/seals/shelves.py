"""What the room puts on the shelf: seals, their uses, what machines told, the service desk."""

from __future__ import annotations

from typing import Any

from sanzi.kernel import masking
from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.registers.seals.models import (
    EventKind,
    Seal,
    SealDeviceEvent,
    SealState,
    SealUse,
    Service,
    ServiceStatus,
    UseStatus,
)
from sanzi.registers.seals.queries import SEE

GROUP = "公章"


def put_registers() -> None:
    """Put the registers of the room on the shelf; called once from `apps.ready`."""
    for register in (SEALS, USES, EVENTS, SERVICES):
        shelf.put(register)


def _seals() -> Any:
    return Seal.objects.select_related("organisation", "keeper").order_by("division_code", "pk")


def _uses() -> Any:
    found = SealUse.objects.select_related(
        "organisation", "seal", "applicant", "approver", "keeper"
    )
    return found.order_by("-requested_at", "-pk")


def _events() -> Any:
    return SealDeviceEvent.objects.select_related("organisation", "seal").order_by(
        "-event_at", "-pk"
    )


def _services() -> Any:
    return Service.objects.select_related("organisation", "applicant").order_by(
        "-applied_at", "-pk"
    )


def _item(one: SealUse) -> str:
    return one.item_title or "没有批准的用印"


def _applicant(one: SealUse | Service) -> str:
    return masking.name(one.applicant.name) if one.applicant else ""


SEALS = Register(
    key="seals",
    title="印章名册",
    sub="哪些印章、谁保管、锁在哪台印控机里。",
    group=GROUP,
    rows=_seals,
    head="title",
    line=("kind", "keeper"),
    search=("title__icontains", "keeper__name__icontains", "device_uuid"),
    states=tuple(SealState.choices),
    state_field="state",
    see=SEE,
    own_page="seal",
    columns=(
        Column("title", "名称"),
        Column("kind", "种类", "get_kind_display"),
        Column("body", "哪个组织", "organisation.name"),
        Column("keeper", "保管人", "keeper.name"),
        Column("since", "哪天起保管", "kept_since_date", "day"),
        Column("device", "印控机", "device_uuid"),
        Column("lost", "报失", "lost_at", "moment"),
        Column("notice", "作废声明", "void_notice"),
    ),
)

USES = Register(
    key="seal-uses",
    title="用印记录",
    sub="盖了什么、谁批的、盖了几个，每次盖章前后都有照片。",
    group=GROUP,
    rows=_uses,
    head=_item,
    line=("seal", "applicant"),
    search=("item_title__icontains", "seal__title__icontains", "purpose__icontains"),
    states=tuple(UseStatus.choices),
    see=SEE,
    columns=(
        Column("item", "盖在什么上", _item),
        Column("seal", "印章", "seal.title"),
        Column("seal_class", "类别"),
        Column("applicant", "申请人", _applicant),
        Column("purpose", "用来做什么"),
        Column("approver", "批准人", "approver.name"),
        Column("keeper", "保管人", "keeper.name"),
        Column("approved_count", "批了几个", "copies_approved", "number"),
        Column("stamped_count", "盖了几个", "copies_stamped", "number"),
        Column("requested", "申请", "requested_at", "moment"),
        Column("approved", "批准", "approved_at", "moment"),
        Column("stamped", "盖章", "stamped_at", "moment"),
        Column("offsite", "带到哪里", "offsite_place"),
        Column("decision", "会议决议", "decision_ext_id"),
    ),
    parts=(
        Part(
            key="impressions",
            title="每一次盖章",
            columns=(
                Column("place", "第几个", kind="number"),
                Column("at", "盖章", "stamped_at", "moment"),
                Column("received", "收到记录", "received_at", "moment"),
                Column("late", "断网后补传", "is_late", "yes_no"),
                Column("machine", "印控机", "device_uuid"),
                Column("before", "盖前照片", lambda one: bool(one.before_photo_hash), "yes_no"),
                Column("after", "盖后照片", lambda one: bool(one.after_photo_hash), "yes_no"),
            ),
            rows=lambda one: one.impressions.order_by("place"),
            empty="还没有盖。",
        ),
    ),
)

EVENTS = Register(
    key="seal-events",
    title="印控机报告",
    sub="断线、强行打开、时间不对、没批就盖，机器都会报。",
    group=GROUP,
    rows=_events,
    head="get_kind_display",
    line=("seal", "words"),
    search=("words__icontains", "device_uuid", "seal__title__icontains"),
    states=tuple(EventKind.choices),
    state_field="kind",
    see=SEE,
    columns=(
        Column("seal", "印章", "seal.title"),
        Column("device", "印控机", "device_uuid"),
        Column("at", "什么时候", "event_at", "moment"),
        Column("received", "收到", "received_at", "moment"),
        Column("words", "怎么回事"),
    ),
)

SERVICES = Register(
    key="services",
    title="便民服务",
    sub="村民来办什么、多久办好，不收钱。",
    group="便民服务",
    rows=_services,
    head="item_title",
    line=("applicant", "due"),
    search=("item_title__icontains", "applicant__name"),
    states=tuple(ServiceStatus.choices),
    columns=(
        Column("item", "办什么", "item_title"),
        Column("applicant", "申请人", _applicant),
        Column("applied", "申请", "applied_at", "moment"),
        Column("due", "最迟", "due_at", "moment"),
        Column("done", "办好", "done_at", "moment"),
        Column("seal_case", "用印办件", "seal_case_number"),
    ),
)
