"""The register of assets: list, card, labels, the register beside the books."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.deals import asset_rules as rules
from sanzi.deals.actions import assets as actions
from sanzi.deals.queries import asset_papers, stocktaking
from sanzi.deals.queries import assets as queries
from sanzi.deals.queries.assets import AssetFilter, AssetView
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import (
    Cell,
    Column,
    Count,
    Event,
    Fact,
    ItemRow,
    Ledger,
    Link,
    Row,
    Tab,
)
from sanzi.interfaces.office.forms.assets import AppraisalForm, AssetForm
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    moment,
    page_of,
    query_without_page,
    refuse,
    show,
)
from sanzi.interfaces.office.parts.papers import papers_of
from sanzi.interfaces.office.parts.sheets import sent
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.doors import qr
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.actions.papers import PaperFile
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound

CSV_ROWS_MAX = 10_000
LABELS_MAX = 480
PDF = "application/pdf"


def asset_crumbs(*links: Link) -> list[Link]:
    """Return the way back from a page of assets."""
    return [Link("资产", reverse("office:assets")), *links]


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the cards of the scope: searched, filtered, taken away as a file."""
    if not may(request, queries.SEE):
        raise NotFound
    only = AssetFilter(
        text=request.GET.get("text", "").strip(),
        division_code=request.GET.get("village", ""),
        category=request.GET.get("category", ""),
        status=request.GET.get("status", ""),
        is_uncounted="uncounted" in request.GET,
    )
    found = queries.assets(by=request.actor, only=only)
    if request.GET.get("as") == "csv":
        return _csv(found)
    if request.GET.get("as") == "labels":
        return _labels(request, only)
    totals = queries.totals(by=request.actor, only=only)
    page = page_of(request, found)
    here = reverse("office:assets")
    return show(
        request,
        "assets",
        {
            "title": f"{totals.count}件资产和资源" if totals.count else "这里还没有资产卡片",
            "sub": "一件一张卡、一个码，连着账本。租约、盘点、处置都从卡片走。",
            "links": _links(request),
            "counts": _counts(totals, here),
            "tabs": [
                Tab(title, f"{here}?status={code}", is_current=only.status == code)
                for code, title in (("", "在册"), *queries.STATUSES)
            ],
            "only": only,
            "categories": queries.CATEGORIES,
            "villages": people_queries.villages(by=request.actor, permission=queries.SEE),
            "village": only.division_code,
            "rows": [_row(one) for one in page],
            "page": page,
            "query": query_without_page(request),
        },
        current="assets",
        crumbs=[Link("资产", "")],
    )


def _links(request: OfficeRequest) -> list[Link]:
    found = [
        Link("租约", reverse("office:leases"), "key"),
        Link("盘点", reverse("office:stocktakings"), "list-check"),
        Link("账实对照", reverse("office:asset_books"), "scale"),
    ]
    if may(request, actions.PERMISSION):
        found.insert(0, Link("建卡片", reverse("office:asset_new"), "plus", is_primary=True))
    return found


def _counts(totals: queries.AssetTotals, here: str) -> list[Count]:
    return [
        Count(words.yuan(totals.value_fen), "元", "账面原值", reverse("office:asset_books")),
        Count(rules.area_words(totals.area_mu_centi) or "0", "亩", "土地、水面、林地",
              f"{here}?category=resource"),
        Count(str(totals.idle_count), "件闲置", "可以出租，没人用", f"{here}?status=idle",
              is_hot=bool(totals.idle_count)),
        Count(str(totals.unjoined_count), "件没连账", "有原值，没写科目", here,
              is_hot=bool(totals.unjoined_count)),
    ]  # fmt: skip


