"""What an officer may do next from the registers of fiscal money: of a list, and of one row."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.office.pages import may
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.orgs import scope
from sanzi.registers.funds.actions.grants import GRANT, ONWARD
from sanzi.registers.funds.actions.prices import PRICE
from sanzi.registers.funds.actions.projects import KEEP
from sanzi.registers.labour.queries.requests import SEE as SEE_LABOUR

LISTS = {
    "funds": ("登记一笔资金", "office:fund_new", GRANT),
    "town-projects": ("立一个项目", "office:project_new", KEEP),
    "prices": ("定一个价", "office:price_new", PRICE),
}


def of_list(request: OfficeRequest, key: str) -> list[Link]:
    """Return what may be done from a register as a whole."""
    links = []
    if key in LISTS:
        label, name, permission = LISTS[key]
        if may(request, permission):
            links.append(Link(label, reverse(name), "plus", is_primary=True))
    if key == "prices" and may(request, SEE_LABOUR):
        links.append(Link("用工单价", reverse("office:rates"), "users"))
    if key == "funds":
        links.append(Link("年度预算", reverse("office:register", args=["budget"]), "notebook"))
    return links


def of_row(request: OfficeRequest, key: str, row: Any) -> list[Link]:
    """Return what may be done with one row now."""
    by = request.actor
    if key == "funds":
        return _of_fund(request, row)
    if key == "transfers" and scope.can(by, ONWARD, row.town_code):
        if row.town_received_at is None:
            address = reverse("office:transfer_receive", args=[row.ext_id])
            return [Link("镇里收到了", address, "check", is_primary=True)]
        if row.passed_fen < row.amount_fen and row.division_code != row.town_code:
            address = reverse("office:transfer_pass", args=[row.ext_id])
            return [Link("拨到村", address, "check", is_primary=True)]
    if key == "town-projects" and scope.can(by, KEEP, row.division_code):
        address = reverse("office:project_update", args=[row.ext_id])
        return [Link("更新进度", address, "edit", is_primary=True)]
    return []


def _of_fund(request: OfficeRequest, row: Any) -> list[Link]:
    links, place = [], row.organisation.division_id
    if row.allocated_fen < row.amount_fen and scope.can(request.actor, GRANT, place):
        address = reverse("office:fund_allocate", args=[row.code])
        links.append(Link("下达到镇", address, "check", is_primary=True))
    is_waiting = not row.allocated_fen and row.received_at is None
    if is_waiting and scope.can(request.actor, ONWARD, place):
        links.append(Link("到账了", reverse("office:fund_receive", args=[row.code]), "check"))
    return links
