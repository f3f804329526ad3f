"""The tree of divisions as the cockpit walks it: what lies right below, the villages of a place."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from sanzi.kernel import divisions
from sanzi.orgs.models import Division

VILLAGE = "village"
TOWN = "town"


def nodes(codes: Iterable[str]) -> list[Division]:
    """Return the divisions of these codes that are known, in the order of codes."""
    return list(Division.objects.filter(pk__in=list(codes)).order_by("code"))


def below(code: str) -> list[tuple[str, str]]:
    """Return code and name of the divisions right below: no other known one lies between."""
    level = divisions.level(code)
    if level == VILLAGE:
        return []
    found = _under(code).exclude(pk=code)
    found = found.filter(level=VILLAGE) if level == TOWN else found.exclude(level=VILLAGE)
    names = dict(found.order_by("code").values_list("code", "name"))
    return [(one, name) for one, name in names.items() if _nearest(one, names) is None]


def villages_below(code: str) -> list[tuple[str, str]]:
    """Return code and name of every village of a place, in the order of codes."""
    return level_below(code, VILLAGE)


def level_below(code: str, level: str) -> list[tuple[str, str]]:
    """Return code and name of every division of one level below a place, in the order of codes."""
    found = _under(code).filter(level=level).order_by("code")
    return list(found.values_list("code", "name"))


def codes_like(words: str) -> list[str]:
    """Return the codes of the divisions whose name holds these words."""
    return list(Division.objects.filter(name__contains=words).values_list("code", flat=True))


def at_levels(levels: Iterable[str]) -> list[Division]:
    """Return the divisions of some levels, in the order of codes."""
    return list(Division.objects.filter(level__in=list(levels)).order_by("code"))


def village_count(code: str) -> int:
    """Return how many villages a place has."""
    return _under(code).filter(level=VILLAGE).count()


def _under(code: str) -> QuerySet[Division]:
    prefix = divisions.prefix(code)
    return Division.objects.filter(code__gte=prefix, code__lt=prefix + ":")


def _nearest(code: str, names: Iterable[str]) -> str | None:
    known = set(names)
    above = divisions.parent(code)
    while above is not None:
        if above in known:
            return above
        above = divisions.parent(above)
    return None
