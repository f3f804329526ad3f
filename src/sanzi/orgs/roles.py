"""Roles as data: the one loader of `data/roles.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sanzi.kernel import yamls

ROLES_FILE = Path(__file__).resolve().parent.parent / "data" / "roles.yaml"
LEVELS = ("village", "town", "county", "city", "province")


class BadRoles(Exception):
    """The role file is wrong; the sentence names the role and the key."""


@dataclass(frozen=True)
class Role:
    """One role: code, Chinese title, level of its post, permissions."""

    code: str
    title: str
    level: str
    may: frozenset[str]


def read_roles(path: Path) -> dict[str, Role]:
    """Read a role file.

    Raises: BadRoles, naming the first role and key that is wrong.
    """
    content = yamls.read(path)
    found: dict[str, Role] = {}
    for code, raw in content["roles"].items():
        unknown = set(raw) - {"title", "level", "may"}
        if unknown:
            raise BadRoles(f"{code}: unknown key {min(unknown)}")
        if raw.get("level") not in LEVELS:
            raise BadRoles(f"{code}: level is {raw.get('level')!r}; expected one of {LEVELS}")
        wrong = [permission for permission in raw["may"] if permission.count(".") != 1]
        if wrong:
            raise BadRoles(f"{code}: permission {wrong[0]!r} is not room.verb")
        found[code] = Role(code, raw["title"], raw["level"], frozenset(raw["may"]))
    return found


@cache
def roles() -> dict[str, Role]:
    """Return all roles by code."""
    return read_roles(ROLES_FILE)


def title(role_code: str) -> str:
    """Return the Chinese title of a role, or the code of one that is no longer listed."""
    role = roles().get(role_code)
    return role.title if role else role_code