def _row(one: Any) -> ItemRow:
    size = f"{rules.area_words(one.area_mu_centi)}亩" if one.area_mu_centi else ""
    value = words.yuan(one.book_value_fen) if one.book_value_fen else size
    counted = f"{one.last_inventory_date.year}年盘过" if one.last_inventory_date else "没盘过"
    return ItemRow(
        title=f"{one.number} {one.name}",
        url=reverse("office:asset", args=[one.ext_id]),
        sub=" · ".join(
            each for each in (one.organisation.name, one.get_category_display(), one.place) if each
        ),
        amount=value,
        due=f"{one.get_status_display()}，{counted}",
        is_late=one.status == "idle",
        icon="map-pin" if one.category == "resource" else "building-store",
    )


def _csv(found: Any) -> HttpResponseBase:
    return csv_file(
        "资产登记",
        ["编号", "标签码", "单位", "类别", "种类", "名称", "位置", "亩", "平方米", "数量",
         "账面原值（元）", "科目", "状态", "取得日期", "上次盘点"],
        (
            [
                one.number,
                one.tag,
                one.organisation.name,
                one.get_category_display(),
                one.get_kind_display(),
                one.name,
                one.place,
                rules.area_words(one.area_mu_centi),
                rules.area_words(one.area_m2_centi),
                one.quantity,
                words.yuan(one.book_value_fen),
                one.subject_code,
                one.get_status_display(),
                one.acquired_date or "",
                one.last_inventory_date or "",
            ]
            for one in queries.export_rows(found, CSV_ROWS_MAX)
        ),
    )  # fmt: skip


def public_address(tag: str) -> str:
    """Return where a label leads."""
    return f"{settings.SANZI.public_url}{reverse('portal:asset', args=[tag])}"


def _labels(request: OfficeRequest, only: AssetFilter) -> HttpResponse:
    rows = queries.labels(by=request.actor, only=only, most=LABELS_MAX)
    data = asset_papers.labels_pdf([_label(one.name, one.number, one.tag) for one in rows])
    return sent(PaperFile("资产标签.pdf", PDF, data))


def _label(name: str, number: str, tag: str) -> dict[str, object]:
    return asset_papers.label_of(name=name, number=number, tag=tag, address=public_address(tag))


@officer
def new(request: OfficeRequest) -> HttpResponseBase:
    """Make a card: choose the body, then the thing."""
    if not may(request, actions.PERMISSION):
        raise NotFound
    bodies = [
        one
        for one in people_queries.bodies(by=request.actor, permission=actions.PERMISSION)
        if queries.subject_choices(people_queries.body_kind(one[0]))
    ]
    chosen = request.GET.get("org") or (bodies[0][0] if bodies else "")
    if chosen not in {one[0] for one in bodies}:
        raise NotFound
    form = _form(request, chosen)
    del form.fields["reason"]
    if request.method == "POST" and form.is_valid():
        try:
            form.cleaned_data["reason"] = ""
            made = actions.register_asset(
                fields=form.asset(chosen), by=request.actor, at=request.at
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"建好了{made.number}号卡片。标签可以打印了。")
            return redirect("office:asset", made.ext_id)
    return show(
        request,
        "asset_form",
        {
            "title": "建一张资产卡片",
            "sub": "编号和标签码自动给。",
            "form": form,
            "bodies": [(ext_id, name) for ext_id, name, _ in bodies],
            "chosen": chosen,
            "verb": "建卡片",
        },
        current="assets",
        crumbs=asset_crumbs(Link("建卡片", "")),
    )


def _form(request: OfficeRequest, organisation: str, one: AssetView | None = None) -> AssetForm:
    initial = {} if one is None else _initial(one)
    form = AssetForm(request.POST or None, initial=initial)
    plans = queries.plan_choices(by=request.actor, organisation=organisation)
    if one is not None and one.plan is not None:
        plans.insert(0, (one.plan.ext_id, f"{one.plan.title}（{one.plan.kind_title}）"))
    kind = people_queries.body_kind(organisation)
    form.offer(queries.subject_choices(kind), plans)
    return form


