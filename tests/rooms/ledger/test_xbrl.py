"""Statements as XBRL 2.1: every line has a concept, the figures are the page's, all of it valid."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from sanzi.audit.models import Event
from sanzi.interfaces.cli.main import main
from sanzi.ledger import standards
from sanzi.ledger.actions import papers
from sanzi.ledger.errors import PaperUnknown
from sanzi.ledger.exports import peers
from sanzi.ledger.models import Book, OpeningBalance
from sanzi.ledger.queries import statements
from sanzi.ledger.queries.journals import Wanted
from sanzi.ledger.statements import catalogue
from sanzi.ledger.statements.evaluate import Row
from sanzi.ledger.xbrl import concepts, names, taxonomy
from sanzi.ledger.xbrl.instance import Entity, Filled, Months, instance
from sanzi.orgs.errors import NotFound
from worlds.xbrl_reader import Package

YEAR = """
2026-01-05 收租金 | receipt:R1
  102 account:A-1   9000.00
  50103            -9000.00
2026-02-05 收代收款 | receipt:R2
  102 account:A-1   500.00
  11302 household:H1 -300.00
  11302 household:H2 -200.00
2026-03-05 先发给H3 | payment:P2
  11302 household:H3 120.00
  102 account:A-1   -120.00
2026-11-05 11月保洁费 | payment:P1
  51401 person:V1    310.55
  102 account:A-1   -310.55
2026-12-03 买纸 | payment:P3
  5130102            12.00
  102 account:A-1   -12.00
"""
CREDIT_CODE = "N2999901MF0000001A"
OWN = """
statement: cadre-pay
standards: [rce2023]
title: 干部报酬表
provenance: 县农业农村局要的
known: own
columns:
  - {id: this_period, title: 本月, window: this_period}
sections:
  - lines:
      - {header: "干部："}
      - {id: 报酬, title: 干部报酬, formula: EXP(51401)}
