"""The paper twin of a village's page: the poster of a month, the sheet for a door. As PDF.

A poster shows what was published, from the publication itself, and carries its proof in a code
(docs/paper-proof.md). Sizes: look.md's for boards; a black printer will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import segno
from django.conf import settings
from django.db.models import QuerySet

from sanzi.disclosure import bulletin_queries, page_parts, verifier_page
from sanzi.disclosure.errors import MonthNotPublished
from sanzi.disclosure.models import Door, Publication
from sanzi.disclosure.periods import bounds
from sanzi.kernel import clock, papers
from sanzi.kernel.money import format_yuan
from sanzi.matters.items import items
from sanzi.orgs.errors import NotFound
from sanzi.transparency import queries as log

SIZES: Final = ("a4", "a3")
ROWS, NOTICES, MONTHS_LOOKED_AT = 8, 4, 2
TITLE_MAX, WHO_MAX, NOTICE_MAX, NUMBER_FIGURES, GROUP = 16, 10, 30, 12, 4
MONTH_ITEM: Final = "F01"
FIGURES: Final = {"in_fen": "进了", "out_fen": "出了", "balance_fen": "账上还有"}
ASKS: Final = (
    "钱花到哪里去了？看每一笔，谁批的。",
    "工程谁做的，多少钱，验收了没有？",
    "地和房租给谁，租金交了没有？",
    "我家的补贴，到账了没有？",
    "有疑问：扫码问村里，7天内答复；也可以找村监会、镇纪委。",
)


@dataclass(frozen=True)
class Poster:
    """A poster of a month: its name as a file and its bytes."""

    name: str
    pdf: bytes


def month(*, village_code: str, period: str, size: str = "a4") -> Poster:
    """Return the poster of a published month, open to all.

    Raises: NotFound, for a village without a door or a size that is none; MonthNotPublished;
        NotInLog, in the minute after publication.
    """
    door = _door(village_code)
    if size not in SIZES:
        raise NotFound
    sheet = published(village_code, period)
    code = log.paper_proof("publication", sheet.ext_id).text()
    name = door.division.name
    title = f"{name}{int(period[5:])}月的钱"
    data = _frame(door, title, size) | {
        "sub": f"{period[:4]}年{int(period[5:])}月，一笔一笔都在公开栏",
        "figures": [
            {"word": word, "amount": f"{format_yuan(sheet.body[field])}元"}
            for field, word in FIGURES.items()
            if sheet.body.get(field) is not None
        ],
        "rows": _rows(sheet.body),
        "notices": _notices(sheet),
        "proof": squares(code),
        "proof_words": "验真码：不用联网，就能核对上面的数改过没有。",
        "proof_number": _grouped(sheet.content_digest[:NUMBER_FIGURES].upper()),
        "door_words": "看每一笔，问村里：扫这个码。",
        "foot": [_day_words(sheet), "有疑问，找村监会，或打镇纪委电话。"],
        "page_words": _page_words(),
    }
    return Poster(f"{name}{period}公示.pdf", papers.pdf("poster", data))


def door_sheet(*, village_code: str, size: str = "a4") -> Poster:
    """Return the sheet for doors: the village's code and what one can ask. Raises: NotFound."""
    door = _door(village_code)
    if size not in SIZES:
        raise NotFound
    data = _frame(door, f"{door.division.name}的钱", size) | {
        "sub": "扫一扫就看到，不用登录，不用装软件",
        "asks": list(ASKS),
        "door_words": "手机扫这个码，看本村的钱，也看您家的钱。",
        "foot": ["不会用手机，到村里找文书，当面看。"],
    }
    return Poster(f"{door.division.name}门贴.pdf", papers.pdf("poster", data))


def published(village_code: str, period: str) -> Publication:
    """Return what stands published of a month, line by line. Raises: MonthNotPublished."""
    found = _months(village_code).filter(period=period).first()
    if found is None:
        raise MonthNotPublished(period=period)
    return found


def newest_period(village_code: str) -> str:
    """Return the last month of which a poster can be printed now, empty where there is none.

    A village without a code has no poster; a month has one as soon as a signed head covers it.
    """
    if not Door.objects.filter(division_id=village_code, revoked_at__isnull=True).exists():
        return ""
    newest = _months(village_code).order_by("-period")[:MONTHS_LOOKED_AT]
    return next((one.period for one in newest if log.has("publication", one.ext_id)), "")


def squares(text: str) -> list[str]:
    """Return a long text's code as rows of 0 and 1: as few squares as can be, for a printer."""
    drawn = segno.make(text, error="l", micro=False)
    return ["".join("1" if dark else "0" for dark in row) for row in drawn.matrix]


def _months(village_code: str) -> QuerySet[Publication]:
    return bulletin_queries.standing(village_code, MONTH_ITEM).filter(body__has_key="out_fen")


def _door(village_code: str) -> Door:
    found = (
        Door.objects.select_related("division")
        .filter(division_id=village_code, revoked_at__isnull=True)
        .order_by("token")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _frame(door: Door, title: str, size: str) -> dict[str, Any]:
    address = f"{settings.SANZI.public_url}/v/{door.token}/"
    return {
        "title": title, "size": size, "figures": [], "rows": [], "notices": [], "asks": [],
        "proof": [], "proof_words": "", "proof_number": "", "page_words": "",
        "door": squares(address), "address": f"扫不了，手机打开 {address}",
    }  # fmt: skip


def _rows(body: Mapping[str, Any]) -> list[list[str]]:
    """Return the largest lines of a month: what, who, how much, 进 or 出."""
    rows: Sequence[Sequence[Any]] = body.get("rows", [])
    largest = sorted(rows, key=lambda row: (-row[4], row[0]))[:ROWS]
    return [
        [_cut(row[2], TITLE_MAX), _cut(row[3], WHO_MAX),
         f"{'进' if row[5] else '出'} {format_yuan(row[4])}"]
        for row in largest
    ]  # fmt: skip


def _notices(sheet: Publication) -> list[str]:
    """Return titles of what else was published in the month, without what leaves the web."""
    start, end = bounds(sheet.period)
    others = bulletin_queries.standing(sheet.division_id).filter(
        published_at__gte=start, published_at__lt=end
    )
    kept = [one for one in others[: NOTICES * 10] if not items()[one.item_code].leaves]
    return [
        f"· {clock.local_date(one.published_at):%m-%d} {_cut(one.title, NOTICE_MAX)}"
        for one in kept[:NOTICES]
    ]


def _day_words(sheet: Publication) -> str:
    day = clock.local_date(sheet.published_at)
    return f"{day.year}年{day.month}月{day.day}日按账公布，下一期在下个月10日后。"


def _page_words() -> str:
    """Return where the page that verifies comes from, and its digest."""
    return (
        f"核对页 {settings.SANZI.public_url}/log/verifier.html　"
        f"SHA-256 {verifier_page.page().digest}"
    )


def _grouped(text: str) -> str:
    return " ".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def _cut(text: str, length: int) -> str:
    """Return a text of a length at most; 个人 stands for masked names, as on open pages."""
    text = page_parts.opened(text)
    return text if len(text) <= length else f"{text[: length - 1]}…"
