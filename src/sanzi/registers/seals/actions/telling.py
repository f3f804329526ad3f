"""Who hears what of seals: the head of each routine stamp, the discipline office of alarms."""

from __future__ import annotations

from datetime import datetime

from sanzi.kernel import clock
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs.queries import division_names
from sanzi.registers.seals.models import Seal, SealDeviceEvent, SealUse

TEXTS = {
    "seal_routine": (
        "{village}{seal}照清单盖{item}，{copies}个，不用您批。看不对的，找保管人{keeper}。"
    ),
    "seal_alarm": "{village}{seal}：{what}，{when}。{words}请马上核对印章和用印记录。",
    "seal_lost": "{village}{seal}报失，{when}起作废。请在公开栏和镇里公告，补刻前不要用印。",
}
TITLES = {"seal_routine": "照清单用印", "seal_alarm": "印章报警", "seal_lost": "印章报失"}
WATCH_VILLAGE = ("supervision_head", "village_secretary")
WATCH_TOWN = ("town_discipline_office", "town_civil_office")


def register_texts() -> None:
    """Name the wording of each notice; called once from `apps.ready`."""
    for template, text in TEXTS.items():
        outbox.register_text(template, text, title=TITLES[template])


def tell_head(use: SealUse, at: datetime) -> None:
    """Let the head hear of a stamp that the list allows without his word."""
    params = {
        "item": use.item_title,
        "copies": str(use.copies_approved),
        "keeper": use.seal.keeper.name if use.seal.keeper else "",
    }
    _tell(use.seal, "seal_routine", params, ("committee_head",), (use.ext_id, at))


def tell_alarm(event: SealDeviceEvent, at: datetime) -> None:
    """Let those who watch hear of what a machine told, or of what is wrong with it."""
    params = {
        "what": event.get_kind_display(),
        "when": clock.minute_text(event.event_at),
        "words": f"{event.words}。" if event.words else "",
    }
    roles = (*WATCH_VILLAGE, *WATCH_TOWN)
    _tell(event.seal, "seal_alarm", params, roles, (event.ext_id, at))


def tell_lost(seal: Seal, at: datetime) -> None:
    """Let everybody who watches hear of a lost seal."""
    params = {"when": clock.minute_text(at)}
    roles = (*WATCH_VILLAGE, "committee_head", *WATCH_TOWN)
    _tell(seal, "seal_lost", params, roles, (seal.ext_id, at))


def _tell(
    seal: Seal,
    template: str,
    params: dict[str, str],
    roles: tuple[str, ...],
    about: tuple[str, datetime],
) -> None:
    key, at = about
    village = division_names([seal.division_code]).get(seal.division_code, "")
    users = {
        one.user_id
        for role in roles
        for one in orgs.holders(role, seal.division_code, clock.local_date(at))
        if one.user_id is not None
    }
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"{template}:{key}:{user}",
                channel=Channel.INBOX,
                template=template,
                params={"village": village, "seal": seal.title, **params},
                user_id=user,
                subject_kind="seal",
                subject_id=seal.ext_id,
            )
            for user in sorted(users)
        ],
        at=at,
    )
