"""Each shipped source with a file as it comes; broken source files; bad files from end to end."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sanzi.exchange import errors, report, returning, rules
from sanzi.exchange.actions import receiving
from sanzi.exchange.actions.receiving import Said
from sanzi.exchange.models import Delivery, SourceFile
from sanzi.kernel import identity
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import secrets
from sanzi.orgs.models import Counterparty, OutsideStatus
from sanzi.payments.models import Payment, PaymentOrder
from sanzi.registers.subsidies.models import Award, Program
from worlds import outside
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


def test_one_card_lines_of_strangers_and_unknown_programmes_are_refused(world: World) -> None:
    program(world)
    head = ("年度", "项目名称", "批次", "行政区划", "姓名", "证件号", "数量", "金额", "发放状态")
    data = text(
        head,
        ("2026", "种粮补贴", "1", WILLOW, "外人", id_no(9), "1", "100", "成功"),
        ("2024", "种粮补贴", "1", WILLOW, "王老大", id_no(1), "1", "100", "成功"),
    )

    with pytest.raises(errors.FileWrong) as refused:
        load(world, "card_subsidies", data)

    wrong: Any = refused.value.data["wrong"]
    assert [(one["row"], one["code"]) for one in wrong] == [(2, "person"), (3, "program")]
    assert not Award.objects.exists()
    sheet = report.quality_sheet(rules.sources()["card_subsidies"], list(Delivery.objects.all()))
    assert sheet.rows[0].cells[-1] == "登记里没有这个人1处，没有这个补贴项目1处"


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
