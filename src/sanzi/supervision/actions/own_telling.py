"""Notices about own models: to who may judge one that was handed in, to its owner when judged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sanzi.kernel import clock
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.supervision import known, own_rights
from sanzi.supervision.models import OwnState, OwnVersion


def judges(version: OwnVersion, at: datetime) -> set[int]:
    """Return the users who may look at a version as the second officer: never its owner."""
    own, day = version.own_model, clock.local_date(at)
    reads = {(str(table), str(column)) for table, column in version.reads}
    return {
        one.user_id
        for role in own_rights.judging_roles()
        for one in orgs.holders(role, own.division_code, day)
        if one.user_id is not None
        and one.user_id != own.owner_id
        and reads <= own_rights.columns_of(own_rights.view_of(role, one.division_code))
    }


def tell_judges(version: OwnVersion, at: datetime) -> None:
    """Tell every second officer that a version waits."""
    _tell(version, judges(version, at), "own_model_waits", at)


def tell_owner(version: OwnVersion, at: datetime) -> None:
    """Tell the owner what became of his version."""
    _tell(version, [version.own_model.owner_id], "own_model_judged", at)


def _tell(version: OwnVersion, users: Iterable[int], template: str, at: datetime) -> None:
    code = known.own_code(version.own_model_id)
    state = OwnState(version.state)
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"{template}/{code}/{version.number}/{state}/{one}"[:80],
                channel=Channel.INBOX,
                template=template,
                params={"title": version.title, "result": state.label},
                user_id=one,
                subject_kind="own_model",
                subject_id=code,
            )
            for one in sorted(set(users))
        ],
        at=at,
    )
