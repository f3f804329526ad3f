"""What a role sees in a sandbox of the record (`data/sandbox.yaml`), and how far own models run.

A desk is one post of an officer from which he may write a model or ask: its division and its role
say which rows and which classes of columns there are. Roles as such are in `data/roles.yaml`, the
limits of a run in `data/own_models.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from sanzi.kernel import divisions, yamls
from sanzi.orgs.actors import Actor, Post
from sanzi.orgs.roles import roles
from sanzi.record import sandbox, schema

FILE: Final = Path(__file__).resolve().parent.parent / "data" / "own_models.yaml"
RIGHTS: Final = FILE.with_name("sandbox.yaml")
WRITE, APPROVE = "supervision.own_write", "supervision.own_approve"
AS_OF: Final = "as_of"


class BadOwnModels(Exception):
    """A file is wrong; the sentence names the entry."""


@dataclass(frozen=True)
class Limits:
    """How far a run may go."""

    try_seconds: int
    night_seconds: int
    memory_mb: int
    try_rows: int
    copied_rows: int
    findings: int
    statement_length: int
    cases: int
    case_rows: int
    at_once: int

    def of_a_try(self) -> sandbox.Limits:
        """Return the limits of a try by hand."""
        return sandbox.Limits(self.try_seconds, self.memory_mb, self.try_rows, self.copied_rows)

    def of_a_night(self) -> sandbox.Limits:
        """Return the limits of a run at night, over the whole of a place."""
        return sandbox.Limits(self.night_seconds, 4 * self.memory_mb, self.findings)


@dataclass(frozen=True)
class Grant:
    """What a role sees: classes of columns, and whether the closed tables."""

    classes: frozenset[str]
    is_closed: bool


@dataclass(frozen=True)
class Rules:
    """The files as they are."""

    limits: Limits
    closed_tables: frozenset[str]
    grants: Mapping[str, Grant]


@dataclass(frozen=True)
class Desk:
    """A post from which an officer writes, approves or asks; `view` is what its sandbox holds."""

    role_code: str
    division_code: str
    org_ext_id: str
    view: sandbox.View
    is_closed: bool


@cache
def load() -> Rules:
    """Return the rules of own models."""
    return read(FILE, RIGHTS)


def read(path: Path, rights: Path) -> Rules:
    """Read the rules. Raises: BadOwnModels, naming the first entry that is wrong."""
    data: dict[str, Any] = yamls.read(rights)
    try:
        limits = Limits(**yamls.read(path)["limits"])
    except (KeyError, TypeError) as error:
        raise BadOwnModels(f"limits: {error}") from error
    closed = frozenset(data["closed_tables"])
    odd = sorted(closed - set(schema.load_tables()))
    if odd:
        raise BadOwnModels(f"closed_tables: unknown table '{odd[0]}'")
    grants = {}
    for code, item in data["roles"].items():
        classes = frozenset(item["classes"])
        if code not in roles() or not classes <= set(schema.CLASSES):
            raise BadOwnModels(f"roles: {code}: unknown role or class")
        grants[code] = Grant(classes, item.get("closed") is True)
    return Rules(limits, closed, grants)


def view_of(role_code: str, division_code: str) -> sandbox.View:
    """Return what is in the sandbox of a role at a division; nothing for a role without one."""
    rules = load()
    grant = rules.grants.get(role_code, Grant(frozenset(), is_closed=False))
    hidden = frozenset() if grant.is_closed else rules.closed_tables
    return sandbox.View(division_code, grant.classes, hidden)


def desks(by: Actor, permission: str = WRITE) -> list[Desk]:
    """Return the posts of an actor from which he may do this, the widest first."""
    found = [_desk(post) for post in by.posts if _may(post, permission)]
    return sorted(found, key=lambda one: (len(divisions.prefix(one.division_code)), one.role_code))


def judging_roles() -> list[str]:
    """Return the roles that may look at own models as the second officer."""
    return sorted(
        code for code, role in roles().items() if APPROVE in role.may and code in load().grants
    )


def _may(post: Post, permission: str) -> bool:
    role = roles().get(post.role_code)
    return role is not None and permission in role.may and post.role_code in load().grants


def _desk(post: Post) -> Desk:
    return Desk(
        post.role_code,
        post.division_code,
        post.org_ext_id,
        view_of(post.role_code, post.division_code),
        load().grants[post.role_code].is_closed,
    )


def may_judge(by: Actor, division_code: str, reads: Iterable[tuple[str, str]]) -> bool:
    """Return whether an actor may look at a model of a place as the second officer.

    Shapes: `reads` are the (table, column) of its statement. Who does not see them himself does
    not see what was written about them either.
    """
    wanted = set(reads)
    return any(
        divisions.is_within(division_code, desk.division_code) and wanted <= columns_of(desk.view)
        for desk in desks(by, APPROVE)
    )


@cache
def columns_of(view: sandbox.View) -> frozenset[tuple[str, str]]:
    """Return the (table, column) that a view holds."""
    return frozenset(
        (name, one.record or "") for name, columns in view.tables().items() for one in columns
    )


def is_personal(table: str, column: str) -> bool:
    """Return whether a column of the record is shown only in part."""
    return any(
        one.record == column and one.is_personal
        for one in schema.load_tables()[table].record_columns
    )


def is_name(table: str, column: str) -> bool:
    """Return whether a personal column holds what can be read: a name, not a keyed hash."""
    return any(
        one.record == column and one.is_personal and not one.is_hashed
        for one in schema.load_tables()[table].record_columns
    )
