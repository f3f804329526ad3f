"""What a county may change of charts, templates and cash, and who has to agree."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.ledger import standards
from sanzi.ledger.actions import cash_policies, charts, entry_versions, posting
from sanzi.ledger.actions.cash_policies import NewPolicy
from sanzi.ledger.actions.charts import NewAccount
from sanzi.ledger.errors import (
    BadAddition,
    BadCashPolicy,
    BadEntryVersion,
    CodeTaken,
    FirstDayPast,
    MakerApproves,
    NoStandard,
    OfficialAccount,
    ParentInUse,
    ProposalDecided,
    ReasonMissing,
    UnknownRule,
    VersionTaken,
)
from sanzi.ledger.models import Book, CashPolicy, ChartAddition, EntryVersion, Voucher
from sanzi.ledger.queries import charts as chart_queries
from sanzi.ledger.queries import entries, proposals
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment
from worlds import village

TODAY = dt.date(2026, 11, 12)
NEW_YEAR = dt.date(2027, 1, 1)


def maker(world: village.World) -> Actor:
    return world.actor("county_agri")


def checker(world: village.World) -> Actor:
    return world.actor("county_finance")


def both(world: village.World) -> Actor:
    """Return the maker with the checker's post as well."""
    Appointment.objects.create(
        ext_id="A-BOTH",
        person=world.people["county_agri"],
        organisation=world.bodies["county"],
        role_code="county_finance",
        start_date=dt.date(2026, 1, 1),
    )
    return maker(world)


def add(world: village.World, **changes: Any) -> str:
    fields: dict[str, Any] = {
        "standard_code": "rce2023",
        "code": "5130190",
        "name": "党报党刊",
        "valid_from_date": TODAY,
    }
    account = NewAccount(**(fields | changes))
    return charts.propose_account(account=account, by=maker(world), at=world.at)


def content(**changes: Any) -> dict[str, Any]:
    """Return the shipped template of a payment as a county would change it."""
    shipped = standards.get("rce2023").entries["payment.settled"]
    return entries.content_of(shipped) | {"version": "2", "summary": "付{purpose}"} | changes


def change(world: village.World, **changes: Any) -> str:
    fields: dict[str, Any] = {
        "standard_code": "rce2023",
        "content": content(),
        "reason": "摘要写明是付款",
        "valid_from_date": TODAY,
        "by": maker(world),
        "at": world.at,
    }
    return entry_versions.propose_version(**(fields | changes))


def pay(world: village.World, source: str, date: dt.date = TODAY) -> Voucher:
    posted = posting.post_event(
        book_org_ext_id="O-WILLOW",
        rule_code="payment.settled",
        event={
            "purpose": "保洁费",
            "subject_code": "51401",
            "account_id": "A-1",
            "amount_fen": 12000,
        },
        source_kind="payment",
        source_id=source,
        date=date,
        at=world.at,
        by=SYSTEM,
    )
    return Voucher.objects.get(ext_id=posted.ext_id)


def test_an_account_of_the_county_is_open_once_another_approved_it(world) -> None:
    book = Book.objects.select_related("organisation").get(organisation__ext_id="O-WILLOW")
    waiting = add(world)
    assert "5130190" not in chart_queries.chart_of(book, TODAY).accounts

    charts.approve_account(ext_id=waiting, by=checker(world), at=world.at)

    assert chart_queries.chart_of(book, TODAY).accounts["5130190"].name == "党报党刊"
    page = proposals.chart_page(by=maker(world), standard_code="rce2023", on=TODAY, text="党报")
    assert [(one.code, one.is_official) for one in page.accounts] == [("5130190", False)]
    (shown,) = page.additions
    assert (shown.state, shown.made_by, shown.approved_by) == ("approved", "农业局", "财政局")
    kinds = Event.objects.filter(subject_kind="chart_addition").values_list("kind", flat=True)
    assert list(kinds) == ["ledger.chart_addition.proposed", "ledger.chart_addition.approved"]


