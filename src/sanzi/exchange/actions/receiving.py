"""A file comes in, its columns are told, it is looked at, loaded whole or put away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.exchange import errors, keeping, reading
from sanzi.exchange.actions import loading
from sanzi.exchange.checking import Checked
from sanzi.exchange.models import Delivery, SavedMapping
from sanzi.exchange.queries import access, mappings_like
from sanzi.exchange.resolving import LOAD
from sanzi.exchange.rules import Source, sources
from sanzi.kernel import clock, digest, divisions, ids
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.record.outside import errors as outside
from sanzi.record.outside import headers, values
from sanzi.record.outside.opening import OutsideFile

CHAIN: Final = "exchange"
NAME_MIN, NAME_MAX = 2, 40
FAULTS_TOLD: Final = 100


@dataclass(frozen=True)
class Said:
    """What an officer says of a file: a heading for each field, how columns are written.

    Shapes: `formats` field -> {order, unit}; `codes` field -> {their word: our code}.
    """

    columns: Mapping[str, str]
    formats: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def receive(*, source: str, name: str, data: bytes, by: Actor, at: datetime) -> Delivery:
    """Take a file of a source; its first sheet and columns are proposed.

    Raises: NotFound, SameFile, the refusals of `record.outside.errors`. Nothing is kept then.
    """
    kind = sources().get(source)
    place = home(by)
    if kind is None:
        raise NotFound
    same = Delivery.objects.filter(source=source, file_id=digest.sm3(data))
    _refuse_again(kind, same.filter(state__in=loading.TAKEN).order_by("pk").first())
    opened = OutsideFile(data, name)
    sheet = _first_sheet(opened)
    with transaction.atomic():
        made = Delivery(
            ext_id=ids.new_id("WB", at), source=source, source_version=kind.version,
            division_code=place, file=keeping.keep(data, at), file_name=_plain_name(name),
            sheet=sheet, header_row=0, uploaded_by_id=by.person_id or 0,
            uploaded_by_name=by.name[:40], uploaded_at=at,
        )  # fmt: skip
        _propose(made, kind, opened, sheet, 0)
        made.save()
        after = {"source": source, "file": made.file_id, "name": made.file_name}
        tell(made, "received", by, at, after)
    return made


def choose(*, ext_id: str, sheet: str, header_row: int, by: Actor, at: datetime) -> Delivery:
    """Say on which sheet and in which row the headings stand; columns are proposed anew.

    Raises: NotFound, NotNow, the refusals of `record.outside.errors`.
    """
    with transaction.atomic():
        found = _draft(ext_id, by)
        opened = reading.opened(found)
        _propose(found, sources()[found.source], opened, sheet, header_row)
        found.seen_digest, found.quality, found.faults, found.checked_at = "", {}, [], None
        found.save()
        tell(found, "changed", by, at, {"sheet": found.sheet, "row": found.header_row})
    return found


def look(*, ext_id: str, said: Said, by: Actor, at: datetime) -> Checked:
    """Keep what an officer says of the columns and check every row by it.

    Raises: NotFound, NotNow, MappedTwice, NotMapped, ColumnUnknown, FormatWrong, NothingToLoad,
        the refusals of `record.outside.errors`.
    """
    with transaction.atomic():
        found = _draft(ext_id, by)
        source = sources()[found.source]
        _take(found, source, said)
        checked = reading.check(found, by=by, today=clock.local_date(at))
        if not checked.rows:
            raise errors.NothingToLoad
        found.quality = checked.quality.as_dict()
        told = [*checked.faults, *checked.left_out]
        found.faults = [one.as_dict() for one in told[:FAULTS_TOLD]]
        found.seen_digest = reading.digest_of(found)
        found.checked_at, found.trouble = at, ""
        found.save()
        after = {"rows": checked.quality.rows, "refused": checked.quality.refused}
        tell(found, "checked", by, at, after)
    return checked


def confirm(*, ext_id: str, seen: str, by: Actor, at: datetime) -> Delivery:
    """Load the file as it was shown, all of it or nothing; a long one is left to the worker.

    Raises: NotFound, NotNow, ChangedMeanwhile, FileWrong, SameFile.
    """
    with transaction.atomic():
        found = _draft(ext_id, by)
        if not seen or seen != found.seen_digest or seen != reading.digest_of(found):
            raise errors.ChangedMeanwhile
        if found.quality.get("refused"):
            loading.refuse(found, by=by, at=at)
        same = Delivery.objects.filter(
            source=found.source, file_id=found.file_id, sheet=found.sheet, state__in=loading.TAKEN
        )
        _refuse_again(sources()[found.source], same.order_by("pk").first())
        found.state, found.confirmed_by_id = Delivery.State.QUEUED, by.person_id
        found.save(update_fields=["state", "confirmed_by_id"])
        tell(found, "confirmed", by, at, {"rows": found.quality["rows"]})
    if found.quality["rows"] <= loading.AT_ONCE:
        loading.run(ext_id=ext_id, by=by, at=at)
        found.refresh_from_db()
    return found


def again(*, ext_id: str, by: Actor, at: datetime) -> Delivery:
    """Load what was left out of a file, now that the registers know more.

    The whole file is read once more; what it brought already stays as it is.
    Raises: NotFound, NotNow, NothingLeft, FileWrong, AllLeftOut.
    """
    with transaction.atomic():
        found = access(by=by, ext_id=ext_id, permission=LOAD, is_locked=True)
        if found.state != Delivery.State.LOADED:
            raise errors.NotNow(state=found.get_state_display())
        if not found.left_out.exists():
            raise errors.NothingLeft
        found.state, found.confirmed_by_id = Delivery.State.QUEUED, by.person_id
        found.save(update_fields=["state", "confirmed_by_id"])
        tell(found, "again", by, at, {"left_out": found.quality.get("left_out", 0)})
    if found.quality["rows"] <= loading.AT_ONCE:
        loading.run(ext_id=ext_id, by=by, at=at)
        found.refresh_from_db()
    return found


def drop(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Put a file away without loading it. Raises: NotFound, NotNow."""
    with transaction.atomic():
        found = _draft(ext_id, by)
        found.state, found.done_at = Delivery.State.DROPPED, at
        found.save(update_fields=["state", "done_at"])
        tell(found, "dropped", by, at, {"file": found.file_id})


