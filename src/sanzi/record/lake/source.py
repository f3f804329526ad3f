"""Publishing from the application's database: one moment, the county's own keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings

from sanzi.kernel import digest, divisions, yamls
from sanzi.record import extraction, snapshot
from sanzi.record.lake import keys, publishing
from sanzi.record.lake.errors import BadDivisionChange, NoCounty
from sanzi.record.lake.publishing import Published, Sender
from sanzi.record.lake.stores import Store

NAMES_OF: Final = "lake names of"


def own_code() -> str:
    """Return the six figures of the county of this installation. Raises: NoCounty."""
    codes = {row[0] for row in extraction.fetch("division")}
    counties = sorted({code[:6] for code in codes if divisions.level(code) == "county"})
    if len(counties) != 1:
        raise NoCounty(count=len(counties))
    return str(counties[0])


def publish(
    store: Store,
    *,
    at: datetime,
    county_code: str = "",
    changes_file: Path | None = None,
    own_models: Callable[[], Mapping[str, bool]] = dict,
    own_titles: Callable[[], Mapping[str, str]] = dict,
    is_whole: bool = False,
) -> Published:
    """Publish the record as it is now; `own_models` and `own_titles` are asked then, too.

    Raises: NoCounty, BadDivisionChange, and as `publishing.publish`.
    """
    code = county_code or own_code()
    changes = _changes(code, changes_file)
    index_key = bytes.fromhex(settings.SANZI.index_key)
    sender = Sender(
        code,
        keys.signers(settings.SANZI.lake_keys, code),
        bytes.fromhex(digest.hmac_sm3(index_key, f"{NAMES_OF} {code}")),
    )
    with publishing.alone(settings.SANZI.lake_keys), snapshot.one_moment():
        return publishing.publish(
            store,
            sender,
            at=at,
            changes=changes,
            own_models=own_models(),
            own_titles=own_titles(),
            is_whole=is_whole,
        )


def _changes(code: str, file: Path | None) -> list[Mapping[str, Any]]:
    """Return the merges and splits that a file tells: a list, days as text."""
    if file is None:
        return []
    try:
        told = yamls.read(file) or []
        return [
            {**one, "on": str(one["on"]), **{side: list(one[side]) for side in ("before", "after")}}
            for one in told
        ]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise BadDivisionChange(county=code, why=f"{file.name} 读不了（{error}）") from error