def test_a_refused_code_is_free_again_and_an_approved_one_never(world) -> None:
    charts.refuse_account(ext_id=add(world), reason="和办公费重了", by=checker(world), at=world.at)
    again = add(world, name="报刊费")
    charts.approve_account(ext_id=again, by=checker(world), at=world.at)

    with pytest.raises(CodeTaken, match="编码5130190已经给了“报刊费”"):
        add(world, name="别的")

    assert ChartAddition.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"code": "51301", "name": "办公"}, OfficialAccount),
        ({"standard_code": "vc_profile", "code": "301", "name": "别的"}, OfficialAccount),
        ({"code": "51"}, BadAddition),
        ({"code": "9990101"}, BadAddition),
        ({"name": " "}, BadAddition),
        ({"requires": ["moon"]}, BadAddition),
        ({"code": "699", "name": "没写类别"}, BadAddition),
        ({"account_class": "asset", "side": "debit"}, BadAddition),
        ({"code": "10201", "name": "基本户"}, ParentInUse),
        ({"standard_code": "moon"}, NoStandard),
        ({"valid_from_date": dt.date(2026, 11, 11)}, FirstDayPast),
    ],
)
def test_an_account_that_does_not_fit_is_not_kept(changes, refusal, world) -> None:
    with pytest.raises(refusal):
        add(world, **changes)

    assert ChartAddition.objects.count() == 0
    assert not Event.objects.filter(subject_kind="chart_addition").exists()


def test_an_account_with_lines_of_its_own_gets_details_only_from_a_new_year(world, post) -> None:
    post("2026-11-03 修路\n  5130102 80.00\n  102 account:A-1 -80.00")
    below = {"code": "513010201", "name": "印刷费"}

    with pytest.raises(ParentInUse, match="今年已经有账记在它上面"):
        add(world, **below)

    assert add(world, **below, valid_from_date=NEW_YEAR)


@pytest.mark.parametrize(
    ("arrange", "refusal"),
    [
        (lambda world: world.actor("county_agri"), NotFound),
        (lambda world: world.actor("agency_reviewer"), NotFound),
        (both, MakerApproves),
    ],
)
def test_only_another_with_the_right_approves(arrange, refusal, world) -> None:
    waiting, version = add(world), change(world)
    by = arrange(world)
    events = Event.objects.count()

    with pytest.raises(refusal):
        charts.approve_account(ext_id=waiting, by=by, at=world.at)
    with pytest.raises(refusal):
        charts.refuse_account(ext_id=waiting, reason="不", by=by, at=world.at)
    with pytest.raises(refusal):
        entry_versions.approve_version(ext_id=version, by=by, at=world.at)

    assert ChartAddition.objects.get().approved_at is None
    assert EntryVersion.objects.get().approved_at is None
    assert Event.objects.count() == events


def test_what_is_decided_stays_decided_and_a_refusal_has_its_reason(world) -> None:
    waiting = add(world)
    with pytest.raises(ReasonMissing):
        charts.refuse_account(ext_id=waiting, reason=" ", by=checker(world), at=world.at)
    charts.approve_account(ext_id=waiting, by=checker(world), at=world.at)

    with pytest.raises(ProposalDecided):
        charts.refuse_account(ext_id=waiting, reason="晚了", by=checker(world), at=world.at)

    assert ChartAddition.objects.get().refused_reason == ""


def test_nothing_is_approved_after_its_first_day(world) -> None:
    waiting = add(world)

    with pytest.raises(FirstDayPast):
        charts.approve_account(
            ext_id=waiting, by=checker(world), at=world.at + dt.timedelta(days=1)
        )

    assert ChartAddition.objects.get().approved_at is None


def test_who_may_not_propose_finds_nothing(world) -> None:
    with pytest.raises(NotFound):
        entry_versions.propose_version(
            standard_code="rce2023",
            content=content(),
            reason="x",
            valid_from_date=TODAY,
            by=world.actor("agency_accountant"),
            at=world.at,
        )

    assert EntryVersion.objects.count() == 0