def save_mapping(*, ext_id: str, name: str, by: Actor, at: datetime) -> SavedMapping:
    """Keep how this file is read under a name; one of the same name is replaced.

    Raises: NotFound, NameNeeded, NotMapped.
    """
    words = " ".join(name.split())
    if not NAME_MIN <= len(words) <= NAME_MAX:
        raise errors.NameNeeded
    with transaction.atomic():
        found = access(by=by, ext_id=ext_id, permission=LOAD)
        if not found.columns:
            raise outside.NotMapped(fields="列")
        standing = SavedMapping.objects.select_for_update().filter(
            source=found.source, division_code=found.division_code, name=words,
            replaced_at__isnull=True,
        )  # fmt: skip
        standing.update(replaced_at=at)
        made = SavedMapping.objects.create(
            ext_id=ids.new_id("DY", at), source=found.source, division_code=found.division_code,
            name=words, fingerprint=headers.fingerprint(found.headings), headings=found.headings,
            columns=found.columns, formats=found.formats, codes=found.codes,
            saved_by_name=by.name[:40], saved_at=at,
        )  # fmt: skip
        found.mapping_name = words
        found.save(update_fields=["mapping_name"])
        after = {"name": words, "fingerprint": made.fingerprint}
        audit.write(
            chain=CHAIN, kind="exchange.mapping.saved", by=by, at=at,
            subject=("mapping", made.ext_id), after=after,
        )  # fmt: skip
    return made


def home(by: Actor) -> str:
    """Return the widest place for which the actor may load. Raises: NotFound."""
    codes = {
        post.division_code for post in by.posts if scope.can(by, LOAD, post.division_code)
    }  # a post that may load nothing reaches no place by another
    if not codes:
        raise NotFound
    return min(codes, key=lambda code: (len(divisions.prefix(code)), code))


