"""A year is filed once, found in seconds, and whatever is done to it afterwards is found."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from sanzi.audit.models import Event
from sanzi.evidence import queries as evidence
from sanzi.evidence import storage
from sanzi.interfaces.cli.main import main
from sanzi.kernel import papers
from sanzi.ledger import hooks
from sanzi.ledger.actions import archives, exporting, reopening
from sanzi.ledger.errors import ArchiveTwice, CashierKeeps, YearNotClosed
from sanzi.ledger.models import Book, Period, YearArchive
from sanzi.ledger.period_errors import YearArchived
from sanzi.ledger.queries import archives as found
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from worlds import village

real_pdf = papers.pdf

YEAR = """
2026-01-05 收租金 | receipt:R1
  102 account:A-1   1200.00
  50103            -1200.00
2026-11-20 买办公用品 | payment:P1
  5130102            120.50
  102 account:A-1   -120.50
"""


@pytest.fixture
def filled(world, post, tmp_path, monkeypatch) -> Book:
    """A book with all months of 2026, none of them closed; papers are printed as stubs."""
    monkeypatch.setattr(settings, "SANZI", replace(settings.SANZI, var=tmp_path))
    monkeypatch.setattr(papers, "pdf", lambda *_: b"%PDF-")
    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    post(YEAR)
    months = {f"2026-{month:02d}" for month in range(1, 13)}
    there = set(Period.objects.filter(book=book).values_list("period", flat=True))
    Period.objects.bulk_create(Period(book=book, period=one) for one in sorted(months - there))
    return book


@pytest.fixture
def closed(filled) -> Book:
    """The same, its twelve months closed."""
    Period.objects.filter(book=filled).update(closed_at=village.AT)
    return filled


def file_year(by=SYSTEM) -> Path:
    ext_id = archives.archive_year(org_ext_id="O-WILLOW", year=2026, by=by, at=village.AT)
    return found.access_archive(by=SYSTEM, ext_id=ext_id).path


def rewrite(path: Path, change) -> None:
    """Write the package again; `change` takes the files by name and alters them."""
    with zipfile.ZipFile(path) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    change(files)
    path.chmod(0o640)
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)


def test_a_filed_year_holds_every_voucher_book_and_statement_as_plain_files(
    closed, world, monkeypatch
) -> None:
    printed = []

    def once(template, data):
        printed.append(template)
        return real_pdf(template, data) if printed.count(template) == 1 else b"%PDF-"

    monkeypatch.setattr(papers, "pdf", once)
    path = file_year(world.actor("agency_reviewer"))

    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        metadata = packed.read("O-WILLOW/2026/D30/凭证/O-WILLOW-KU·2026-D30-凭证-0001/metadata.xml")
        paper = packed.read(
            "O-WILLOW/2026/D30/凭证/O-WILLOW-KU·2026-D30-凭证-0001/content/凭证.pdf"
        )
    folders = {"/".join(name.split("/")[2:4]) for name in names if name.count("/") > 3}
    assert {"D30/凭证", "D30/账簿", "D10/报告", "Y/报告"} <= folders
    assert {"manifest.xml", "移交清册.csv", "index.html"} <= set(names)
    assert paper.startswith(b"%PDF-1.7")
    assert set(printed) == {"voucher", "tables"}
    text = metadata.decode()
    assert "<凭证字号>记-1</凭证字号>" in text
    assert "<金额合计>1,200.00</金额合计>" in text
    assert "<归档人>许复核</归档人>" in text
    assert '摘要算法="SM3"' in text
    assert Event.objects.filter(kind="ledger.year.archived").count() == 1


def test_a_filed_year_is_whole_and_is_found_by_words_number_class_and_year(closed) -> None:
    path = file_year()
    row = YearArchive.objects.get()

    assert [faults for _, faults in found.faults(by=SYSTEM)] == [[]]
    assert row.size_bytes == path.stat().st_size
    by_words = found.find_pieces(by=SYSTEM, text="办公用品", year=2026)
    by_number = found.find_pieces(by=SYSTEM, text="记-1", class_name="凭证")
    assert [one.piece.summary for one in by_words] == ["买办公用品"]
    assert {one.piece.label for one in by_number} == {"记-1"}
    assert found.find_pieces(by=SYSTEM, text="办公用品", year=2025) == []
    (piece,) = [one.piece for one in by_words]
    names = [name for name, _ in found.piece_files(
        by=SYSTEM, ext_id=row.ext_id, number=piece.number)]  # fmt: skip
    assert names == [
        "content/凭证.pdf", "content/记账信息.xml", "content/校验值.json", "metadata.xml",
        "digest.txt",
    ]  # fmt: skip


def test_what_is_altered_missing_or_added_is_found_and_a_rewritten_manifest_too(closed) -> None:
    path = file_year()
    whole = path.read_bytes()
    voucher = "O-WILLOW/2026/D30/凭证/O-WILLOW-KU·2026-D30-凭证-0001"

    def alter(files):
        files[f"{voucher}/content/记账信息.xml"] += b" "
        del files[f"{voucher}/digest.txt"]
        files["O-WILLOW/另一张.pdf"] = b"x"

    rewrite(path, alter)
    ((_, wrong),) = found.faults(by=SYSTEM)
    assert wrong == [
        f"{voucher}/digest.txt：缺这个文件",
        "O-WILLOW/另一张.pdf：多出这个文件",
        f"{voucher}/content/记账信息.xml：内容改过",
    ]

    path.write_bytes(whole)
    rewrite(path, lambda files: files.update({"manifest.xml": files["manifest.xml"] + b"\n"}))
    ((_, wrong),) = found.faults(by=SYSTEM)
    assert wrong == [f"{path.name}：清单和系统里登记的摘要对不上"]

    path.write_bytes(whole[: len(whole) // 2])
    assert "打不开" in next(found.faults(by=SYSTEM))[1][0]
    path.unlink()
    assert next(found.faults(by=SYSTEM))[1] == [f"{path.name}：档案不见了"]


@pytest.mark.parametrize("left_open", ["2026-12", "2026-01"])
def test_a_year_with_an_open_month_is_not_filed(filled, left_open, tmp_path) -> None:
    others = Period.objects.filter(book=filled).exclude(period=left_open)
    others.update(closed_at=village.AT)

    with pytest.raises(YearNotClosed, match=left_open):
        file_year()

    assert not YearArchive.objects.exists()
    assert list(tmp_path.rglob("*.zip")) == []


def test_a_year_is_filed_once_and_never_opened_again(closed, world) -> None:
    file_year()

    with pytest.raises(ArchiveTwice):
        file_year()
    with pytest.raises(YearArchived):
        reopening.ask_reopen(
            org_ext_id="O-WILLOW", period="2026-12", reason="漏了一张发票",
            by=world.actor("agency_accountant"), at=village.AT,
        )  # fmt: skip
    assert YearArchive.objects.count() == 1


def test_a_cashier_and_who_has_no_right_file_nothing(closed, world) -> None:
    both = world.actor("agency_reviewer")
    cashier = replace(both, posts=(*both.posts, *world.actor("agency_cashier").posts))

    with pytest.raises(CashierKeeps):
        file_year(cashier)
    with pytest.raises(NotFound):
        file_year(world.actor("agency_accountant"))

    assert not YearArchive.objects.exists()


def test_an_archived_book_leaves_as_freely_as_before(closed, tmp_path) -> None:
    file_year()

    target = tmp_path / "book.journal"
    exporting.export_books(
        form="hledger", target=target, by=SYSTEM, at=village.AT, org_ext_id="O-WILLOW"
    )

    assert "2026-12结账余额" in target.read_text(encoding="utf-8")


def test_the_evidence_of_what_a_voucher_books_lies_beside_it(closed, monkeypatch) -> None:
    monkeypatch.setattr(
        hooks, "_subjects", [lambda _, ids: [("case", "C-1")] if "P1" in ids else []]
    )
    kept = storage.keep(b"%PDF-1.4 invoice")
    file = SimpleNamespace(digest=kept, media_type="application/pdf")
    asked = lambda kind, _: [file] if kind == "case" else []  # noqa: E731
    monkeypatch.setattr(evidence, "attachments", asked)

    path = file_year()

    with zipfile.ZipFile(path) as packed:
        found_in = [name for name in packed.namelist() if name.endswith("附件1.pdf")]
        assert [packed.read(name) for name in found_in] == [b"%PDF-1.4 invoice"]
    assert found_in[0].split("/")[-3].endswith("凭证-0002")


def test_others_see_no_archive(closed, world) -> None:
    file_year()
    stone = world.actor("stone_cashier")

    assert found.archives(by=stone) == []
    assert found.find_pieces(by=stone, text="租金") == []
    with pytest.raises(NotFound):
        found.access_archive(by=stone, ext_id=YearArchive.objects.get().ext_id)


def test_the_command_files_finds_and_checks(closed, capsys) -> None:
    assert main(["archive", "make", "--org", "O-WILLOW", "--year", "2026"]) == 0
    assert main(["archive", "find", "租金"]) == 0
    assert "O-WILLOW-KU·2026-D30-凭证-0001 2026-01 记-1号凭证 收租金 1,200.00" in (
        capsys.readouterr().out
    )
    assert main(["archive", "verify"]) == 0
    path = found.folder() / YearArchive.objects.get().file_name
    rewrite(path, lambda files: files.pop("index.html"))
    assert main(["archive", "verify", "--year", "2026"]) == 1
    assert "index.html：缺这个文件" in capsys.readouterr().out
