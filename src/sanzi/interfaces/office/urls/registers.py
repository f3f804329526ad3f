"""Addresses of registers: seals, aid, fiscal money, labour."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import aid, funds, labour, registers, seals

urlpatterns = [
    path("seals/<str:ext_id>/", seals.page, name="seal"),
    path("seals/<str:ext_id>/act/", seals.act, name="seal_act"),
    path("aid/<str:ext_id>/letter.pdf", aid.letter, name="aid_letter"),
    path("registers/", registers.shelf_page, name="registers"),
    path("registers/<str:key>/", registers.listing, name="register"),
    path("registers/<str:key>/<str:ext_id>/", registers.row, name="register_row"),
    path("funds/new/", funds.fund_new, name="fund_new"),
    path("funds/<str:code>/allocate/", funds.allocate, name="fund_allocate"),
    path("funds/<str:code>/receive/", funds.fund_receive, name="fund_receive"),
    path("transfers/<str:ext_id>/receive/", funds.transfer_receive, name="transfer_receive"),
    path("transfers/<str:ext_id>/pass-on/", funds.transfer_pass, name="transfer_pass"),
    path("projects/new/", funds.project_new, name="project_new"),
    path("projects/<str:ext_id>/update/", funds.project_update, name="project_update"),
    path("prices/new/", funds.price_new, name="price_new"),
    path("rates/", funds.rates, name="rates"),
    path("labour/", labour.listing, name="labour"),
    path("labour/<str:ext_id>/", labour.page, name="labour_request"),
    path("labour/<str:ext_id>/release/", labour.release, name="labour_release"),
    path("labour/<str:ext_id>/days/<str:work_date>/", labour.sheet, name="labour_day"),
]
