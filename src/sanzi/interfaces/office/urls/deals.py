"""Addresses of contracts and competitions."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import auctions, contracts, tenders

urlpatterns = [
    path("contracts/", contracts.listing, name="contracts"),
    path("contracts/new/", contracts.new, name="contract_new"),
    path("contracts/<str:ext_id>/", contracts.page, name="contract"),
    path("contracts/<str:ext_id>/change/", contracts.change, name="contract_change"),
    path("auctions/<str:ext_id>/", auctions.page, name="auction"),
    path("auctions/<str:ext_id>/join/", auctions.join, name="auction_join"),
    path("auctions/<str:ext_id>/act/", auctions.act, name="auction_act"),
    path("auctions/<str:ext_id>/again/", auctions.again, name="auction_again"),
    path("tenders/", tenders.listing, name="tenders"),
    path("tenders/new/", tenders.new, name="tender_new"),
    path("tenders/<str:ext_id>/", tenders.page, name="tender"),
    path("tenders/<str:ext_id>/invite/", tenders.invite, name="tender_invite"),
    path("tenders/<str:ext_id>/act/", tenders.act, name="tender_act"),
]
