"""Each shipped source with a file as it comes; broken source files; bad files from end to end."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.exchange import errors, queries, report, returning, rules
from sanzi.exchange.actions import receiving
from sanzi.exchange.actions.receiving import Said
from sanzi.exchange.models import Delivery, SourceFile
from sanzi.kernel import clock, identity, masking
from sanzi.kernel.refusals import Refusal
from sanzi.matters import shelf
from sanzi.orgs import secrets
from sanzi.orgs.models import Counterparty, OutsideStatus, Person
from sanzi.payments.models import Payment, PaymentOrder
from sanzi.registers.subsidies.models import Award, AwardPayout, Program
from sanzi.registers.subsidies.queries import public
from worlds import outside, village
from worlds.outside import HEAD, id_no
from worlds.sheets_outside import text, workbook
from worlds.village import AT, COUNTY, WILLOW, World

pytestmark = pytest.mark.django_db


def uscc() -> str:
    """Return a right code of nobody."""
    body = "91330000MA0000001"
    for figure in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        with suppress(Refusal):
            return identity.check_uscc(body + figure)
    raise AssertionError


USCC = uscc()


def load(world: World, source: str, data: bytes, role: str = "county_finance") -> Delivery:
    """Take a file all the way as proposed; refused files raise."""
    by = world.actor(role)
    made = receiving.receive(source=source, name="名单.csv", data=data, by=by, at=AT)
    receiving.look(ext_id=made.ext_id, said=Said(made.columns, made.formats), by=by, at=AT)
    made.refresh_from_db()
    return receiving.confirm(ext_id=made.ext_id, seen=made.seen_digest, by=by, at=AT)


def test_a_firm_keeps_what_the_file_is_silent_on_and_its_head_is_told(world: World) -> None:
    Counterparty.objects.create(
        ext_id="CP-1", kind="company", name="老名字", uscc=USCC, is_blacklisted=True,
        business_scope="建材", sealed_phone=secrets.seal("phone", "13800000000"),
        phone_index=secrets.index("phone", "13800000000"),
    )  # fmt: skip
    head = ("企业名称", "纳税人识别号", "主体类型", "法人", "法人身份证号", "成立日期")
    data = text(head, ("新名字公司", USCC, "有限责任公司", "王老大", id_no(1), "2019-05-06"))

    done = load(world, "companies", data)

    firm = Counterparty.objects.get(uscc=USCC)
    assert done.counts["counterparty"]["changed"] == 1
    assert (firm.ext_id, firm.name, firm.is_blacklisted) == ("CP-1", "新名字公司", True)
    assert (firm.business_scope, firm.registered_date) == ("建材", date(2019, 5, 6))
    assert secrets.reveal("phone", firm.sealed_phone) == "13800000000"
    assert firm.legal_rep_person == outside.person("王老大")
    assert OutsideStatus.objects.get().kind == "company"


def program(world: World) -> Program:
    return Program.objects.create(
        ext_id="PR-1", organisation=world.bodies["county"], division_code=COUNTY, code="GRAIN",
        name="种粮补贴", department="县农业农村局", unit="亩", rate_fen=10_000,
        valid_from_date=date(2025, 1, 1), source_ref="样例",
    )  # fmt: skip


def test_one_card_lines_become_awards_paid_or_not(world: World) -> None:
    program(world)
    head = (
        "年度", "项目名称", "批次", "行政区划", "姓名", "证件号", "社保卡账号", "面积", "金额",
        "发放状态", "到账日期",
    )  # fmt: skip
    card = "6217001234567890123"
    first = ("2026", "种粮补贴", "1", WILLOW, "王老大", id_no(1), card, "3.5", '"350"')
    second = ("2026", "种粮补贴", "1", "柳湾村", "李老二", id_no(2), card, "2", "200")
    data = text(head, (*first, "发放成功", "20260930"), (*second, "退票", ""))

    done = load(world, "card_subsidies", data)

    paid, failed = Award.objects.order_by("person__ext_id")
    assert done.quality["newest"] == "2026-09-30"
    assert (paid.quantity_milli, paid.amount_fen, paid.division_code) == (3_500, 35_000, WILLOW)
    assert paid.paid_at is not None
    assert failed.paid_at is None
    assert id_no(1) not in paid.ext_id


CARD_HEAD = (
    "年度", "项目名称", "批次", "行政区划", "姓名", "证件号", "数量", "金额", "发放状态",
    "到账日期",
)  # fmt: skip


def card_line(serial: int, result: str, day: str = "", **more: str) -> tuple[str, ...]:
    name = {1: "王老大", 2: "李老二", 3: "石老三"}.get(serial, "外人")
    return (
        more.get("year", "2026"), "种粮补贴", "1", more.get("place", WILLOW), name, id_no(serial),
        "1", more.get("yuan", "100"), result, day,
    )  # fmt: skip


def card_file(*lines: tuple[str, ...]) -> bytes:
    return text(CARD_HEAD, *lines)


def test_one_card_lines_of_unknown_programmes_are_refused(world: World) -> None:
    program(world)
    stranger = card_line(9, "成功", "20260930")
    data = card_file(stranger, card_line(1, "成功", "20260930", year="2024"))

    with pytest.raises(errors.FileWrong) as refused:
        load(world, "card_subsidies", data)

    wrong: Any = refused.value.data["wrong"]
    assert [(one["row"], one["code"]) for one in wrong] == [(3, "program")]
    assert not Award.objects.exists()
    sheet = report.quality_sheet(rules.sources()["card_subsidies"], list(Delivery.objects.all()))
    assert sheet.rows[0].cells[-1] == "登记里没有这个人1处，没有这个补贴项目1处"


def test_one_card_lines_of_strangers_are_listed_and_taken_once_they_are_known(
    world: World,
) -> None:
    program(world)
    data = card_file(
        card_line(1, "成功", "20260930"), card_line(9, "成功", "20260930"),
        card_line(2, "成功"), card_line(3, "失败"),
    )  # fmt: skip

    done = load(world, "card_subsidies", data)

    told = done.quality
    assert (told["rows"], told["accepted"], told["left_out"], told["refused"]) == (4, 2, 2, 0)
    assert done.counts["award"]["added"] == 2
    kept = list(queries.left_out(done))
    assert [(one.row, one.code) for one in kept] == [(3, "person"), (4, "paid_day")]
    assert id_no(9) not in kept[0].value
    sheet = report.left_out_sheet(done, kept)
    assert [row.cells[0] for row in sheet.rows] == ["3", "4"]
    assert {one.person.name for one in Award.objects.all()} == {"王老大", "石老三"}
    by = world.actor("county_finance")
    [poor] = queries.at_desk(by=by, today=AT.date())
    assert (poor.source.code, poor.is_poor, poor.accepted_percent) == ("card_subsidies", True, 50)
    assert queries.at_desk(by=world.actor("village_clerk"), today=AT.date()) == []

    village.villager(
        world, "外人", WILLOW, id_no_index=secrets.index("id_no", id_no(9)),
        sealed_id_no=secrets.seal("id_no", id_no(9)),
    )  # fmt: skip
    again = receiving.again(ext_id=done.ext_id, by=by, at=AT)
    assert (again.state, again.quality["accepted"], again.quality["left_out"]) == ("loaded", 3, 1)
    assert again.counts["award"] == {"added": 1, "changed": 0, "unchanged": 2}
    assert [one.row for one in queries.left_out(again)] == [4]
    last = Event.objects.filter(kind="exchange.delivery.loaded").order_by("pk").last()
    assert last is not None
    assert '"left_out":1' in last.change.replace(" ", "")


def test_a_file_of_which_no_line_can_be_taken_is_refused(world: World) -> None:
    program(world)

    with pytest.raises(errors.AllLeftOut):
        load(world, "card_subsidies", card_file(card_line(9, "成功", "20260930")))

    assert not Award.objects.exists()
    assert Delivery.objects.get().state == "draft"
    whole = load(world, "card_subsidies", card_file(card_line(1, "成功", "20260930")))
    with pytest.raises(errors.NothingLeft):
        receiving.again(ext_id=whole.ext_id, by=world.actor("county_finance"), at=AT)
    assert Delivery.objects.get(pk=whole.pk).state == "loaded"


def test_a_failed_line_is_paid_by_a_later_file_and_never_unpaid_again(world: World) -> None:
    program(world)
    load(world, "card_subsidies", card_file(
        card_line(1, "失败"), card_line(2, "成功", "20260930"), card_line(3, "失败"),
    ))  # fmt: skip

    done = load(world, "card_subsidies", card_file(
        card_line(1, "成功", "20261015"), card_line(2, "失败"),
        card_line(3, "成功", "20261015", yuan="120"),
    ))  # fmt: skip

    paid = Award.objects.get(person__name="王老大")
    assert paid.paid_at is not None
    assert clock.local_date(paid.paid_at) == date(2026, 10, 15)
    assert done.counts["award"] == {"added": 0, "changed": 1, "unchanged": 0}
    [history] = AwardPayout.objects.all()
    assert (history.award, history.package) == (paid, done.ext_id.lower())
    [event] = Event.objects.filter(kind="subsidies.award.paid_later")
    assert (event.subject_id, event.chain) == (paid.ext_id, paid.organisation.ext_id)
    kept = list(queries.left_out(done))
    assert [(one.row, one.code) for one in kept] == [(3, "paid_before"), (4, "differs")]
    assert kept[0].why == "以前的文件说2026-09-30发到了，这一次说没有发到"
    still = Award.objects.get(person__name="李老二")
    assert still.paid_at is not None
    assert Award.objects.get(person__name="石老三").paid_at is None
    # A package may name the case of the other system: it was not paid from here for that.
    Award.objects.filter(pk=still.pk).update(case_number="BT-1")
    lines = shelf.rows(by=world.actor("town_head"), key="subsidy-awards")
    register = shelf.access_register(by=world.actor("town_head"), key="subsidy-awards")
    items = [shelf.item_of(register, one) for one in lines]
    shown = {one.head: {column.key: value for column, value in one.values} for one in items}
    assert {name: one["told"] for name, one in shown.items()} == {
        "王老大": f"原来没发成，{clock.local_date(AT)}收到的“{done.ext_id.lower()}”说发到了",
        "李老二": "导入时已经发到",
        "石老三": "还没有发到",
    }
    assert (shown["王老大"]["paid"], shown["石老三"]["paid"]) == (paid.paid_at, None)
    own = public.own(Person.objects.filter(name__in=shown).values_list("pk", flat=True))
    assert {(one.name, one.paid_at) for one in own} == {
        (masking.name(name), one["paid"]) for name, one in shown.items()
    }

    same = load(world, "card_subsidies", card_file(card_line(1, "成功", "2026-10-15")))
    assert same.counts["award"] == {"added": 0, "changed": 0, "unchanged": 1}
    assert AwardPayout.objects.count() == 1


def test_a_source_that_is_overdue_is_on_the_desk_of_whoever_loads_it(world: World) -> None:
    program(world)
    by = world.actor("county_finance")
    assert queries.at_desk(by=by, today=AT.date()) == [], "none has begun"
    load(world, "card_subsidies", card_file(card_line(1, "成功", "20261102")))

    assert queries.at_desk(by=by, today=date(2026, 12, 3)) == []
    [late] = queries.at_desk(by=by, today=date(2026, 12, 4))
    assert (late.source.code, late.is_late, late.is_poor) == ("card_subsidies", True, False)


def _merged(_book: Any, sheet: Any) -> None:
    sheet.merge_cells("A1:B1")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        workbook(()),
        workbook(("姓名", "姓名"), ("甲", "乙")),
        workbook(HEAD, ("甲", id_no(1), "2026-01-01", None), more=_merged),
        workbook(HEAD),
    ],
    ids=["empty", "old", "no_cells", "doubled", "merged", "head_only"],
)
def test_a_bad_file_is_refused_and_nothing_of_it_is_kept(world: World, data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        load(world, "deaths", data)

    assert refused.value.code.startswith(("record.outside_", "exchange."))
    if refused.value.code.startswith("record."):
        assert not SourceFile.objects.exists()
    assert not Delivery.objects.filter(state="loaded").exists()


def test_shipped_sources_are_whole_and_broken_ones_say_what_is_wrong(tmp_path: Path) -> None:
    shipped = (rules.FOLDER / "deaths.yaml").read_text(encoding="utf-8")
    assert {"deaths", "statuses", "companies", "card_subsidies"} <= set(rules.sources())
    for old, new, said in (
        ("newest: death_date", "newest: nothing", "no field nothing"),
        ("table: ext_death", "table: org", "org has no column death_date"),
        ("id_no: id_no, death_date", 'id_no: "@luck", death_date', "nobody makes @luck"),
        ("rhythm_days: 31", "rhythm_days: 0", "rhythm_days"),
        ("kind: place", "kind: planet", "no such kind"),
        ("source: deaths", "source: births", "the file is not"),
    ):
        assert old in shipped
        file = tmp_path / "deaths.yaml"
        file.write_text(shipped.replace(old, new), encoding="utf-8")
        with pytest.raises(rules.BadSourceFile) as refused:
            rules.read_source(file)
        assert said in str(refused.value)


def test_data_is_late_after_its_rhythm() -> None:
    source = rules.sources()["deaths"]

    assert not source.is_late(date(2026, 10, 12), date(2026, 11, 12))
    assert source.is_late(date(2026, 10, 11), date(2026, 11, 12))
    assert source.is_late(None, date(2026, 11, 12))


def test_the_treasury_gets_back_who_was_paid_and_who_was_not(world: World) -> None:
    order = PaymentOrder.objects.create(
        ext_id="PO-1", case_number="M22-1", organisation=world.bodies["willow_committee"],
        division_code=WILLOW, matter_code="M22", purpose="种粮补贴", amount_fen=30_000,
        state="SETTLED", created_at=AT, submitted_at=AT,
    )  # fmt: skip
    told = {"王老大": ("SETTLED", "", AT), "李老二": ("REJECTED", "户名不符", None)}
    of = program(world)
    for number, (name, (status, reason, paid_at)) in enumerate(told.items(), start=1):
        Payment.objects.create(
            ext_id=f"PL-{number}", order=order, line_no=number, payee_kind="person",
            payee_person=outside.person(name), payee_name=name, account_tail="0123",
            amount_fen=15_000, status=status, reason_text=reason, paid_at=paid_at,
        )  # fmt: skip
        Award.objects.create(
            ext_id=f"AW-{number}", organisation=world.bodies["willow_committee"],
            division_code=WILLOW, case_number="M22-1", program=of, period="2026",
            person=outside.person(name), quantity_milli=1_500, amount_fen=15_000,
            payee_name=name, status="approved",
        )  # fmt: skip

    by = world.actor("county_finance")
    sheet = returning.return_sheet(by=by, period="2026")

    assert returning.periods(by=by) == ["2026"]
    assert [tuple(row.cells[9:12]) for row in sheet.rows] == [
        ("发到了", "", "2026-11-12"), ("没发到", "户名不符", ""),
    ]  # fmt: skip
    assert sheet.rows[0].cells[4:6] == ["王*大", f"999***********{id_no(1)[-4:]}"]
    assert returning.return_sheet(by=by, period="2025").rows == []
    assert returning.periods(by=world.actor("stone_cashier")) == []
