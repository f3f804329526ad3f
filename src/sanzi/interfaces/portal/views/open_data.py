"""Data to take away: the catalogue for people and for programs, packages and tables."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from sanzi.disclosure import dcat, open_data, page_queries
from sanzi.disclosure.dcat import Distribution
from sanzi.disclosure.open_data import Place
from sanzi.interfaces.look.parts import ItemRow, Link
from sanzi.interfaces.portal.pages import public, show, today

ZIP, CSV, JSON, ATOM = "application/zip", "text/csv", "application/json", "application/atom+xml"
PACKAGE_PROFILE = "https://specs.frictionlessdata.io/tabular-data-package/"
OCDS_PROFILE = "https://standard.open-contracting.org/latest/en/"
OC4IDS_PROFILE = "https://standard.open-contracting.org/infrastructure/latest/en/"
PRICES = "price.json"
KEPT = "public, max-age=600"


def _distributions(request: HttpRequest, where: Place) -> list[Distribution]:
    """Return every file of a place, the whole package first."""

    def url(name: str, *args: str) -> str:
        return request.build_absolute_uri(reverse(name, args=[where.code, *args]))

    found = [
        Distribution("全部表格，一个压缩包", url("portal:open_package"), ZIP, PACKAGE_PROFILE),
        Distribution(
            "表格的说明", url("portal:open_file", "datapackage.json"), JSON, PACKAGE_PROFILE
        ),
        *(
            Distribution(title, url("portal:open_file", name), CSV)
            for name, title in open_data.titles(where).items()
        ),
    ]
    found.append(Distribution("租金和单价，给程序读", url("portal:open_file", PRICES), JSON))
    if where.tables == open_data.OF_A_VILLAGE:
        found += [
            Distribution("招标和合同", url("api-1:contracting_releases"), JSON, OCDS_PROFILE),
            Distribution("工程", url("api-1:contracting_projects"), JSON, OC4IDS_PROFILE),
        ]
        if page_queries.has_feed(where.code):
            feed = reverse("portal:file", args=[page_queries.feed_of(where.code)])
            found.append(Distribution("新公布的", request.build_absolute_uri(feed), ATOM))
    return found


def _dataset(request: HttpRequest, where: Place, changed_at: datetime | None) -> dcat.Dataset:
    is_village = where.tables == open_data.OF_A_VILLAGE
    what = (
        "每月收支、每一笔、资产和租金、单价、公布的事、工程"
        if is_village
        else "各村、租金和单价、公布的事"
    )
    return dcat.Dataset(
        code=where.code,
        title=f"{where.name}的公开数据",
        description=what,
        page_url=request.build_absolute_uri(reverse("portal:open_place", args=[where.code])),
        distributions=_distributions(request, where),
        modified_at=changed_at,
    )


@require_safe
@public
def catalogue(request: HttpRequest) -> HttpResponse:
    """Tell programs what there is, as DCAT 3."""
    counties = open_data.counties()
    places = [*counties, *(v for one in counties for v in open_data.villages_of(one))]
    changes = open_data.changes()
    name = "、".join(one.name for one in counties)
    told = dcat.document(
        dcat.Catalogue(
            url=request.build_absolute_uri(),
            title=f"{name}的公开数据",
            publisher=name,
            service_url=request.build_absolute_uri("/api/v1/"),
            service_document_url=request.build_absolute_uri(reverse("api-1:openapi-json")),
            datasets=[_dataset(request, one, changes.get(one.code)) for one in places],
        )
    )
    return _kept(
        JsonResponse(
            told, json_dumps_params={"ensure_ascii": False}, content_type="application/ld+json"
        )
    )


@require_safe
@public
def listing(request: HttpRequest) -> HttpResponse:
    """List the places whose data may be taken away."""
    counties = open_data.counties()
    return show(
        request,
        "open_data",
        None,
        {
            "counties": [_place_row(one.code, one.name) for one in counties],
            "villages": [_place_row(v.code, v.name) for one in counties for v in one.villages],
            "back": Link("各村", reverse("portal:home")),
        },
    )


def _place_row(code: str, name: str) -> ItemRow:
    return ItemRow(title=name, url=reverse("portal:open_place", args=[code]))


@require_safe
@public
def page(request: HttpRequest, code: str) -> HttpResponse:
    """List the files of a place."""
    where = open_data.place(code)
    words = {ZIP: "压缩包", CSV: "表格", JSON: "给程序读", ATOM: "订阅"}
    rows = [
        ItemRow(title=one.title, url=one.url, sub=words[one.media_type])
        for one in _distributions(request, where)
    ]
    return show(
        request,
        "open_place",
        None,
        {
            "name": where.name,
            "rows": rows,
            "back": Link("公开数据", reverse("portal:open_data")),
        },
    )


@require_safe
@public
def package(_request: HttpRequest, code: str) -> HttpResponse:
    """Send a place's package."""
    response = HttpResponse(open_data.package(open_data.place(code), today()), content_type=ZIP)
    response["Content-Disposition"] = f'attachment; filename="{code}.zip"'
    return _kept(response)


@require_safe
@public
def file(_request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Send one file of a place's package."""
    where = open_data.place(code)
    if name == PRICES:
        told = open_data.records(where, "price", today())
        return _kept(JsonResponse(told, safe=False, json_dumps_params={"ensure_ascii": False}))
    found = open_data.file(where, name, today())
    kind = JSON if name.endswith(".json") else f"{CSV}; charset=utf-8"
    return _kept(HttpResponse(found, content_type=kind))


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = KEPT
    return response
