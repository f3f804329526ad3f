"""Load the fictional county of the demo: the package, the bank's accounts, everybody's log-in.

What the demo page must tell (household code, user names) goes to `demo.json` in the data folder;
it is written in the demo only.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings

from sanzi.disclosure.actions import households, publishing, searching
from sanzi.disclosure.periods import month_of
from sanzi.insight.actions import cockpit, indices
from sanzi.interfaces.cli import (
    card_scene,
    exchange_scene,
    letter_scene,
    public_scene,
    report_scene,
    scene,
    watch_scene,
)
from sanzi.kernel import clock, money
from sanzi.orgs import queries as orgs
from sanzi.orgs.actions import accounts, packages
from sanzi.orgs.actors import SYSTEM
from sanzi.supervision.actions import nightly
from sanzi_county.county import write_county

PASSWORD = "sanzi-demo-2026"  # noqa: S105 - the demo's, told on its page
CHUNK = 500
BEFORE_DUE = timedelta(days=2)
FARM_VILLAGE = 2
FLAG_MONTHS = 2
"""The first village of the list that banks with the second bank; small counties have none."""


@dataclass(frozen=True)
class Size:
    """How large a county, and until when its history goes."""

    villages: int
    months: int
    until: date
    seed: int


def is_loaded() -> bool:
    """Return whether a county has been loaded to the end."""
    return _told_file().exists()


def _told_file() -> Path:
    return Path(settings.SANZI.var) / "demo.json"


def load(size: Size, *, bank_url: str) -> None:
    """Write the package, import it like any county's, and open everything that it needs."""
    folder = Path(settings.SANZI.var) / "county"
    print(f"正在写一个虚构的县：{size.villages}个村、{size.months}个月", flush=True)
    write_county(
        folder,
        villages=size.villages,
        months=size.months,
        until=size.until,
        seed=size.seed,
        has_doubts=True,
    )
    print("正在导入", flush=True)
    at = clock.now()
    packages.import_folder(folder=folder, by=SYSTEM, at=at)
    print("正在开户、发登录、做公开", flush=True)
    _tell_bank(folder, bank_url)
    users = accounts.open_all(password=PASSWORD, secret=generate_totp_secret, by=SYSTEM, at=at)
    publishing.ensure_doors(at)
    _publish_history(size, at)
    searching.published(at)
    searching.registered(at)
    print("正在写352户的名单，交上一件等审批的付款", flush=True)
    scene.write_lists(folder, Path(settings.SANZI.var))
    scene.leave_waiting(orgs.villages()[0][0], at)
    if farm := _farm_village():
        scene.leave_waiting(farm[0], at, scene.FARM_INVOICE)
    scene.leave_proposals(orgs.villages()[0][0], at)
    card_scene.leave_settlements(
        orgs.villages()[0][0], at, partial(_post, f"{bank_url}/_ctl/card-spend")
    )
    letter_scene.give_keys(Path(settings.SANZI.var), _villages(), at)
    letter_scene.leave_letters(orgs.villages()[0][0], at)
    exchange_scene.leave_lists(folder, Path(settings.SANZI.var), orgs.villages()[0][0], at)
    visit = letter_scene.look_at_one(orgs.villages()[0][0], at)
    public_scene.leave_consultation(orgs.villages()[0][0], at)
    public_scene.leave_withdrawn(orgs.villages()[0][0], at)
    print("正在查一遍全县的账", flush=True)
    nightly.run(as_of=at, by=SYSTEM)
    _count_months(at)
    watch_scene.leave_lead(orgs.villages()[0][0], visit, at)
    watch_scene.leave_own_model(orgs.villages()[0][0], at)
    public_scene.write_down_due(orgs.villages()[0][0], at)
    cockpit.run(at=at, by=SYSTEM)
    scene.leave_questions(orgs.villages()[0][0], at)
    report_scene.leave_reports(orgs.villages()[0][0], at)
    told = {
        "password": PASSWORD,
        "users": users,
        "letter_passphrase": letter_scene.PASSPHRASE,
        **_household(folder, at),
    }
    _told_file().write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def _count_months(at: datetime) -> None:
    """Count the indices of today, and the flags of the two months before, as their nights did."""
    for back in range(FLAG_MONTHS, 0, -1):
        ended = at
        for _ in range(back):
            ended = ended.astimezone(clock.SHANGHAI).replace(day=1) - timedelta(days=1)
        indices.run(at=ended + timedelta(days=1), by=SYSTEM, only=("flags",))
    indices.run(at=at, by=SYSTEM)


def _tell_bank(folder: Path, bank_url: str) -> None:
    """Open the county's accounts at the sandbox bank, with their balances; it never rests."""
    _post(f"{bank_url}/_ctl/setting", name="direct_quiet", value="off")
    _post(f"{bank_url}/_ctl/setting", name="direct_bank", value="103")
    with (folder / "extras" / "bank_accounts.csv").open(encoding="utf-8", newline="") as source:
        rows = [
            {
                "account": row["account"],
                "name": row["holder_name"],
                "bank_code": row["bank_code"],
                "status": row["status"].upper(),
                "balance_fen": int(row["balance_fen"]),
            }
            for row in csv.DictReader(source)
        ]
    for start in range(0, len(rows), CHUNK):
        _post(f"{bank_url}/_ctl/accounts", accounts=rows[start : start + CHUNK])
    with (folder / "extras" / "bank_cards.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            _post(f"{bank_url}/_ctl/card", action="issue", **row)
    _post(f"{bank_url}/_ctl/invoices", invoices=_red_invoices(folder))


def _red_invoices(folder: Path) -> list[dict[str, str]]:
    """Return the paid invoices that their sellers took back, as the tax office keeps them."""
    with (folder / "extras" / "red_invoices.csv").open(encoding="utf-8", newline="") as source:
        return [
            {
                "kind": "32",
                "number": row["number"],
                "date": row["issue_date"],
                "amount": money.format_yuan(int(row["amount_fen"])).replace(",", ""),
                "state": "RED",
            }
            for row in csv.DictReader(source)
        ]


def _post(url: str, **fields: object) -> None:
    httpx.post(url, json=fields, timeout=60, trust_env=False).raise_for_status()


def _farm_village() -> tuple[str, ...]:
    return next(iter(orgs.villages()[FARM_VILLAGE : FARM_VILLAGE + 1]), ())


def _publish_history(size: Size, at: datetime) -> None:
    """Publish every finished month of the history, as the worker would have done in its time."""
    month = size.until.replace(day=1)
    for _ in range(size.months):
        month = (month - timedelta(days=1)).replace(day=1)
        then = min(at, publishing.month_due(month_of(month)) - BEFORE_DUE)
        for code in _villages():
            publishing.publish_month(village_code=code, period=month_of(month), at=then)


def _villages() -> Iterable[str]:
    return [code for code, _ in orgs.villages()]


def _household(folder: Path, at: datetime) -> dict[str, str]:
    """Give the first household on the list of 352 its code, as in a sealed envelope."""
    (code, name), (neighbour, _) = orgs.villages()[:2]
    household, head = scene.first_payee(folder)
    farm = dict(zip(("farm_code", "farm_name"), _farm_village(), strict=False))
    return {
        **farm,
        "village_code": code,
        "village_name": name,
        "neighbour_code": neighbour,
        "household_name": head,
        "household_code": households.issue_code(household_ext_id=household, by=SYSTEM, at=at),
    }
