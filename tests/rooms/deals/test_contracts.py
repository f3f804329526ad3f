"""Contracts: one home, nothing signed before the vote, nothing paid above the sum."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sanzi.audit.models import Event
from sanzi.deals.actions import contracts, loading
from sanzi.deals.errors import (
    ContractBeforeDecision,
    ContractEnded,
    ContractOverpaid,
    ContractWrong,
)
from sanzi.deals.models import Contract
from sanzi.deals.queries import contracts as queries
from sanzi.deals.queries.contracts import ContractFilter
from sanzi.kernel.refusals import Refusal
from sanzi.matters import form_queries
from sanzi.matters.models import Decision, SourceMatter
from sanzi.orgs.errors import NotFound
from worlds import deals, spending, village
from worlds.village import AT, WILLOW, World


@pytest.fixture
def world(db: None) -> World:
    made = village.build()
    deals.party("C-1")
    return made


def test_a_contract_stands_in_the_list_with_its_sum_and_party(world: World) -> None:
    ext_id = deals.contract(world)

    page = queries.page(by=world.actor("town_head"), ext_id=ext_id)

    assert (page.total_fen, page.spent_fen) == (8_800_000, 0)
    assert page.contract.counterparty is not None
    assert page.contract.counterparty.ext_id == "C-1"
    assert Event.objects.filter(kind="deals.contract.registered").count() == 1
    only = ContractFilter(text="道路", kind="works")
    listed = queries.contracts(by=world.actor("town_head"), only=only, today=date(2026, 11, 12))
    assert [one.ext_id for one in listed] == [ext_id]


def test_another_village_neither_sees_nor_writes_it(world: World) -> None:
    ext_id = deals.contract(world)
    stranger = world.actor("stone_cashier")

    with pytest.raises(NotFound):
        queries.page(by=stranger, ext_id=ext_id)
    with pytest.raises(NotFound):
        contracts.register(fields=deals.fields(), by=stranger, at=AT)
    with pytest.raises(NotFound):
        contracts.end(contract=ext_id, is_fulfilled=True, reason="", by=stranger, at=AT)

    assert Contract.objects.get().status == "approved"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "gift"}, "类别"),
        ({"title": " "}, "名称"),
        ({"amount_fen": 0}, "金额"),
        ({"amount_fen": -1}, "金额"),
        ({"amount_fen": 10**18}, "金额"),
        ({"sign_date": date(2026, 11, 13)}, "签订日期"),
        ({"end_date": date(2026, 1, 1)}, "截止日期"),
        ({"counterparty": "C-NOBODY"}, "对方单位"),
        ({"clauses": {**deals.CLAUSES, "has_breach_clause": False}}, "条款"),
        ({"decision": "D-NONE"}, "会议决议"),
        ({"parent": "HT-NONE"}, "原合同"),
        ({"tender": "ZB-NONE"}, "招标"),
    ],
)
def test_a_contract_with_a_wrong_field_is_refused_by_its_name(
    world: World, changed: dict[str, object], said: str
) -> None:
    with pytest.raises(ContractWrong) as refused:
        deals.contract(world, **changed)

    assert said in refused.value.text
    assert not Contract.objects.exists()
    assert not Event.objects.filter(kind__startswith="deals.").exists()


def _decision(world: World, **changed: object) -> Decision:
    said = {
        "ext_id": "D-1", "organisation": deals.body(world), "division_code": WILLOW,
        "title": "改造村内道路", "procedure": "four_two", "deciding_body": "villager_reps",
        "amount_fen": 8_800_000, "passed_at": datetime(2026, 11, 11, 2, 0, tzinfo=UTC),
    }  # fmt: skip
    return Decision.objects.create(**{**said, **changed})


def test_a_contract_signed_before_the_vote_or_above_it_is_refused(world: World) -> None:
    _decision(world)

    with pytest.raises(ContractBeforeDecision, match="签在表决之前"):
        deals.contract(world, decision="D-1")
    with pytest.raises(ContractBeforeDecision, match="金额超过"):
        deals.contract(world, decision="D-1", sign_date=date(2026, 11, 12), amount_fen=8_800_001)
    assert not Contract.objects.exists()

    deals.contract(world, decision="D-1", sign_date=date(2026, 11, 12))
    assert Contract.objects.count() == 1


def test_payments_never_exceed_a_contract_with_its_supplements(world: World) -> None:
    ext_id = deals.contract(world)
    firm = deals.party("C-2")
    spending.spend(world, "K-1", [(firm, 6_000_000)], state="paid", contract_id=ext_id)
    spending.spend(world, "K-2", [(firm, 2_800_000)], state="submitted", contract_id=ext_id)

    contracts.require_room(ext_id, 2_800_000, "K-2")
    with pytest.raises(ContractOverpaid) as refused:
        contracts.require_room(ext_id, 1, "K-3")
    assert "改到0.00元以内" in refused.value.advice

    deals.contract(world, parent=ext_id, title="补充合同", amount_fen=500_000)
    contracts.require_room(ext_id, 500_000, "K-3")
    with pytest.raises(ContractOverpaid):
        contracts.require_room(ext_id, 500_001, "K-3")
    contracts.require_room("S-UNKNOWN", 10**12, "K-3")


def test_a_dissolved_contract_takes_no_payment_and_no_supplement(world: World) -> None:
    ext_id = deals.contract(world)
    clerk = world.actor("village_clerk")
    with pytest.raises(ContractWrong, match="理由"):
        contracts.end(contract=ext_id, is_fulfilled=False, reason="没", by=clerk, at=AT)

    contracts.end(contract=ext_id, is_fulfilled=False, reason="对方停业", by=clerk, at=AT)

    with pytest.raises(ContractEnded):
        contracts.require_room(ext_id, 1, "K-1")
    with pytest.raises(ContractEnded):
        deals.contract(world, parent=ext_id)
    with pytest.raises(ContractEnded):
        contracts.end(contract=ext_id, is_fulfilled=True, reason="", by=clerk, at=AT)
    assert Contract.objects.count() == 1


def test_the_paper_of_a_contract_is_filed_once(world: World) -> None:
    ext_id = deals.contract(world)
    clerk = world.actor("village_clerk")
    with pytest.raises(ContractWrong, match="扫描件"):
        contracts.file_paper(contract=ext_id, doc_hash="", by=clerk, at=AT)

    contracts.file_paper(contract=ext_id, doc_hash="ab" * 32, by=clerk, at=AT)

    assert Contract.objects.get().filed_at == AT
    with pytest.raises(ContractWrong, match="已经入库"):
        contracts.file_paper(contract=ext_id, doc_hash="cd" * 32, by=clerk, at=AT)
    assert Contract.objects.get().doc_hash == "ab" * 32


def test_payment_forms_offer_contracts_from_their_register(world: World) -> None:
    ext_id = deals.contract(world)
    spending.source(world, "S-1", "works")

    offered = form_queries.source_choices("O-WILLOW")
    only = form_queries.source_choices("O-WILLOW", ["contract"])

    assert [key for key, _ in offered] == ["S-1", ext_id]
    assert only == [(ext_id, "村内道路改造工程合同，88,000.00元")]
    assert form_queries.names(person_ext_id="", source_ext_id=ext_id)[1] == "村内道路改造工程合同"


def test_a_source_of_kind_contract_in_a_package_lands_in_the_register(world: World) -> None:
    row = {
        "source_id": "S-9", "kind": "contract", "org_id": "O-WILLOW", "village_id": WILLOW,
        "title": "保洁合同", "amount_fen": 320_000, "counterparty_id": "C-1",
        "start_date": date(2026, 1, 1), "end_date": date(2028, 12, 31),
        "approved_at": AT - timedelta(days=300), "status": "approved",
    }  # fmt: skip

    first, again = loading.load_sources([row]), loading.load_sources([row])

    assert (first.added, again.added, again.unchanged) == (1, 0, 1)
    made = Contract.objects.get()
    assert (made.amount_fen, made.period_fen) == (None, 320_000)
    contracts.require_room("S-9", 10**10, "K-1")


def test_every_refusal_of_a_contract_speaks_chinese() -> None:
    from sanzi.deals import errors

    kinds = [one for one in vars(errors).values() if isinstance(one, type)]
    for kind in kinds:
        if issubclass(kind, Refusal) and kind is not Refusal:
            assert kind.code.startswith("deals.")
            assert kind.sentence.endswith("。")
            assert kind.next_step.endswith("。")


@pytest.mark.django_db(transaction=True)
def test_contracts_kept_as_sources_move_to_the_register_and_back() -> None:
    world = village.build()
    executor = MigrationExecutor(connection)
    executor.migrate([("deals", "0002_contracts_and_tenders")])
    try:
        spending.source(world, "S-7", "contract", amount_fen=5_000, end_date=date(2027, 1, 1))
        spending.source(world, "S-8", "works")
        MigrationExecutor(connection).migrate([("deals", "0003_contracts_home")])
        assert list(SourceMatter.objects.values_list("ext_id", flat=True)) == ["S-8"]
        assert Contract.objects.get().period_fen == 5_000

        MigrationExecutor(connection).migrate([("deals", "0002_contracts_and_tenders")])
        assert SourceMatter.objects.get(ext_id="S-7").amount_fen == 5_000
    finally:
        Contract.objects.all().delete()
        SourceMatter.objects.all().delete()
        newest = MigrationExecutor(connection)
        newest.migrate(newest.loader.graph.leaf_nodes())
