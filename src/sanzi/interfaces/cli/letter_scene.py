"""What the demo finds ready of letters: keys of the discipline offices, three letters, one visit.

An office makes its key itself and carries the file away; the demo's lie beside its data, all
under one passphrase that the demo's page tells.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sanzi.interfaces.cli import scene
from sanzi.kernel import clock, ids
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM
from sanzi.voice import queries, rules, sealing
from sanzi.voice import station_queries as stations
from sanzi.voice.actions import handing_in, keys
from sanzi.voice.actions import stations as visits

FOLDER = "letter-keys"
PASSPHRASE = "sanzi-demo-letters"  # noqa: S105 - the demo's, told on its page
TOKEN_BITS = 100


def give_keys(target: Path, villages: Iterable[str], at: datetime) -> None:
    """Make a key for every discipline office of these villages, and for the one outside."""
    folder = target / FOLDER
    folder.mkdir(exist_ok=True)
    offices = {(rules.OUTSIDE, "")}
    for village in villages:
        town, county = orgs.ancestors(village)[:2]
        offices |= {(rules.DISCIPLINE["town"], town), (rules.DISCIPLINE["county"], county)}
    for role, division_code in sorted(offices):
        text, public = sealing.new_key_file(PASSPHRASE)
        keys.register(office=(role, division_code), public_key=public, by=SYSTEM, at=at)
        name = queries.office_title(role, division_code, at)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


def leave_letters(village: str, at: datetime) -> None:
    """Hand three letters in, as villagers would: about a list, a broken road, an officer."""
    for kind, words, place, accused in (
        ("business", "土地租金的名单上，我家少算了三分地，去年是对的。", "", ()),
        ("urgent", "村口的桥栏杆断了两根，孩子上学要从那里过。", "村口小桥", ()),
        (
            "corruption",
            "说是修路买的料，路没有动过，发票是镇上小卖部开的。",
            "",
            (_officer(village, at),),
        ),
    ):
        handing_in.hand_in(
            letter=handing_in.Letter(
                division_code=village,
                kind=kind,
                words=words,
                token=ids.new_token(TOKEN_BITS),
                place=place,
                accused=accused,
            ),
            at=at,
        )


def look_at_one(village: str, at: datetime) -> str:
    """Let the member of the village's station go to the urgent one and see that it is so.

    Returns the ext id of the visit.
    """
    member = scene.officer("supervision_member", village, at)
    urgent = next(one for one, _ in stations.reports(by=member) if one.kind == "urgent")
    return visits.visit(
        ext_id=urgent.ext_id,
        seen=visits.Seen("REAL", "栏杆断了两根，先用绳子拦上了，已经告诉镇里。", "村口小桥"),
        shot=visits.Shot("现场.png", scene.draw_paper("村口小桥", "栏杆断了两根")),
        by=member,
        at=at,
    )


def _officer(village: str, at: datetime) -> str:
    """Return whom the last letter is about: the first person in office whom one may name."""
    (_, rows), *_ = queries.accusable(village, clock.local_date(at))
    return next(value for value, _ in rows if value.startswith("person:"))
