"""Charts: the accounts of `accounts.yaml`, those a profile opens, and those a county adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sanzi.ledger.standards.files import File
from sanzi.ledger.standards.shapes import AUX_KINDS, CLASSES, SIDES, Account, CodeShape, Standard


def chart(file: File, shape: CodeShape) -> dict[str, Account]:
    """Return the accounts of a file by code, in its order; raises BadStandard."""
    file.only("accounts", "provenance")
    found: dict[str, Account] = {}
    for part in file.parts("accounts"):
        part.only("code", "name", "class", "side", "official", "two_way", "requires")
        account = _account(part, found, shape)
        part.require(account.code not in found, "code", f"{account.code} is there twice")
        found[account.code] = account
    return with_leaves(found, shape)


def opened(file: File, base: Standard) -> tuple[dict[str, Account], dict[str, Account]]:
    """Return the accounts of its base that a profile opens, and those it closes.

    Raises: BadStandard; also when a first-level account of the base is neither.
    """
    file.only("open", "closed", "provenance")
    chosen: dict[str, Account] = {}
    for part in file.parts("open"):
        _open(part, base, chosen)
    closed: dict[str, Account] = {}
    for part in file.parts("closed"):
        part.only("code", "why")
        code, why = part.text("code"), part.text("why")
        is_head = code in base.accounts and not base.ancestors(code)
        part.require(is_head, "code", f"{code} is no first-level account of {base.code}")
        part.require(code not in chosen, "code", f"{code} is opened above")
        for account in base.accounts.values():
            if account.code.startswith(code):
                closed[account.code] = replace(account, blocked=why)
    for account in base.accounts.values():
        is_named = account.level > 1 or account.code in chosen or account.code in closed
        file.require(is_named, "closed", f"{account.code} must be opened or closed")
    in_order = {code: chosen[code] for code in sorted(chosen)}
    return with_leaves(in_order, base.shape), closed


def _open(part: File, base: Standard, chosen: dict[str, Account]) -> None:
    part.only("code", "details", "display", "blocked")
    code = part.text("code")
    part.require(code in base.accounts, "code", f"{code} is not in {base.code}")
    details = part.list_of("details")
    for detail in details:
        is_below = detail in base.accounts and detail.startswith(code)
        part.require(is_below, "details", f"{detail} is not below {code} in {base.code}")
    for account in base.accounts.values():
        is_kept = not details or account.code.startswith(tuple(details))
        if account.code == code or (account.code.startswith(code) and is_kept):
            blocked = part.text("blocked", "")
            chosen[account.code] = replace(account, blocked=blocked)
    shown = part.text("display", chosen[code].name)
    chosen[code] = replace(chosen[code], name=shown)


def account_from(mapping: Mapping[str, Any], to: Standard) -> Account:
    """Return the account that a county wants to add to a chart, never an official one.

    Shapes: mapping has the keys of a row of `accounts.yaml`: code, name, requires; class, side and
    two_way at the first level only. The code of an account that a profile has closed opens it as
    its base has it; other keys may then only repeat what stands there.
    Raises: BadStandard, naming key and problem.
    """
    file = File(f"{to.code}/addition", mapping)
    file.only("code", "name", "class", "side", "two_way", "requires")
    closed = to.closed.get(file.text("code"))
    if closed is not None:
        return _opened_again(file, closed)
    account = _account(file, to.accounts, to.shape)
    file.require(account.code not in to.accounts, "code", f"{account.code} is there twice")
    return account


def _opened_again(file: File, closed: Account) -> Account:
    held = {
        "name": closed.name,
        "class": closed.account_class,
        "side": closed.side,
        "two_way": closed.is_two_way,
        "requires": list(closed.requires),
    }
    for key, value in held.items():
        is_same = key not in file.data or file.data[key] in (value, [])
        file.require(is_same, key, f"must stay {value!r}; {closed.code} is the standard's own")
    return replace(closed, blocked="")


def with_leaves(found: Mapping[str, Account], shape: CodeShape) -> dict[str, Account]:
    """Return the accounts with `is_leaf` as the chart has it."""
    parents = {code[: shape.ends[shape.level(code) - 2]] for code in found if shape.level(code) > 1}
    return {code: replace(account, is_leaf=code not in parents) for code, account in found.items()}


def _account(part: File, found: Mapping[str, Account], shape: CodeShape) -> Account:
    code = part.text("code")
    part.require(shape.is_code(code), "code", f"{code!r} must be {shape}")
    requires = tuple(part.list_of("requires"))
    for kind in requires:
        part.require(kind in AUX_KINDS, "requires", f"must be of {', '.join(AUX_KINDS)}")
    if not shape.ancestors(code):
        return Account(
            code=code,
            name=part.text("name"),
            account_class=part.one_of("class", CLASSES),
            side=part.one_of("side", SIDES),
            is_official=part.flag("official"),
            is_two_way=part.flag("two_way"),
            requires=requires,
        )
    above_code = shape.ancestors(code)[-1]
    above = found.get(above_code)
    part.require(above is not None, "code", f"{code} has no account {above_code} above it")
    for key in ("class", "side"):
        part.require(key not in part.data, key, "is inherited from the first level")
    assert above is not None  # noqa: S101 - told to mypy
    return replace(
        above,
        code=code,
        name=part.text("name"),
        is_official=part.flag("official"),
        requires=requires or above.requires,
        is_leaf=True,
        level=shape.level(code),
    )
