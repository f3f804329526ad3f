"""The close of one month of one book: what is not done and where, closing, opening again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look.parts import Fact, Link, Note
from sanzi.interfaces.office.pages import moment, show, today
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.bank_receipts import month_notes
from sanzi.interfaces.office.views.books import crumbs, month_words
from sanzi.ledger import rules
from sanzi.ledger.actions import closing, reopening
from sanzi.ledger.queries import desk as desks
from sanzi.ledger.queries.desk import MonthEnd
from sanzi.ledger.queries.hindrances import Hindrance
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound

CHECKED = (
    "前面的月份都结了",
    "草稿都审核了",
    "凭证号连着，校验一致",
    "试算平衡",
    "付款都有最后结果，都记了账",
    "银行账户都对了账、签了字，对账单都到了",
    "定期分录都记了",
)
"""What the guards look at, in words, for a month where all is done."""


@officer
def page(request: OfficeRequest, org: str, period: str) -> HttpResponse:
    """Show what stands in the way of a close; close on POST."""
    found = desks.month_end(by=request.actor, org_ext_id=org, period=period, on=today(request))
    here = reverse("office:month_end", args=[org, period])
    if request.method == "POST":
        return _act(request, found, here)
    code = found.book.division_code
    is_december = period.endswith("-12")
    return show(
        request,
        "month_end",
        {
            "found": found,
            "title": _sentence(request, found),
            "sub": found.book.organisation,
            "notes": _notes(request, found) + month_notes(request, org, period),
            "facts": _facts(found),
            "links": _links(found),
            "may_close": scope.can(request.actor, "ledger.close", code)
            and not found.is_closed
            and not is_december,
            "has_plans": any(one.link_kind == "plan" for one in found.hindrances),
            "only_plans": all(one.link_kind == "plan" for one in found.hindrances),
            "year_url": reverse("office:year_end", args=[org, int(period[:4])])
            if is_december
            else "",
            "may_ask": scope.can(request.actor, "ledger.reopen", code)
            and found.is_closed
            and not found.reopening_ext_id,
            "may_grant": bool(found.reopening_ext_id)
            and scope.can(request.actor, "ledger.grant_reopen", code)
            and found.reopening_by_id != request.actor.person_id,
            "month": month_words(request, period),
        },
        current="books",
        crumbs=crumbs(
            Link(found.book.organisation, reverse("office:book", args=[org, period])),
            Link("结账", ""),
        ),
    )


def _act(request: OfficeRequest, found: MonthEnd, here: str) -> HttpResponse:
    what = request.POST.get("do", "")
    org, period = found.book.org_ext_id, found.period
    month = month_words(request, period)
    known: dict[str, tuple[Callable[[], object], str]] = {
        "close": (
            lambda: closing.close_month(
                org_ext_id=org,
                period=period,
                by=request.actor,
                at=request.at,
                with_plans=bool(request.POST.get("plans")),
            ),
            f"{month}结好了。要改，请申请反结账，或在下个月冲销。",
        ),
        "ask": (
            lambda: reopening.ask_reopen(
                org_ext_id=org,
                period=period,
                reason=request.POST.get("reason", ""),
                by=request.actor,
                at=request.at,
            ),
            "已申请，等镇农经负责人审批。",
        ),
    }
    if what not in known:
        raise NotFound
    action, done = known[what]
    return attempt(request, action, done=done, to=here)


@require_POST
@officer
def decide(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Grant or refuse a wish to open a month again."""
    to = request.POST.get("to", "")
    here = to if to.startswith(reverse("office:home")) else reverse("office:agency")
    if request.POST.get("do") == "grant":
        return attempt(
            request,
            lambda: reopening.grant_reopen(ext_id=ext_id, by=request.actor, at=request.at),
            done="已批准，这个月又可以记账了。改完请再结账。",
            to=here,
        )
    return attempt(
        request,
        lambda: reopening.refuse_reopen(
            ext_id=ext_id,
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=request.at,
        ),
        done="没有批准，这个月还是结着的。",
        to=here,
    )


def _sentence(request: OfficeRequest, found: MonthEnd) -> str:
    month = month_words(request, found.period)
    if found.is_closed:
        return f"{month}已经结账"
    if found.hindrances:
        return f"{month}还有{len(found.hindrances)}类事没办完"
    return f"{month}可以结账" if found.is_over else f"{month}还没过完"


def _notes(request: OfficeRequest, found: MonthEnd) -> list[Note]:
    if found.is_closed:
        who = f"{found.closed_by}，{moment(request, found.closed_at)}"
        return [Note("pass", f"结账人：{who}")]
    if not found.hindrances:
        return [Note("pass", words) for words in CHECKED]
    return [
        Note("hold", one.words, action=_action(found, one), basis=_few(one))
        for one in found.hindrances
    ]


def _few(one: Hindrance) -> str:
    return "、".join(one.ids) if one.link_kind in ("period", "statement", "fault", "number") else ""


def _action(found: MonthEnd, one: Hindrance) -> Link | None:
    """Return where a hindrance is put right."""
    org, period = found.book.org_ext_id, found.period
    first = one.ids[0] if one.ids else ""
    places: dict[str, Callable[[], Link]] = {
        "period": lambda: Link(f"先结{first}", reverse("office:month_end", args=[org, first])),
        "draft": lambda: Link("去审核", f"{reverse('office:agency_drafts')}?org={org}"),
        "payment": lambda: Link("看付款", reverse("office:payment", args=[first])),
        "reconciliation": lambda: Link("去对账", reverse("office:reconcile", args=[first, period])),
        "statement": lambda: Link("看账户", reverse("office:account", args=[first.split()[0]])),
        "plan": lambda: Link("看定期计划", reverse("office:plans", args=[org])),
        "year": lambda: Link("去年终结转", reverse("office:year_end", args=[org, int(first)])),
    }
    place = places.get(one.link_kind)
    return place() if place else Link("看这个月的账", reverse("office:book", args=[org, period]))


def _facts(found: MonthEnd) -> list[Fact]:
    facts = [
        Fact("账套", found.book.organisation),
        Fact("会计制度", found.book.standard_title),
        Fact("月份", found.period),
    ]
    if found.reopening_ext_id:
        facts += [
            Fact("申请反结账", found.reopening_by),
            Fact("理由", found.reopening_reason),
        ]
    return facts


def _links(found: MonthEnd) -> list[Link]:
    org, period = found.book.org_ext_id, found.period
    return [
        Link("看这个月的账", reverse("office:book", args=[org, period]), "notebook"),
        Link("定期计划", reverse("office:plans", args=[org]), "calendar"),
        Link(
            "上个月",
            reverse("office:month_end", args=[org, rules.shift(period, -1)]),
            "chevron-left",
        ),
    ]
