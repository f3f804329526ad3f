"""Addresses of assets in the office."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import assets, leases, stocktaking

urlpatterns = [
    path("assets/", assets.listing, name="assets"),
    path("assets/new/", assets.new, name="asset_new"),
    path("assets/books/", assets.books, name="asset_books"),
    path("assets/counts/", stocktaking.listing, name="stocktakings"),
    path("assets/counts/<str:ext_id>/", stocktaking.page, name="stocktaking"),
    path("assets/counts/<str:ext_id>/act/", stocktaking.act, name="stocktaking_act"),
    path("assets/counts/<str:ext_id>/<str:asset>/", stocktaking.line, name="stocktaking_line"),
    path("leases/", leases.listing, name="leases"),
    path("leases/arrears/", leases.arrears, name="rent_arrears"),
    path("leases/new/", leases.new, name="lease_new"),
    path("leases/<str:ext_id>/", leases.page, name="lease"),
    path("leases/<str:ext_id>/act/", leases.act, name="lease_act"),
    path("assets/<str:ext_id>/", assets.page, name="asset"),
    path("assets/<str:ext_id>/change/", assets.change, name="asset_change"),
    path("assets/<str:ext_id>/act/", assets.act, name="asset_act"),
    path("assets/<str:ext_id>/label.pdf", assets.label, name="asset_label"),
]
