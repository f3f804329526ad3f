"""The log is found by person, day and content, inside the reader's scope and nowhere else."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from sanzi.audit import actions as audit
from sanzi.audit import kinds
from sanzi.orgs import log_queries
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.orgs.log_queries import LogFilter
from worlds import village

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SOURCE = Path(village.__file__).parents[2] / "src" / "sanzi"


@pytest.fixture
def world():
    """Five events: three days, two persons, two bodies, one chain that is nobody's."""
    world = village.build()
    wu, shen = world.actor("cashier_reporter"), world.actor("agency_accountant")
    for chain, kind, by, day, subject, after in (
        ("O-WILLOW", "matters.case.started", wu, 0, ("case", "QH-1"), {"title": "保洁费"}),
        ("O-WILLOW", "ledger.voucher.posted", shen, 1, ("voucher", "V-1"), {"number": "记-1"}),
        ("O-STONE", "ledger.voucher.posted", shen, 1, ("voucher", "V-2"), {"number": "记-1"}),
        ("O-WILLOW", "ledger.period.closed", shen, 2, ("book", "B-1"), {"period": "2026-11"}),
        ("accounts", "orgs.account.opened", SYSTEM, 2, ("user", "agency-9"), {}),
    ):
        audit.write(
            chain=chain, kind=kind, by=by, at=world.at + day * DAY, subject=subject, after=after
        )
    return world


def found(world, role: str = "county_discipline", **only) -> list[str]:
    page = log_queries.log(by=world.actor(role), only=LogFilter(**only))
    assert page.total == len(page.rows)
    assert page.rows == list(log_queries.log_rows(by=world.actor(role), only=LogFilter(**only)))
    return [f"{row.chain} {row.title}" for row in page.rows]


def test_all_of_it_newest_first(world) -> None:
    assert found(world) == [
        "accounts 登录账号",
        "O-WILLOW 结账",
        "O-STONE 记账",
        "O-WILLOW 记账",
        "O-WILLOW 发起办件",
    ]


def test_by_person(world) -> None:
    assert found(world, who="吴小芬") == ["O-WILLOW 发起办件"]
    assert len(found(world, who="沈")) == 3
    assert found(world, who="没有这个人") == []


def test_by_day_and_both_days_count(world) -> None:
    second = dt.date(2026, 11, 13)
    assert found(world, first=second, last=second) == ["O-STONE 记账", "O-WILLOW 记账"]
    assert len(found(world, last=second)) == 3
    assert len(found(world, first=second)) == 4


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("结账", ["O-WILLOW 结账"]),
        ("ledger.period", ["O-WILLOW 结账"]),
        ("V-2", ["O-STONE 记账"]),
        ("保洁费", ["O-WILLOW 发起办件"]),
        ("2026-11", ["O-WILLOW 结账"]),
        ("登录", ["accounts 登录账号"]),
        ("%", []),
        ("V-2\0", ["O-STONE 记账"]),
    ],
)
def test_by_content(words: str, expected: list[str], world) -> None:
    assert found(world, words=words) == expected


def test_all_together(world) -> None:
    only = {"who": "沈月琴", "words": "记账", "first": dt.date(2026, 11, 13)}
    assert found(world, **only) == ["O-STONE 记账", "O-WILLOW 记账"]


def test_a_town_sees_its_bodies_and_no_chain_of_the_county(world) -> None:
    assert len(found(world, "town_discipline_office")) == 4
    assert "accounts 登录账号" not in found(world, "town_discipline_office")


@pytest.mark.parametrize("role", ["agency_accountant", "county_agri", "town_leader"])
def test_without_the_permission_there_is_no_log(role: str, world) -> None:
    with pytest.raises(NotFound):
        log_queries.log(by=world.actor(role), only=LogFilter())
    with pytest.raises(NotFound):
        log_queries.log_rows(by=world.actor(role), only=LogFilter())


def test_pages_hold_fifty(world) -> None:
    for number in range(120):
        audit.write(
            chain="O-WILLOW", kind="matters.case.saved", by=SYSTEM, at=world.at + 3 * DAY,
            subject=("case", f"QH-{number}"),
        )  # fmt: skip
    by = world.actor("county_discipline")
    only = LogFilter(words="matters.case.saved")

    sizes = [len(log_queries.log(by=by, only=only, page=page).rows) for page in (1, 2, 3, 4)]

    assert sizes == [50, 50, 20, 0]
    assert log_queries.log(by=by, only=only).total == 120


def test_an_inspector_reads_during_the_days_of_his_post_and_not_after(world) -> None:
    village.add_auditor(world, dt.date(2026, 11, 1), dt.date(2026, 11, 30))

    assert len(found(world, "auditor")) == 5
    late = world.actor("auditor", at=village.AT + 30 * DAY)
    early = world.actor("auditor", at=village.AT - 30 * DAY)
    for actor in (late, early):
        with pytest.raises(NotFound):
            log_queries.log(by=actor, only=LogFilter())


def test_every_kind_that_is_written_has_words() -> None:
    written = set()
    for file in SOURCE.rglob("*.py"):
        written |= set(re.findall(r"kind=f?\"([a-z_]+\.[a-z_]+)\.", file.read_text("utf-8")))

    assert len(written) > 20
    assert sorted(noun for noun in written if kinds.title(f"{noun}.done") == f"{noun}.done") == []


def test_a_broken_file_of_words_says_what_is_wrong(tmp_path) -> None:
    file = tmp_path / "events.yaml"
    file.write_text("nouns: {ledger: 账}\nkinds: {}\n", encoding="utf-8")

    with pytest.raises(kinds.BadEvents, match="ledger"):
        kinds.read_titles(file)
