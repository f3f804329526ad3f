"""The one place that knows every model by its code: the shipped ones and those of officers.

A shipped model is a folder of files (`catalogue`); a model of an officer is a row whose code reads
`own-<id>`. Whoever holds a code of an alert asks here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from sanzi.record import engine
from sanzi.record.sandbox import LeftOut
from sanzi.supervision import catalogue
from sanzi.supervision.catalogue import CLOSED_CHAIN
from sanzi.supervision.models import OwnState, OwnVersion
from sanzi.supervision.shapes import AlertModel, Column

CATEGORY: Final = "own"
_CODE: Final = re.compile(r"own-([0-9]{1,18})")
_KIND: Final = re.compile(r"'(\w+)'\s+AS\s+finding_kind", re.IGNORECASE)
SHOWN: Final = (OwnState.ACTIVE, OwnState.RETIRED, OwnState.REPLACED, OwnState.TRIAL)


class UnknownModel(KeyError):
    """There is no model of this code."""


def own_code(own_model_id: int) -> str:
    """Return the code of a model that an officer wrote."""
    return f"own-{own_model_id}"


def own_id(code: str) -> int | None:
    """Return the number of a model that an officer wrote, None for any other code."""
    found = _CODE.fullmatch(code)
    return int(found[1]) if found else None


def model_of(code: str, version: str = "") -> AlertModel:
    """Return the model of a code; of an officer's, the version that is named, else the newest.

    Raises: UnknownModel.
    """
    return models_of([(code, version)])[code, version]


def models_of(
    wanted: Iterable[tuple[str, str]],
) -> Mapping[tuple[str, str], AlertModel]:
    """Return the models of (code, version) pairs, in one query. Raises: UnknownModel."""
    shipped = catalogue.models()
    pairs = set(wanted)
    found = {pair: shipped[pair[0]] for pair in pairs if pair[0] in shipped}
    own = {pair: own_id(pair[0]) for pair in pairs - set(found)}
    rows: dict[int, list[OwnVersion]] = {}
    if own:
        ids = [one for one in own.values() if one is not None]
        kept = OwnVersion.objects.filter(own_model_id__in=ids, state__in=SHOWN)
        for row in kept.order_by("number"):
            rows.setdefault(row.own_model_id, []).append(row)
    for (code, version), number in own.items():
        versions = rows.get(number or 0, [])
        named = [one for one in versions if str(one.number) == version]
        if not versions:
            raise UnknownModel(code)
        found[code, version] = as_model((named or versions)[-1])
    return found


def as_model(version: OwnVersion) -> AlertModel:
    """Return a version of an officer's model as a model like the others."""
    statement = engine.check(version.sql)
    return AlertModel(
        code=own_code(version.own_model_id),
        number=f"自建{version.own_model_id}",
        category=CATEGORY,
        title=version.title,
        version=str(version.number),
        status={OwnState.ACTIVE: "active", OwnState.TRIAL: "trial"}.get(
            OwnState(version.state), "retired"
        ),
        severity=version.severity,
        gates=("nightly",),
        missing="",
        rule=version.rule,
        sentence={"": version.sentence},
        advice={"": version.advice},
        basis=tuple(one for one in version.basis.splitlines() if one.strip()),
        parameters=(),
        route=catalogue.route(version.title, version.route),
        columns=tuple(
            Column(name, one["type"], one["title"]) for name, one in version.columns.items()
        ),
        false_alarms=(),
        blind_spots=(),
        verify="",
        sql=version.sql,
        tables=statement.tables,
        kinds=frozenset(_KIND.findall(version.sql)),
        is_closed=version.is_closed,
    )


def is_open() -> Q:
    """Return the condition that leaves out alerts which only the discipline offices may see."""
    own = OwnVersion.objects.filter(is_closed=True).annotate(
        code=Concat(Value("own-"), Cast("own_model_id", CharField()))
    )
    return ~Q(model_code__in=catalogue.closed_codes()) & ~Q(model_code__in=own.values("code"))


def openness() -> dict[str, bool]:
    """Return by code whether the alerts of a model that an officer wrote are open to all.

    One that was closed once stays closed, as `is_open` has it.
    """
    kept = OwnVersion.objects.filter(state__in=SHOWN).values_list("own_model_id", flat=True)
    closed = set(OwnVersion.objects.filter(is_closed=True).values_list("own_model_id", flat=True))
    return {own_code(one): one not in closed for one in sorted(set(kept))}


def open_titles() -> dict[str, str]:
    """Return what the models that officers wrote and that are open to all are called, by code.

    The newest words that ever raised an alert; what is only on trial is its writer's alone.
    """
    told = OwnVersion.objects.filter(state__in=SHOWN).exclude(state=OwnState.TRIAL)
    titles = dict(told.order_by("number").values_list("own_model_id", "title"))
    return {code: titles[one] for code, is_open_to_all in openness().items()
            if is_open_to_all and (one := own_id(code)) in titles}  # fmt: skip


def closed_rows() -> LeftOut:
    """Return what the copy of an officer outside the discipline offices is without."""
    own = OwnVersion.objects.filter(is_closed=True).values_list("own_model_id", flat=True)
    codes = {*catalogue.closed_codes(), *(own_code(one) for one in own)}
    return {"alert": ("model_code", frozenset(codes))}


def codes_of_category(category: str) -> list[str]:
    """Return the codes of a category; `own` are all that officers wrote."""
    if category == CATEGORY:
        own = OwnVersion.objects.filter(state__in=SHOWN).values_list("own_model_id", flat=True)
        return [own_code(one) for one in sorted(set(own))]
    return [one.code for one in catalogue.models().values() if one.category == category]


def chain_of(code: str, organisation: str) -> str:
    """Return the chain of the log for alerts of a model: what is closed is in none of a body's."""
    number = own_id(code)
    if number is None:
        is_closed = catalogue.models()[code].is_closed
    else:
        is_closed = OwnVersion.objects.filter(own_model_id=number, is_closed=True).exists()
    return CLOSED_CHAIN if is_closed else organisation