def test_a_voucher_names_the_version_that_was_in_force_on_its_day(world) -> None:
    tomorrow = TODAY + dt.timedelta(days=1)
    waiting = change(world, valid_from_date=tomorrow)
    assert pay(world, "P1").rule_version == "1"

    entry_versions.approve_version(ext_id=waiting, by=checker(world), at=world.at)

    before, after = pay(world, "P2"), pay(world, "P3", tomorrow)
    assert (before.rule_version, before.summary) == ("1", "保洁费")
    assert (after.rule_version, after.summary) == ("2", "付保洁费")
    assert after.reviewer_name == "财政局（2026-11-12核准规则）"
    page = entries.rule_page(by=maker(world), standard_code="rce2023", rule_code="payment.settled")
    shipped, own = page.versions
    assert (shipped.state, shipped.used, shipped.last_date) == ("shipped", 2, TODAY)
    assert (own.state, own.used, own.first_date, own.last_date) == ("approved", 1, tomorrow, None)
    assert (own.made_by, own.approved_by) == ("农业局", "财政局")
    assert ("+", "summary: 付{purpose}") in own.changes
    assert [(line.account, line.debit_fen, line.credit_fen) for line in own.tried] == [
        ("51401 环境卫生", 120000, 0),
        ("51401 环境卫生", 80001, 0),
        ("102 银行存款", 0, 200001),
    ]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"content": content(version="1")}, VersionTaken),
        ({"content": content(version="1234567890123")}, BadEntryVersion),
        ({"content": content(rule="moon.landed")}, UnknownRule),
        ({"content": content(when={"event": "receipt.issued"})}, BadEntryVersion),
        ({"content": content(moon=1)}, BadEntryVersion),
        ({"content": content(lines=[{"side": "debit", "account": "102"}])}, BadEntryVersion),
        ({"content": content(lines="102")}, BadEntryVersion),
        ({"content": content(sample={"purpose": "x"})}, BadEntryVersion),
        ({"content": {}}, UnknownRule),
        ({"reason": " "}, ReasonMissing),
        ({"standard_code": "moon"}, NoStandard),
        ({"valid_from_date": dt.date(2026, 11, 11)}, FirstDayPast),
    ],
)
def test_a_version_that_does_not_book_is_not_kept(changes, refusal, world) -> None:
    with pytest.raises(refusal):
        change(world, **changes)

    assert EntryVersion.objects.count() == 0
    assert not Event.objects.filter(subject_kind="entry_version").exists()


def test_a_version_is_written_once_even_when_it_was_refused(world) -> None:
    entry_versions.refuse_version(
        ext_id=change(world), reason="不必", by=checker(world), at=world.at
    )

    with pytest.raises(VersionTaken):
        change(world)

    assert EntryVersion.objects.count() == 1


def test_a_template_survives_being_written_out_and_read_again() -> None:
    for code in standards.codes():
        standard = standards.get(code)
        for entry in standard.entries.values():
            text = entries.text_of(entries.content_of(entry))
            again = entries.read_entry(entries.read_text(text), standard)
            assert (again.lines, again.event, again.kinds, again.is_red) == (
                entry.lines,
                entry.event,
                entry.kinds,
                entry.is_red,
            )


def allow(world: village.World, **changes: Any) -> str:
    fields: dict[str, Any] = {
        "division_code": village.TOWN,
        "policy": "LIMITED",
        "limit_fen": 200000,
        "reason": "山区集市收摊位费",
        "valid_from_date": TODAY,
    }
    policy = NewPolicy(**(fields | changes))
    return cash_policies.propose_policy(policy=policy, by=maker(world), at=world.at)


def test_a_cash_policy_counts_once_another_approved_it(world) -> None:
    book = Book.objects.select_related("organisation").get(organisation__ext_id="O-WILLOW")
    waiting = allow(world)
    assert chart_queries.cash_of(book, TODAY).policy == "NONE"

    cash_policies.approve_policy(ext_id=waiting, by=checker(world), at=world.at)

    assert chart_queries.cash_of(book, TODAY).limit_fen == 200000
    (shown,) = proposals.policies(by=world.actor("agency_accountant"))
    assert (shown.place, shown.words) == ("清河镇", "限额使用，手里不超过2,000.00元")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"limit_fen": 0}, BadCashPolicy),
        ({"policy": "FREE"}, BadCashPolicy),
        ({"policy": "MOON", "limit_fen": 0}, BadCashPolicy),
        ({"valid_until_date": dt.date(2026, 11, 11)}, BadCashPolicy),
        ({"reason": ""}, ReasonMissing),
        ({"division_code": "110000000000"}, NotFound),
        ({"valid_from_date": dt.date(2026, 11, 1)}, FirstDayPast),
    ],
)
def test_a_cash_policy_that_does_not_hold_together_is_not_kept(changes, refusal, world) -> None:
    with pytest.raises(refusal):
        allow(world, **changes)

    assert CashPolicy.objects.count() == 0
