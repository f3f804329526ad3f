"""The interface for programs: the routers under one address, and how every fault is answered.

The document is OpenAPI 3.1, at `/api/v1/openapi.json`; a copy under `docs/generated` shows every
change in review.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation

from sanzi.interfaces.api import answers
from sanzi.interfaces.api.routers import (
    accounts,
    alert_figures,
    alert_models,
    alert_steps,
    alerts,
    bank_events,
    bank_receipts,
    bills,
    books,
    cards,
    cases,
    cockpit,
    desk,
    dingtalk,
    due,
    entries,
    exchange,
    exports,
    files,
    funds,
    index_changes,
    indices,
    inspection_leads,
    inspections,
    invoices,
    levels,
    log,
    opening,
    originals,
    own_models,
    papers,
    payments,
    periods,
    proposals,
    publications,
    questions,
    receipt_books,
    receipts,
    reconciliations,
    registers,
    reports,
    seal_events,
    station,
    takings,
    upkeep,
    villages,
)
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound

logger = logging.getLogger(__name__)


class Interface(NinjaAPI):
    """The interface, with short names of operations that stay when files move."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return `cases_start` for `start` in `routers/cases.py`."""
        function = operation.view_func
        return f"{function.__module__.rsplit('.', 1)[-1]}_{function.__name__}"


api = Interface(
    title="三资接口",
    version="1",
    description=(
        "办公和公开页面能办的事，程序也能办。金额都是整数，单位分；时间带时区；"
        "说不行的答复都有 code、sentence、next_step、data 四项，什么都没有改动。"
    ),
    urls_namespace="api-1",
    docs_url="/docs",
)
api.add_router("", desk.router, tags=["待办和权力清单"])
api.add_router("", cases.router, tags=["办件"])
api.add_router("", files.router, tags=["名单和凭据"])
api.add_router("", invoices.router, tags=["发票"])
api.add_router("", payments.router, tags=["付款"])
api.add_router("", receipts.router, tags=["收款"])
api.add_router("", bills.router, tags=["缴款单"])
api.add_router("", accounts.router, tags=["账户"])
api.add_router("", receipt_books.router, tags=["票据本"])
api.add_router("", reconciliations.router, tags=["对账"])
api.add_router("", bank_events.router, tags=["银行消息"])
api.add_router("", dingtalk.router, tags=["钉钉"])
api.add_router("", seal_events.router, tags=["印控机"])
api.add_router("", bank_receipts.router, tags=["电子回单"])
api.add_router("", cards.router, tags=["村务卡"])
api.add_router("", entries.router, tags=["办件"])
api.add_router("", books.router, tags=["账"])
api.add_router("", opening.router, tags=["期初余额"])
api.add_router("", periods.router, tags=["结账和年终"])
api.add_router("", upkeep.router, tags=["定期计划和移交"])
api.add_router("", papers.router, tags=["报表和账簿"])
api.add_router("", takings.router, tags=["导出和电子档案"])
api.add_router("", originals.router, tags=["电子凭证"])
api.add_router("", proposals.router, tags=["科目、规则和手工凭证"])
api.add_router("", alert_figures.router, tags=["预警"])
api.add_router("", indices.router, tags=["指数"])
api.add_router("", index_changes.router, tags=["指数"])
api.add_router("", cockpit.router, tags=["驾驶舱"])
api.add_router("", questions.router, tags=["问数"])
api.add_router("", reports.router, tags=["报告"])
api.add_router("", inspections.router, tags=["监督检查"])
api.add_router("", inspection_leads.router, tags=["监督检查"])
api.add_router("", levels.router, tags=["市与省"])
api.add_router("", alerts.router, tags=["预警"])
api.add_router("", alert_models.router, tags=["预警规则和参数"])
api.add_router("", alert_steps.router, tags=["预警"])
api.add_router("", own_models.router, tags=["预警"])
api.add_router("", log.router, tags=["审计日志"])
api.add_router("", registers.router, tags=["登记簿"])
api.add_router("", funds.router, tags=["财政资金"])
api.add_router("", station.router, tags=["监察联络站"])
api.add_router("", exports.router, tags=["数据导出"])
api.add_router("", exchange.router, tags=["外部数据"])
api.add_router("", due.router, tags=["公开"])
api.add_router("", publications.router, tags=["公开"])
api.add_router("", villages.router, tags=["公开"])


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a planned no."""
    return answers.tell(api, request, refusal, answers.status_of(refusal))


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a request that does not fit the document; a malformed address is an absent one."""
    places = [_place(one) for one in error.errors]
    if places and all(place.startswith("path.") for place in places):
        return answers.tell(api, request, NotFound(), 404)
    found = [
        {"place": place, "what": str(one.get("msg", ""))[:200]}
        for place, one in zip(places, error.errors, strict=True)
    ][:20]
    first = f"{found[0]['place']} {found[0]['what']}" if found else ""
    refusal = answers.BadRequest(count=len(error.errors), first=first, fields=found)
    return answers.tell(api, request, refusal, 400)


@api.exception_handler(HttpError)
def malformed(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what could not even be parsed."""
    refusal = answers.BadRequest(count=1, first=str(error)[:200])
    return answers.tell(api, request, refusal, error.status_code)


@api.exception_handler(SuspiciousOperation)
def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """Answer a body that is too large or not what it says."""
    refusal = answers.BadRequest(count=1, first=type(error).__name__)
    return answers.tell(api, request, refusal, 400)


@api.exception_handler(AuthenticationError)
def nobody(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """Answer somebody we do not know."""
    return answers.tell(api, request, answers.NoActor(), 401)


@api.exception_handler(Http404)
def absent(request: HttpRequest, _error: Http404) -> HttpResponse:
    """Answer what is not there."""
    return answers.tell(api, request, NotFound(), 404)


@api.exception_handler(Exception)
def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer a fault of ours without telling what it was."""
    logger.error("api: %s %s failed", request.method, request.path, exc_info=error)
    return answers.tell(api, request, answers.Broken(), 500)


def _place(error: dict[str, Any]) -> str:
    return ".".join(str(part) for part in error.get("loc", ()))


def document() -> dict[str, Any]:
    """Return the document as it is served; `make docs` keeps a copy."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return found