def _initial(one: AssetView) -> dict[str, object]:
    return {
        "category": one.category,
        "kind": one.kind,
        "name": one.name,
        "place": one.place,
        "is_operating": one.is_operating,
        "area_mu_centi": rules.area_words(one.area_mu_centi),
        "area_m2_centi": rules.area_words(one.area_m2_centi),
        "quantity": one.quantity,
        "unit": one.unit,
        "book_value_fen": words.yuan(one.book_value_fen),
        "acquired_date": one.acquired_date,
        "subject_code": one.subject_code,
        "plan_ext_id": one.plan.ext_id if one.plan else "",
    }


@officer
def change(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Change a card, with the reason."""
    one = queries.access_asset(by=request.actor, ext_id=ext_id)
    if not one.may_keep:
        raise NotFound
    form = _form(request, one.organisation, one)
    form.fields["reason"].required = True
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_asset(
                ext_id=ext_id,
                fields=form.asset(one.organisation),
                reason=form.cleaned_data["reason"],
                by=request.actor,
                at=request.at,
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "改好了，原来写的留在卡片的经过里。")
            return redirect("office:asset", ext_id)
    return show(
        request,
        "asset_form",
        {
            "title": f"改{one.number}号卡片",
            "sub": f"{one.organisation_name}，{one.name}",
            "form": form,
            "verb": "改好了",
        },
        current="assets",
        crumbs=asset_crumbs(
            Link(one.name, reverse("office:asset", args=[ext_id])), Link("改卡片", "")
        ),
    )


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a card: what it is, where, worth what, its label and its course."""
    one = queries.access_asset(by=request.actor, ext_id=ext_id)
    address = public_address(one.tag)
    return show(
        request,
        "asset",
        {
            "one": one,
            "title": f"{one.name}，{one.status_label}",
            "sub": f"{one.organisation_name}，{one.number}号，{one.category_label}",
            "links": _card_links(one),
            "facts": _facts(request, one),
            "books": _books(request, one),
            "qr": qr(address, error="m", scale=3),
            "tag": f"{one.tag[:4]} {one.tag[4:]}",
            "address": address,
            "papers": papers_of("asset", [ext_id]),
            "events": [
                Event(moment(request, note.at), note.title, f"{note.text}（{note.by_name}）")
                for note in one.notes
            ],
            "appraisal": AppraisalForm() if one.may_keep and not one.is_gone else None,
            "statuses": [each for each in queries.STATUSES if each[0] in rules.BY_HAND],
            "may_mark": one.may_keep and one.status in rules.BY_HAND,
        },
        current="assets",
        crumbs=asset_crumbs(Link(one.name, "")),
    )


def _card_links(one: AssetView) -> list[Link]:
    found = [Link("打印标签", reverse("office:asset_label", args=[one.ext_id]), "printer")]
    if one.may_keep and not one.is_gone:
        found.insert(0, Link("改卡片", reverse("office:asset_change", args=[one.ext_id]), "edit"))
    sheet = stocktaking.open_sheet_of(one.ext_id)
    if sheet:
        counting = reverse("office:stocktaking_line", args=[sheet, one.ext_id])
        found.insert(0, Link("盘这一件", counting, "list-check", is_primary=True))
    return found


def _facts(request: OfficeRequest, one: AssetView) -> list[Fact]:
    mu, m2 = rules.area_words(one.area_mu_centi), rules.area_words(one.area_m2_centi)
    found = [
        Fact("是什么", f"{one.kind_label}{'，可以出租经营' if one.is_operating else ''}"),
        Fact("在哪里", one.place),
        Fact(
            "面积",
            "，".join(x for x in (f"{mu}亩" if mu else "", f"{m2}平方米" if m2 else "") if x),
        ),
        Fact("数量", f"{one.quantity}{one.unit}" if one.quantity > 1 or one.unit else ""),
        Fact("状态", f"{one.status_label}，{day(request, one.status_since_date)}起"),
        Fact("哪天取得", day(request, one.acquired_date)),
        Fact(
            "估价",
            f"{words.yuan(one.appraised_fen)}元，{one.appraiser_name}，"
            f"{day(request, one.appraised_at)}"
            if one.appraised_fen
            else "",
        ),
        Fact("上次盘点", day(request, one.last_inventory_date) or "没盘过"),
    ]
    return [fact for fact in found if fact.text]


def _books(request: OfficeRequest, one: AssetView) -> list[Fact]:
    plan = one.plan
    may_see = may(request, "ledger.see")
    found = [
        Fact("账面原值", f"{words.yuan(one.book_value_fen)}元"),
        Fact("科目", one.subject_words or ("没连上账" if one.book_value_fen else "资源，没入账")),
    ]
    if plan is not None:
        plans_url = reverse("office:plans", args=[plan.org_ext_id]) if may_see else ""
        found += [
            Fact("折旧计划", f"{plan.title}，每月{words.yuan(plan.month_fen)}元", url=plans_url),
            Fact("已经折旧", f"{words.yuan(plan.booked_fen)}元，{plan.booked_months}个月"),
            Fact("净值", f"{words.yuan(one.net_fen)}元", is_sum=True),
        ]
    return found


@officer
def label(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Hand out one label as PDF."""
    one = queries.access_asset(by=request.actor, ext_id=ext_id)
    data = asset_papers.labels_pdf([_label(one.name, one.number, one.tag)])
    return sent(PaperFile(f"资产标签{one.number}.pdf", PDF, data))


@require_POST
@officer
def act(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Set a card idle or in use, or note what it was valued at."""
    queries.access_asset(by=request.actor, ext_id=ext_id)
    here = reverse("office:asset", args=[ext_id])
    if request.POST.get("do") == "appraise":
        return _appraise(request, ext_id, here)
    return attempt(
        request,
        lambda: actions.set_status(
            ext_id=ext_id,
            status=request.POST.get("status", ""),
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=request.at,
        ),
        done="状态改好了。",
        to=here,
    )


def _appraise(request: OfficeRequest, ext_id: str, here: str) -> HttpResponseBase:
    form = AppraisalForm(request.POST)
    if not form.is_valid():
        wrong = next(iter(form.errors.values()))
        messages.error(request, f"估价没存。{' '.join(str(one) for one in wrong)}")
        return redirect(here)
    given = form.cleaned_data
    return attempt(
        request,
        lambda: actions.appraise(
            ext_id=ext_id,
            appraised_fen=given["appraised_fen"],
            appraiser=given["appraiser"],
            by=request.actor,
            at=request.at,
        ),
        done="估价记上了。",
        to=here,
    )


@officer
def books(request: OfficeRequest) -> HttpResponse:
    """Show what the cards of each account add up to beside what the books say."""
    if not may(request, queries.SEE):
        raise NotFound
    village = request.GET.get("village", "")
    rows = queries.books(by=request.actor, division_code=village)
    wrong = [one for one in rows if one.difference_fen]
    page = page_of(request, [*wrong, *(one for one in rows if not one.difference_fen)])
    return show(
        request,
        "asset_books",
        {
            "title": f"{len(wrong)}个科目账实不符" if wrong else "卡片和账本对得上",
            "sub": "左边是卡片原值加起来，右边是账上这个科目的余额。",
            "villages": people_queries.villages(by=request.actor, permission=queries.SEE),
            "village": village,
            "ledger": Ledger(
                caption="卡片与账本",
                columns=[
                    Column("单位"),
                    Column("科目"),
                    Column("卡片（元）", "money"),
                    Column("账本（元）", "money"),
                    Column("相差（元）", "money"),
                ],
                rows=[
                    Row(
                        [
                            Cell(one.organisation_name),
                            Cell(one.subject_words, sub=f"{one.cards_count}张卡片"),
                            Cell(words.yuan(one.cards_fen)),
                            Cell(words.yuan(one.books_fen)),
                            Cell(
                                words.yuan(one.difference_fen) if one.difference_fen else "一样",
                                tone="late" if one.difference_fen else "quiet",
                            ),
                        ]
                    )
                    for one in page
                ],
            ),
            "page": page,
            "query": query_without_page(request),
        },
        current="assets",
        crumbs=asset_crumbs(Link("账实对照", "")),
    )