def tell(found: Delivery, what: str, by: Actor, at: datetime, after: Mapping[str, Any]) -> None:
    """Write an event of a delivery into the log."""
    audit.write(
        chain=CHAIN, kind=f"exchange.delivery.{what}", by=by, at=at,
        subject=("delivery", found.ext_id), after=after,
    )  # fmt: skip


def _draft(ext_id: str, by: Actor) -> Delivery:
    found = access(by=by, ext_id=ext_id, permission=LOAD, is_locked=True)
    if found.state != Delivery.State.DRAFT:
        raise errors.NotNow(state=found.get_state_display())
    return found


def _refuse_again(source: Source, first: Delivery | None) -> None:
    if first is not None:
        raise errors.SameFile(
            when=clock.minute_text(first.done_at or first.uploaded_at),
            who=first.uploaded_by_name, title=source.title, ext_id=first.ext_id,
        )  # fmt: skip


def _first_sheet(opened: OutsideFile) -> str:
    """Return the first sheet with something on it. Raises: SheetEmpty."""
    for sheet in opened.sheets:
        if any(True for _ in opened.lines(sheet, most=1)):
            return sheet
    raise outside.SheetEmpty(name=opened.name, sheet="、".join(opened.sheets[:5]))


def _propose(
    found: Delivery, source: Source, opened: OutsideFile, sheet: str, header_row: int
) -> None:
    """Fill a delivery with its headings and what is proposed for them; row 0 looks for them."""
    lines = list(opened.lines(sheet, most=headers.HEAD_WITHIN + headers.LOOKED_AT))
    if not lines:
        raise outside.SheetEmpty(name=opened.name, sheet=sheet)
    row = header_row or headers.find_row(lines, source.fields)
    opened.require_plain(sheet, row)
    under = [line for line in lines if line[0] >= row]
    found.headings = headers.headings(under, row, sheet)
    found.sheet, found.header_row = sheet, row
    found.columns, found.formats, found.codes, found.mapping_name = {}, {}, {}, ""
    saved = mappings_like(source.code, found.division_code, found.headings)
    if saved:
        known = set(found.headings)
        found.columns = {one: text for one, text in saved[0].columns.items() if text in known}
        found.formats, found.codes = saved[0].formats, saved[0].codes
        found.mapping_name = saved[0].name
        return
    proposed = headers.propose(source.fields, found.headings, [cells for _, cells in under[1:]])
    found.columns = {name: one.heading for name, one in proposed.items()}
    found.formats = {
        name: {"unit": one.unit} for name, one in proposed.items() if one.unit != "yuan"
    }


def _take(found: Delivery, source: Source, said: Said) -> None:
    """Check what was said of the columns and write it into the delivery."""
    named, headings = source.named, set(found.headings)
    columns = {name: text for name, text in said.columns.items() if text}
    taken: dict[str, str] = {}
    for name, heading in columns.items():
        if name not in named or heading not in headings:
            raise outside.ColumnUnknown(column=(heading if name in named else name)[:40])
        if heading in taken:
            both = f"{named[taken[heading]].title}、{named[name].title}"
            raise outside.MappedTwice(what=f"“{heading}”这一列", both=both)
        taken[heading] = name
    missing = [one.title for one in source.fields if one.is_required and one.name not in columns]
    if missing:
        raise outside.NotMapped(fields="、".join(missing))
    for name, format_ in said.formats.items():
        for key, known in (("order", values.ORDERS), ("unit", values.UNITS)):
            if name not in named or format_.get(key, next(iter(known))) not in known:
                raise errors.FormatWrong(field=name[:30], value=str(format_.get(key))[:30])
    for name, words in said.codes.items():
        wrong = [code for code in words.values() if code not in (named[name].codes or {})] \
            if name in named else [name]  # fmt: skip
        if wrong:
            raise errors.FormatWrong(field=name[:30], value=wrong[0][:30])
    found.columns = columns
    found.formats = {name: dict(one) for name, one in said.formats.items() if name in columns}
    found.codes = {name: dict(one) for name, one in said.codes.items() if name in columns}


def _plain_name(name: str) -> str:
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(mark for mark in bare if mark.isprintable())[:80] or "未命名"
