"""What is behind the label on a thing of the village: whose, where, worth what, in whose use."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sanzi.deals import asset_rules as rules
from sanzi.deals.queries import assets as queries
from sanzi.disclosure import naming
from sanzi.disclosure import queries as villages
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Fact, Link
from sanzi.interfaces.portal.pages import public, show, today
from sanzi.kernel import masking
from sanzi.registers.leases.queries import public as leases


@public
def page(request: HttpRequest, tag: str) -> HttpResponse:
    """Show what anybody may know of a thing whose label was scanned."""
    found = queries.public_asset(tag)
    village = villages.village(found.village_code)
    name, place = naming.clean(village.code, [found.name, found.place])
    mu, m2 = rules.area_words(found.area_mu_centi), rules.area_words(found.area_m2_centi)
    facts = [
        Fact("是谁的", found.organisation_name),
        Fact("是什么", f"{found.category_label}，{found.kind_label}，{found.number}号"),
        Fact("在哪里", place),
        Fact("多大", "，".join(x for x in (mu and f"{mu}亩", m2 and f"{m2}平方米") if x)),
        Fact(
            "账面原值",
            words.portal_yuan(found.book_value_fen) if found.book_value_fen else "",
        ),
        Fact(
            "现在",
            f"{found.status_label}，{words.local_day(found.status_since_date, today=today())}起",
        ),
        Fact(
            "上次盘点",
            words.local_day(found.last_inventory_date, today=today())
            if found.last_inventory_date
            else "还没盘过",
        ),
    ]
    lease = leases.public_of_asset(found.ext_id, today())
    if lease is not None:
        tenant = masking.name(lease.tenant_name) if lease.tenant_is_person else (lease.tenant_name)
        facts += [
            Fact("租给谁", tenant),
            Fact("租到哪天", words.local_day(lease.end_date, today=today())),
            Fact("一年租金", words.portal_yuan(lease.rent_fen_year)),
        ]
    return show(
        request,
        "asset",
        village,
        {
            "name": name,
            "facts": [fact for fact in facts if fact.text],
            "back": Link(village.name, reverse("portal:village", args=[village.code])),
        },
    )
