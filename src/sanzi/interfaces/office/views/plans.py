"""Recurring plans of a book: what each books a month, drawing one up, approving, stopping."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.office.pages import show, today
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.books import crumbs
from sanzi.kernel import money, typed
from sanzi.ledger import rules, schedules
from sanzi.ledger.actions import plans
from sanzi.ledger.actions.plans import PlanFields
from sanzi.ledger.queries import doors, subjects
from sanzi.ledger.queries import plans as found_plans
from sanzi.ledger.queries.plans import PlanView
from sanzi.ledger.rules import Line
from sanzi.orgs import scope

STATES = {"proposed": "等审核", "refused": "没有批准", "running": "在执行", "ended": "已摊完"}
KINDS = (("DEPRECIATION", "折旧"), ("AMORTISATION", "摊销"), ("OTHER", "其他定期分录"))


@officer
def listing(request: OfficeRequest, org: str) -> HttpResponse:
    """Show the plans of a book; draw one up on POST."""
    rows = found_plans.plans(by=request.actor, org_ext_id=org)
    book = doors.info(doors.access_book(by=request.actor, org_ext_id=org))
    here = reverse("office:plans", args=[org])
    if request.method == "POST":
        return attempt(
            request,
            lambda: plans.propose_plan(
                org_ext_id=org, fields=_fields(request), by=request.actor, at=request.at
            ),
            done="计划拟好了，等代理中心审核。审核以前不记账。",
            to=here,
        )
    running = sum(one.state == "running" for one in rows)
    known = [schedules.accounts_of(book.standard_code, kind) for kind, _ in KINDS]
    uses = {use.use: use for one in known if one for use in one.uses}
    heads = tuple(code for one in known if one for code in one.credit)
    choices = subjects.all_choices(book.standard_code)
    return show(
        request,
        "plans",
        {
            "title": f"{running}个定期计划在执行" if running else "没有在执行的定期计划",
            "sub": book.organisation,
            "rows": [_row(request, one, book.division_code) for one in rows],
            "kinds": KINDS,
            "uses": list(uses.values()),
            "credits": [one for one in choices if not heads or one[0].startswith(heads)] + choices,
            "debits": choices,
            "may_propose": scope.can(request.actor, "ledger.correct", book.division_code),
            "day": today(request).isoformat(),
            "last_period": rules.period_of(today(request)),
        },
        current="books",
        crumbs=crumbs(
            Link(
                book.organisation,
                reverse("office:book", args=[org, rules.period_of(today(request))]),
            ),
            Link("定期计划", ""),
        ),
    )


def _row(request: OfficeRequest, one: PlanView, division_code: str) -> dict[str, object]:
    may_review = scope.can(request.actor, "ledger.review", division_code)
    said = f"，{one.refused_reason}" if one.refused_reason else ""
    return {
        "plan": one,
        "url": reverse("office:plan_step", args=[one.ext_id]),
        "words": f"{one.kind_title}，{one.first_period}到{one.last_period}，"
        f"每月{words.yuan(one.month_fen)}元，记{one.debit_account}和{one.credit_account}",
        "done": f"已记{one.booked_months}个月，{words.yuan(one.booked_fen)}元",
        "state": STATES[one.state] + said,
        "maker": one.maker,
        "may_decide": may_review
        and one.state == "proposed"
        and one.made_by_id != request.actor.person_id,
        "may_stop": may_review and one.state == "running",
    }


def _fields(request: OfficeRequest) -> PlanFields:
    """Return a plan as typed. Raises: BadAmount."""
    given = request.POST
    debit = given.get("debit", "")
    salvage = given.get("salvage", "").strip()
    months = given.get("months", "")
    return PlanFields(
        kind=given.get("kind", ""),
        title=given.get("title", ""),
        cost_fen=money.parse_yuan(given.get("cost", "")),
        salvage_fen=money.parse_yuan(salvage) if salvage else 0,
        months=int(months) if months.isdecimal() and len(months) < 5 else 0,
        added_date=typed.wanted_day(given.get("added", "")) or today(request),
        credit=Line(given.get("credit", "")),
        debit=Line(debit) if debit else None,
        use=given.get("use", ""),
    )


@require_POST
@officer
def step(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Approve, refuse or stop a plan."""
    what, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    to = request.POST.get("to", "")
    here = to if to.startswith(reverse("office:home")) else reverse("office:books")
    by, at = request.actor, request.at
    if what == "approve":
        return attempt(
            request,
            lambda: plans.approve_plan(ext_id=ext_id, by=by, at=at),
            done="已批准，从写明的月份起每月自动记账。",
            to=here,
        )
    if what == "stop":
        last = request.POST.get("last_period", "")
        return attempt(
            request,
            lambda: plans.stop_plan(ext_id=ext_id, last_period=last, reason=reason, by=by, at=at),
            done=f"停了，最后记到{last}。",
            to=here,
        )
    return attempt(
        request,
        lambda: plans.refuse_plan(ext_id=ext_id, reason=reason, by=by, at=at),
        done="没有批准，原因写在计划里。",
        to=here,
    )
