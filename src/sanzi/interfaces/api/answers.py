"""How the interface says no: every refusal in one form, with the status that fits it.

404 for what is absent or out of scope, 422 for words and files that can't be right, 409 for
everything that does not fit the present state, 400 for a request that can't be read, 503 (with
Retry-After) for what could not be taken at this moment and may come again as it is.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from pydantic import Field

from sanzi.kernel.refusals import Refusal

NOT_FOUND: Final = "orgs.not_found"
NO_ACTOR: Final = "api.no_actor"
BUSY: Final = "payments.busy_now"
RETRY_AFTER_SECONDS: Final = 5
WRONG_WORDS: Final = (
    "kernel.", "evidence.file", "evidence.kind", "evidence.bad", "matters.bad_",
    "matters.form_incomplete", "matters.papers_missing", "matters.reason_missing",
    "matters.opinion_too_long", "matters.line_unconfirmed", "payments.wrong_field",
    "payments.payee_line_wrong", "payments.payee_file_refused", "payments.no_cash",
    "payments.reason_needed", "supervision.reason_too_short", "supervision.unknown_conclusion",
    "supervision.bad_parameter_value", "supervision.source_missing",
    "insight.question_form", "insight.question_period", "insight.question_amount",
    "insight.report_unknown", "insight.report_period_unknown", "insight.report_remark_long",
    "inspection.wrong", "inspection.amount_wrong", "inspection.words_too_short",
    "inspection.evidence", "inspection.unknown_form", "inspection.row_not_there",
    "insight.settings_wrong", "insight.change_date", "insight.change_reason",
    "insight.step_words", "inspection.outcome_wrong", "inspection.too_few", "inspection.inspector",
    "orgs.purpose_needed", "orgs.reason_needed", "orgs.key_reused", "record.",
    "exchange.file_wrong", "exchange.format_wrong", "exchange.name_needed",
    "exchange.nothing_to_load", "exchange.reason_needed",
    "disclosure.reason_too_short", "disclosure.number_in_text",
)  # fmt: skip
"""Codes, or their beginnings, of refusals that lie in what was sent."""


class Refused(Schema):
    """Why nothing was done, for people and for programs."""

    code: str = Field(description="稳定的代码，程序据此判断")
    sentence: str = Field(description="给人看的一句话：哪里不行、为什么")
    next_step: str = Field(description="下一步怎么办")
    data: dict[str, Any] = Field(default_factory=dict, description="相关的数据")


class BadRequest(Refusal):
    """The request can't be read."""

    code = "api.bad_input"
    sentence = "请求里有 {count} 处不对：{first}"
    next_step = "请对照接口说明改好再发，什么都没有改动。"


class NoActor(Refusal):
    """Nobody is known behind the request."""

    code = NO_ACTOR
    sentence = "没有登录，或者令牌不能用。"
    next_step = "请带上 Authorization: Bearer 令牌，或先在网页登录。"


class Broken(Refusal):
    """A fault of ours."""

    code = "api.broken"
    sentence = "系统出了错，没有办成。"
    next_step = "请稍后再试；还不行，请把时间告诉平台管理员。"


def status_of(refusal: Refusal) -> int:
    """Return the status of a refusal."""
    if refusal.code == NOT_FOUND:
        return 404
    if refusal.code == NO_ACTOR:
        return 401
    if refusal.code == BUSY:
        return 503
    return 422 if refusal.code.startswith(WRONG_WORDS) else 409


def tell(api: NinjaAPI, request: HttpRequest, refusal: Refusal, status: int) -> HttpResponse:
    """Return a refusal as the answer to a request."""
    said = Refused.model_validate(refusal.as_dict())
    response = api.create_response(request, said, status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


READ: Final = {400: Refused, 401: Refused, 404: Refused}
"""What every read under a log-in may answer beside its result."""

WRITE: Final = {**READ, 409: Refused, 422: Refused}
"""What every write may answer beside its result."""

OPEN: Final = {400: Refused, 404: Refused}
"""What a read without a log-in may answer beside its result."""
