"""The villager's part of a form as he sees it: large choices of his own people, few fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from sanzi.evidence.actions.files import Upload
from sanzi.evidence.errors import TooManyFiles
from sanzi.evidence.rules import SIZE_MAX_BYTES
from sanzi.interfaces.look.parts import Choice
from sanzi.kernel import masking
from sanzi.kernel.refusals import Refusal
from sanzi.matters import registry
from sanzi.matters.actions.online import Place, offered
from sanzi.matters.catalogue import Matter
from sanzi.matters.fields import Field
from sanzi.orgs.people_queries import names_of

PICKS_MAX = 8
FILES_MAX = 9
INPUT_MODES = {"integer": "numeric", "quantity": "decimal", "money": "decimal"}


@dataclass(frozen=True)
class Asked:
    """One question: how it is drawn (`kind`), what may be chosen, what was said, what is wrong."""

    key: str
    label: str
    hint: str
    kind: str
    value: str
    choices: Sequence[Choice]
    error: str
    is_required: bool
    input_mode: str = ""
    max_length: int | None = None

    @property
    def id(self) -> str:
        """The id of the first control."""
        return f"f-{self.key}"


@dataclass(frozen=True)
class AskedPaper:
    """One kind of paper that may be added as photos."""

    kind: str
    title: str
    is_required: bool


def fields_of(matter: Matter) -> list[Field]:
    """Return the fields a villager is asked, in his order."""
    return [matter.field(key) for key in (matter.online.ask if matter.online else ())]


def questions(
    matter: Matter, place: Place, said: Mapping[str, Any], errors: Mapping[str, str], own: str
) -> list[Asked]:
    """Return the questions of a matter with what was said; `own` is the person who fills it."""
    people = names_of(place.people)
    found = []
    for one in fields_of(matter):
        column = one.columns[0] if one.columns else one
        values = offered(column, place)
        labels = _labels(column, place, people, own)
        chosen = _chosen(one, said, own, values)
        found.append(
            Asked(
                key=one.key,
                label=one.label,
                hint=one.help,
                kind=_kind(one, values),
                value=str(said.get(one.key) or ""),
                choices=[
                    Choice(value, labels.get(value, value), is_chosen=value in chosen)
                    for value in values or ()
                ],
                error=errors.get(one.key, ""),
                is_required=one.required or bool(one.required_for),
                input_mode=INPUT_MODES.get(one.type, ""),
                max_length=one.max_length,
            )
        )
    return found


def papers(matter: Matter) -> list[AskedPaper]:
    """Return the papers that may be added, the needed ones first."""
    kinds = matter.online.papers if matter.online else ()
    found = [
        AskedPaper(one.kind, one.title, one.required)
        for one in matter.evidence
        if one.kind in kinds
    ]
    return sorted(found, key=lambda one: not one.is_required)


def _labels(one: Field, place: Place, people: Mapping[str, str], own: str) -> dict[str, str]:
    if one.options is not None:
        return dict(one.options)
    if one.type == "person":
        return {
            key: f"{masking.name(name)}（您本人）" if key == own else masking.name(name)
            for key, name in people.items()
        }
    return dict(registry.list_of(one.list, place.organisation, place.division_code) or ())


def _chosen(
    one: Field, said: Mapping[str, Any], own: str, values: Collection[str] | None
) -> set[str]:
    if one.type == "rows":
        return {str(row.get(one.columns[0].key, "")) for row in said.get(one.key) or ()}
    value = str(said.get(one.key) or "")
    if not value and values is not None:
        return {own} if own in values else set(values) if len(values) == 1 else set()
    return {value}


def _kind(one: Field, values: Collection[str] | None) -> str:
    if one.type == "rows":
        return "checks"
    if values is not None:
        return "picks" if len(values) <= PICKS_MAX else "select"
    is_long = one.type == "long_text"
    return "area" if is_long else "date" if one.type == "date" else "text"


def said_in(matter: Matter, post: QueryDict) -> dict[str, Any]:
    """Return what was typed and chosen, as forms of cases keep it."""
    return {
        one.key: [{one.columns[0].key: value} for value in post.getlist(one.key)]
        if one.type == "rows"
        else post.get(one.key, "")
        for one in fields_of(matter)
    }


def uploads_in(matter: Matter, sent: MultiValueDict[str, UploadedFile[Any]]) -> tuple[Upload, ...]:
    """Return the files that came with a form.

    Raises: TooManyFiles.
    """
    found = [
        Upload(one.name or "", kind.kind, one.read(SIZE_MAX_BYTES + 1), may_be_invoice=False)
        for kind in papers(matter)
        for one in sent.getlist(f"paper-{kind.kind}")[: FILES_MAX + 1]
    ]
    if len(found) > FILES_MAX:
        raise TooManyFiles(limit=FILES_MAX)
    return tuple(found)


def error_places(refusal: Refusal) -> dict[str, str]:
    """Return the sentence of a refusal by the fields it speaks of; under `` when of none."""
    words = f"{refusal.text}{refusal.advice}"
    keys = refusal.data.get("keys")
    if not isinstance(keys, list):
        keys = [refusal.data.get("field", "")]
    return {str(key): words for key in keys}
