"""Addresses of the portal. A division code or a door's token is all that is needed to read."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.portal.views import (
    assets,
    auctions,
    files,
    follow,
    household,
    log,
    money,
    online,
    powers,
    projects,
    publications,
    sign_in,
    subsidies,
    tenders,
    units,
    village,
    voice,
    works,
)

app_name = "portal"
urlpatterns = [
    path("", village.home, name="home"),
    path("powers/", powers.listing, name="powers"),
    path("powers/<str:code>/", powers.power, name="power"),
    path("subsidies/", subsidies.listing, name="subsidies"),
    path("projects/<str:code>/", projects.project, name="project"),
    path("works/<str:code>/", works.works, name="works"),
    path("works/<str:code>/photo/<str:digest>/", works.photo, name="works_photo"),
    path("unit/<str:kind>/<str:code>/", units.unit, name="unit"),
    path("tenders/<str:ext_id>/", tenders.tender, name="tender"),
    path("auctions/<str:ext_id>/", auctions.page, name="auction"),
    path("auctions/<str:ext_id>/live/", auctions.live, name="auction_live"),
    path("asset/<str:tag>/", assets.page, name="asset"),
    path("log/checkpoint", log.checkpoint, name="log_checkpoint"),
    path("log/tile/entries/<path:where>", log.entries, name="log_entries"),
    path("log/tile/<int:level>/<path:where>", log.tile, name="log_tile"),
    path("log/sm3/tile/<int:level>/<path:where>", log.sm3_tile, name="log_sm3_tile"),
    path("log/cosignatures", log.cosignatures, name="log_cosignatures"),
    path("log/proof/<str:kind>/<str:subject>", log.proof, name="log_proof"),
    path("letters/", voice.follow, name="voice_follow"),
    path("site/", files.file, {"where": ""}, name="files"),
    path("site/<path:where>", files.file, name="file"),
    path("meet/<str:ext_id>/", sign_in.page, name="sign_in"),
    path("v/<str:token>/", village.door, name="door"),
    path("village/<str:code>/", village.page, name="village"),
    path("village/<str:code>/letter/", voice.write, name="voice"),
    path("village/<str:code>/items/", money.items, name="items"),
    path("village/<str:code>/pay/<str:number>/", money.payment, name="payment"),
    path("village/<str:code>/voucher/<str:ext_id>/", money.voucher, name="voucher"),
    path("village/<str:code>/slip/<str:ext_id>/", money.slip, name="slip"),
    path("village/<str:code>/bulletin/", publications.bulletin, name="bulletin"),
    path("village/<str:code>/bulletin/<str:ext_id>/", publications.sheet, name="publication"),
    path("village/<str:code>/powers/", powers.village_listing, name="village_powers"),
    path(
        "village/<str:code>/powers/<str:matter_code>/", powers.village_power, name="village_power"
    ),
    path("village/<str:code>/powers/<str:matter_code>/apply/", online.apply, name="apply"),
    path("village/<str:code>/receipt/", follow.receipt, name="receipt"),
    path("village/<str:code>/receipt/matter/", follow.receipt_page, name="receipt_page"),
    path("village/<str:code>/family/matters/<str:number>/", follow.matter, name="matter"),
    path("village/<str:code>/family/matters/<str:number>/again/", follow.again, name="again"),
    path(
        "village/<str:code>/family/matters/<str:number>/withdraw/", follow.withdraw, name="withdraw"
    ),
    path(
        "village/<str:code>/family/matters/<str:number>/paper/<int:place>/",
        follow.paper,
        name="paper",
    ),
    path("village/<str:code>/family/", household.knock, name="household"),
    path("village/<str:code>/family/phone/", household.by_phone, name="household_phone"),
    path("village/<str:code>/family/money/", household.page, name="household_page"),
    path("village/<str:code>/family/leave/", household.leave, name="household_leave"),
]
