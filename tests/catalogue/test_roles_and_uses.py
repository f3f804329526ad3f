"""The files of roles and of uses: every entry is whole, and each broken file says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanzi.disclosure import uses
from sanzi.ledger import standards
from sanzi.orgs import roles

BROKEN = Path(__file__).parent / "broken"


def expected(file: Path) -> str:
    return file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ")


@pytest.mark.parametrize("file", sorted((BROKEN / "roles").glob("*.yaml")), ids=lambda f: f.stem)
def test_a_broken_role_file_says_what_is_wrong(file) -> None:
    with pytest.raises(roles.BadRoles) as refused:
        roles.read_roles(file)

    assert expected(file) in str(refused.value)


@pytest.mark.parametrize("file", sorted((BROKEN / "uses").glob("*.yaml")), ids=lambda f: f.stem)
def test_a_broken_file_of_uses_says_what_is_wrong(file) -> None:
    with pytest.raises(uses.BadUses) as refused:
        uses.read_uses(file)

    assert expected(file) in str(refused.value)


def test_makers_and_checkers_are_different_roles() -> None:
    pairs = [
        ("payments.instruct", "payments.release"),
        ("ledger.correct", "ledger.review"),
        ("record.export", "record.approve_export"),
        ("exchange.load", "exchange.accept"),
    ]

    for maker, checker in pairs:
        both = [role.code for role in roles.roles().values() if {maker, checker} <= role.may]
        assert both == []


def test_every_spending_account_of_the_chart_has_a_villagers_word() -> None:
    chart = standards.get("rce2023").accounts
    spending = [
        account for account in chart.values() if account.code.startswith(("511", "513", "514"))
    ]

    assert spending
    unnamed = [one.code for one in spending if uses.word("out", one.code) == uses.OTHER["out"]]
    assert unnamed == []
