"""Opening and closing of accounts: asked for with the village's decision, approved by another."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.evidence.actions import files
from sanzi.interfaces.look.parts import Fact, ItemRow, Link, Tab
from sanzi.interfaces.office.forms.income import ClosingForm, OpeningForm
from sanzi.interfaces.office.pages import (
    day,
    may,
    moment,
    page_of,
    query_without_page,
    refuse,
    show,
)
from sanzi.interfaces.office.parts.papers import papers_of
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, take_second_factor
from sanzi.interfaces.office.views.payments import crumbs
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import account_proposals as actions
from sanzi.payments.queries import registers

PROPOSE = "payments.propose_account"
STATES = (("", "全部"), ("PROPOSED", "等镇里批"), ("APPROVED", "批了"), ("REJECTED", "退回了"))


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List the proposals of the scope."""
    if not may(request, "payments.see"):
        raise NotFound
    state = request.GET.get("state", "")
    found = registers.proposals(by=request.actor, state=state)
    page = page_of(request, found)
    here = reverse("office:account_proposals")
    waiting = registers.proposals(by=request.actor, state="PROPOSED").count()
    opening = Link("申请开户", reverse("office:account_open"), "plus", is_primary=True)
    return show(
        request,
        "account_proposals",
        {
            "title": f"{waiting}件开户销户等着批" if waiting else "开户销户都批过了",
            "links": [opening] if may(request, PROPOSE) else [],
            "tabs": [
                Tab(title, f"{here}?state={code}", is_current=state == code)
                for code, title in STATES
            ],
            "rows": [
                ItemRow(
                    title=f"{one.organisation.name}{one.get_act_display()}，{one.get_kind_display()}",
                    url=reverse("office:account_proposal", args=[one.ext_id]),
                    sub=f"尾号{one.tail} · {one.decision_number}",
                    due=f"{one.get_state_display()} {day(request, one.proposed_at)}",
                    icon="building-bank",
                )
                for one in page
            ],
            "page": page,
            "query": query_without_page(request),
        },
        current="payments",
        crumbs=crumbs(Link("账户", reverse("office:accounts")), Link("开户销户", "")),
    )


@officer
def open_account(request: OfficeRequest) -> HttpResponseBase:
    """Ask for an account: what account, by which decision, with its paper."""
    if not may(request, PROPOSE):
        raise NotFound
    form = OpeningForm(request.POST or None, request.FILES or None)
    bodies = people_queries.bodies(by=request.actor, permission=PROPOSE)
    form.offer(bodies)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose_opening(
                account=form.account(), decision=form.decision(), by=request.actor, at=request.at
            )
            return _hung(request, made, form.cleaned_data["paper"])
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
    return _asked(request, form, "申请开户", "村里表决过、银行给了账号，再来申请。")


@officer
def close_account(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Ask for the end of an account."""
    if not may(request, PROPOSE):
        raise NotFound
    account = registers.access_account(by=request.actor, ext_id=ext_id)
    form = ClosingForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose_closing(
                account=ext_id,
                reason=form.cleaned_data["reason"],
                decision=form.decision(),
                by=request.actor,
                at=request.at,
            )
            return _hung(request, made, form.cleaned_data["paper"])
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
    left = registers.left_on(account)
    said = f"现在还不能销：{'，'.join(left)}。" if left else "账上没有钱，也没有没办完的事。"
    return _asked(request, form, f"申请销户，尾号{account.tail}", said)


def _hung(request: OfficeRequest, proposal: str, paper: object) -> HttpResponseBase:
    to = reverse("office:account_proposal", args=[proposal])
    return attempt(
        request,
        lambda: files.store(
            by=request.actor,
            at=request.at,
            upload=files.Upload(str(getattr(paper, "name", "")), "decision", paper),  # type: ignore[arg-type]
            subject_kind=actions.SUBJECT,
            subject_id=proposal,
        ),
        done="已交给镇农经负责人批。",
        to=to,
    )


def _asked(request: OfficeRequest, form: object, title: str, sub: str) -> HttpResponse:
    return show(
        request,
        "account_ask",
        {"form": form, "title": title, "sub": sub},
        current="payments",
        crumbs=crumbs(Link("账户", reverse("office:accounts")), Link("申请", "")),
    )


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show a proposal with its paper; decide on it, or hang the paper that is missing."""
    found = registers.proposal_view(
        registers.access_proposal(by=request.actor, ext_id=ext_id), by=request.actor
    )
    if request.method == "POST":
        return _decided(request, ext_id)
    votes = (
        f"应到{found.eligible_count}人，同意{found.agree_count}人"
        if found.eligible_count is not None
        else "这一类不用过半数表决"
    )
    account = found.account_ext_id
    return show(
        request,
        "account_proposal",
        {
            "found": found,
            "title": f"{found.organisation_name}{found.act_label}：{found.state_label}",
            "sub": found.reason,
            "facts": [
                Fact("种类", found.kind_label),
                Fact("户名", found.holder_name),
                Fact(
                    "账号",
                    f"尾号{found.account_masked[-4:]}",
                    url=reverse("office:account", args=[account]) if account else "",
                ),
                Fact("开户行", found.bank_code),
                *([Fact("到期日", day(request, found.due_date))] if found.due_date else []),
                Fact("决议", f"{found.decision_number}，{day(request, found.decision_date)}"),
                Fact("表决", votes),
                Fact("报的人", f"{found.proposed_by}，{moment(request, found.proposed_at)}"),
                *(
                    [Fact("批的人", f"{found.decided_by}，{moment(request, found.decided_at)}")]
                    if found.decided_at
                    else []
                ),
                *([Fact("意见", found.opinion)] if found.opinion else []),
            ],
            "pieces": papers_of(actions.SUBJECT, [ext_id]),
        },
        current="payments",
        crumbs=crumbs(
            Link("账户", reverse("office:accounts")),
            Link("开户销户", reverse("office:account_proposals")),
            Link(found.organisation_name, ""),
        ),
    )


def _decided(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    here = reverse("office:account_proposal", args=[ext_id])
    paper = request.FILES.get("paper")
    if paper is not None:
        return _hung(request, ext_id, paper)
    opinion = request.POST.get("opinion", "")

    def act() -> None:
        take_second_factor(request)
        if request.POST.get("do") == "reject":
            actions.reject(ext_id=ext_id, by=request.actor, at=request.at, opinion=opinion)
        else:
            actions.approve(ext_id=ext_id, by=request.actor, at=request.at, opinion=opinion)

    done = "已退回。" if request.POST.get("do") == "reject" else "批了，登记册已经改好。"
    if not may(request, "payments.approve_account"):
        return redirect(here)
    return attempt(request, act, done=done, to=here)