"""


@pytest.fixture
def take(post, world):
    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    for code, fen in (("102", 100_000), ("32202", -100_000)):
        OpeningBalance.objects.create(book=book, account_code=code, balance_fen=fen)
    book.organisation.uscc = CREDIT_CODE
    book.organisation.save()
    post(YEAR)

    def do(code: str = "", period: str = "2026-11", role: str = "agency_accountant") -> bytes:
        common = {"by": world.actor(role), "at": world.at, "org_ext_id": "O-WILLOW"}
        if code:
            return papers.take_statement(**common, code=code, period=period, form="xbrl").data
        return papers.take_statements(**common, period=period, form="xbrl").data

    return do


@pytest.mark.parametrize("code", standards.codes())
def test_every_line_of_every_layout_has_its_concept_and_label(code) -> None:
    files = taxonomy.of_standard(code)
    found = {name: data.decode() for name, data in files.items()}
    head = names.taxonomy(code)
    named = set()
    for layout in catalogue.shipped(code).values():
        tree = concepts.tree(layout)
        for place, section in enumerate(layout.sections):
            for line in section.lines:
                for column in layout.columns:
                    one = tree.find(place, line.id or line.title, column.id)
                    assert one.line is line
                    named.add(one.name)
    for name in named:
        assert f'id="sz_{name}"' in found[head.schema], name
        assert f'xlink:href="{head.schema}#sz_{name}"' in found[f"{head.stem}-label.xml"], name
        assert f'"{name}"' in found[f"{head.stem}-presentation.xml"], name


def test_a_line_without_a_concept_is_found() -> None:
    layout = catalogue.shipped("rce2023")["balance"]
    with pytest.raises(KeyError, match=r"balance\.99\.closing"):
        concepts.tree(layout).find(0, "99", "closing")


@pytest.mark.parametrize("code", standards.codes())
def test_a_taxonomy_that_changed_needs_a_new_version(code) -> None:
    held = names.names()

    assert taxonomy.digest(code) == held.digests[code], (
        f"{code}: its layouts changed; give data/exports/xbrl.yaml a new version and this digest"
    )


def test_moments_and_months_follow_from_the_formula() -> None:
    def types(statement: str, *ids: str) -> list[tuple[str, bool]]:
        tree = concepts.tree(catalogue.shipped("rce2023")[statement])
        by_name = {one.name: one for one in tree.lines}
        return [(by_name[one].period_type, by_name[one].is_before) for one in ids]

    assert types("balance", "balance.1", "balance.37", "balance.23") == [("instant", False)] * 3
    assert types("income", "income.1", "income.15", "income.21") == [("duration", False)] * 3
    assert types(
        "trial", "trial.accounts.opening_debit", "trial.total.debit", "trial.total.closing_credit"
    ) == [("instant", True), ("duration", False), ("instant", False)]


def test_plain_sums_are_calculations_and_others_are_not() -> None:
    layouts = catalogue.shipped("rce2023")

    def parts(statement: str, name: str) -> list[tuple[str, int]]:
        tree = concepts.tree(layouts[statement])
        (one,) = [each for each in tree.lines if each.name == name]
        return [(part.concept.name, part.weight) for part in tree.parts(one)]

    assert parts("balance", "balance.10") == [("balance.8", 1), ("balance.9", -1)]
    assert parts("income", "income.7") == [
        ("income.1", 1), ("income.2", 1), ("income.3", -1), ("income.4", -1), ("income.5", -1)
    ]  # fmt: skip
    assert parts("balance", "balance.1") == []
    assert parts("trial", "trial.total.debit") == []


def test_the_balance_sheet_of_november_is_this_instance(take) -> None:
    read = Package(take("balance"))

    assert read.problems() == []
    facts = {(one.name, one.context.start, one.context.end): one.yuan for one in read.facts}
    assert facts["balance.1", "", "2026-11-30"] == Decimal("10069.45")
    assert facts["balance.1", "", "2025-12-31"] == Decimal("1000.00")
    assert facts["balance.25", "", "2026-11-30"] == Decimal("500.00")
    assert facts["balance.23", "", "2026-11-30"] == facts["balance.39", "", "2026-11-30"]
    assert {one.context.entity for one in read.facts} == {
        f"urn:sanzi:unified-social-credit-code {CREDIT_CODE}"
    }
    assert read.labels()["balance.1"] == "货币资金"


@pytest.mark.parametrize("period", ["2026-01", "2026-11", "2026-12"])
def test_the_whole_set_is_valid_and_its_figures_are_the_pages(take, world, period) -> None:
    read = Package(take(period=period))

    assert read.problems() == []
    by_name: dict[str, set[Decimal]] = {}
    for fact in read.facts:
        by_name.setdefault(fact.name.split(".")[0], set()).add(fact.yuan)
    for code, span in (("balance", period), ("income", period), ("trial", period)):
        page = statements.statement(
            by=world.actor("agency_accountant"), org_ext_id="O-WILLOW", code=code, period=span
        )
        shown = {Decimal(fen) / 100 for row in page.rows for fen in row.figures if fen is not None}
        assert by_name[code] == shown, code


def test_repeated_rows_are_told_apart_by_account_and_by_whom(take) -> None:
    read = Package(take("households"))

    assert read.problems() == []
    closing = {
        one.context.keys: one.yuan
        for one in read.facts
        if one.name == "households.internal.closing_credit"
    }
    assert closing == {
        (("account-axis", "113"), ("party-axis", f"household:{one}")): Decimal(yuan)
        for one, yuan in (("H1", "300.00"), ("H2", "200.00"), ("H3", "0.00"))
    }


def test_a_body_without_a_credit_code_stands_under_our_id(take, world) -> None:
    Book.objects.get(organisation__ext_id="O-WILLOW").organisation.__class__.objects.filter(
        ext_id="O-WILLOW"
    ).update(uscc="")

    (entity,) = {one.context.entity for one in Package(take("income")).facts}
    assert entity == "urn:sanzi:organisation O-WILLOW"


def test_a_countys_own_statement_has_a_taxonomy_beside_it(take, settings, tmp_path) -> None:
    (tmp_path / "cadre-pay.yaml").write_text(OWN, encoding="utf-8")
    settings.SANZI = dataclasses.replace(settings.SANZI, statements=tmp_path)

    read = Package(take("cadre-pay"))
    assert read.problems() == []
    assert [(one.name, one.yuan) for one in read.facts] == [("cadre-pay.row-2", Decimal("310.55"))]
    assert "rce2023-county.xsd" in read.taxonomy


def test_one_fact_never_has_two_figures() -> None:
    layout = catalogue.shipped("rce2023")["income"]
    row = Row("1", "1", "x", 0, 0, is_header=False, is_total=False, is_analysed=False,
              figures=(1, 2, None))  # fmt: skip
    months = tuple(Months(one.id, "2026-01", "2026-01") for one in layout.columns)

    with pytest.raises(ValueError, match="two figures"):
        instance(Entity("", "O"), "rce2023", [Filled(layout, months, (row,))])


def test_who_takes_it_is_logged_and_strangers_take_nothing(take) -> None:
    take("balance")

    event = Event.objects.get(kind="ledger.paper.taken")
    assert event.chain == "O-WILLOW"
    assert '"form":"xbrl"' in event.change
    with pytest.raises(NotFound):
        take("balance", role="stone_cashier")


def test_a_book_of_account_does_not_leave_as_xbrl(take, world) -> None:
    with pytest.raises(PaperUnknown):
        papers.take_journal(
            by=world.actor("agency_accountant"), at=world.at, org_ext_id="O-WILLOW",
            wanted=Wanted("general", "2026-11", "2026-11"), form="xbrl",
        )  # fmt: skip


def test_the_command_writes_the_set(take, tmp_path, capsys) -> None:
    path = tmp_path / "set.zip"

    assert main(["statements", "take", "O-WILLOW", "2026-11", str(path), "--format", "xbrl"]) == 0
    assert "XBRL" in capsys.readouterr().out
    assert Package(path.read_bytes()).problems() == []


@pytest.mark.skipif(not peers.find("arelleCmdLine"), reason="make peers installs it")
def test_another_program_finds_the_set_valid(take, tmp_path) -> None:
    with zipfile.ZipFile(io.BytesIO(take(period="2026-12"))) as packed:
        packed.extractall(tmp_path)

    assert arelle(tmp_path, next(tmp_path.glob("*.xbrl"))) == []


@pytest.mark.skipif(not peers.find("arelleCmdLine"), reason="make peers installs it")
def test_another_program_finds_a_wrong_sum(take, tmp_path) -> None:
    with zipfile.ZipFile(io.BytesIO(take("balance"))) as packed:
        packed.extractall(tmp_path)
    path = next(tmp_path.glob("*.xbrl"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(">10069.45<", ">10069.44<", 1), encoding="utf-8")

    assert any("summation" in line.lower() or "calc" in line for line in arelle(tmp_path, path))


def arelle(folder: Path, file: Path) -> list[str]:
    """Return what Arelle complains about: XBRL 2.1, Dimensions 1.0, sums; without a network."""
    done = subprocess.run(
        [
            peers.find("arelleCmdLine"), "--internetConnectivity=offline", "--validate",
            "--calc=c10", "--logFormat=[%(levelname)s] [%(messageCode)s] %(message)s",
            f"--file={file}", "--logLevel=warning",
        ],
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "XDG_CONFIG_HOME": str(folder),
             "HOME": str(folder)},
        capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip
    return [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
