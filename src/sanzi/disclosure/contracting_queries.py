"""A village's open contracting packages, for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from sanzi.disclosure import queries
from sanzi.disclosure.contracting import facts, oc4ids, ocds
from sanzi.disclosure.contracting.facts import Party
from sanzi.orgs.models import Organisation


def releases(code: str, *, address: str, at: datetime) -> dict[str, Any]:
    """Return the OCDS release package of a village. Raises: NotFound."""
    return ocds.package(facts.processes(code), **_around(code, address, at))


def projects(code: str, *, address: str, at: datetime) -> dict[str, Any]:
    """Return the OC4IDS project package of a village. Raises: NotFound."""
    return oc4ids.package(facts.processes(code), **_around(code, address, at))


def _around(code: str, address: str, at: datetime) -> dict[str, Any]:
    village = queries.village(code)
    body = Organisation.objects.filter(division_id=code, kind="collective").order_by("pk").first()
    publisher = facts.buyer_of(body) if body else Party(code, village.name)
    prefix: str = settings.SANZI.contracting_prefix
    return {"prefix": prefix, "publisher": publisher, "address": address, "at": at}
