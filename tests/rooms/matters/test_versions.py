"""A running case keeps the version of the matter file that it began with; a county has its own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from sanzi.interfaces.cli.main import main
from sanzi.matters import catalogue, editions, errors, locking, queries
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, MatterText
from worlds import village
from worlds.village import AT

pytestmark = pytest.mark.django_db

SOURCE = next(path for path in catalogue.shipped() if path.name.startswith("M08"))
FORM = {
    "title": "太阳能路灯6盏", "category_code": "lamp", "quantity": "6", "unit": "盏",
    "estimate": "1,600", "method": "inquiry", "need": "后塘路没有灯", "kin_statement": "no",
}  # fmt: skip


@pytest.fixture
def county(tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The county's own folder, empty."""
    catalogue.matters.cache_clear()
    catalogue.powers.cache_clear()
    editions._kept.clear()
    settings.SANZI = replace(settings.SANZI, matters=tmp_path)  # type: ignore[attr-defined]
    yield tmp_path
    catalogue.matters.cache_clear()
    catalogue.powers.cache_clear()
    editions._kept.clear()


def own(folder: Path, changed: dict[str, str] | None = None) -> Path:
    """Write the county's own file of purchases: another word at the first review."""
    text = re.sub('^version: ".*"', 'version: "1.9"', SOURCE.read_text("utf-8"), flags=re.MULTILINE)
    for before, after in (changed or {}).items():
        text = text.replace(before, after)
    path = folder / SOURCE.name
    path.write_text(text, "utf-8")
    catalogue.matters.cache_clear()
    catalogue.powers.cache_clear()
    return path


def start(world: village.World) -> str:
    by = world.actor("committee_member")
    return cases.start(matter_code="M08", organisation_ext_id="O-WILLOW", by=by, at=AT)


def hand_in(world: village.World, number: str) -> None:
    by = world.actor("committee_member")
    cases.save(number=number, by=by, at=AT, form=FORM)
    cases.submit(number=number, by=by, at=AT)


def words(world: village.World, number: str) -> list[str]:
    page = queries.case_page(by=world.actor("committee_member"), number=number, at=AT)
    return [one.word for one in page.chain]


def test_a_case_goes_on_by_its_own_version_and_a_new_one_by_the_new(county: Path) -> None:
    world = village.build()
    old = start(world)
    review = catalogue.matters()["M08"].steps[1].word

    own(county, {f"word: {review}": "word: 县里另看"})
    new = start(world)
    hand_in(world, old)
    hand_in(world, new)

    assert Case.objects.get(number=old).matter_version != "1.9"
    assert Case.objects.get(number=new).matter_version == "1.9"
    assert "县里另看" not in words(world, old)
    assert "县里另看" in words(world, new)
    todo = queries.todo(by=world.actor("supervision_head"), at=AT)
    assert {one.case.number: one.word for one in todo} == {old: review, new: "县里另看"}
    seen = Case.objects.get(number=old).content_digest
    done = cases.act(
        number=old, by=world.actor("supervision_head"), at=AT,
        opinion=cases.Opinion("approve", seen),
    )  # fmt: skip
    assert done.next_step


def test_the_kept_text_is_read_once(
    county: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world = village.build()
    case = Case.objects.get(number=start(world))
    own(county)

    with django_assert_num_queries(1):
        assert editions.of(case) == editions.of(case)


def test_the_same_version_with_another_text_opens_no_case(county: Path) -> None:
    world = village.build()
    own(county)
    start(world)
    own(county, {"物资服务采购": "物资和服务采购"})

    with pytest.raises(errors.VersionReused) as refused:
        start(world)

    assert "1.9" in refused.value.text
    assert Case.objects.count() == 1
    assert MatterText.objects.count() == 1


def test_a_county_adds_a_power_of_its_own(county: Path) -> None:
    text = SOURCE.read_text("utf-8").replace("code: M08", "code: M61", 1)
    text = text.replace("title: 物资服务采购", "title: 山塘清淤", 1)
    (county / f"M61-{catalogue.matters()['M08'].slug}.yaml").write_text(text, "utf-8")
    catalogue.matters.cache_clear()
    catalogue.powers.cache_clear()
    world = village.build()

    by = world.actor("committee_member")
    number = cases.start(matter_code="M61", organisation_ext_id="O-WILLOW", by=by, at=AT)

    assert catalogue.powers()[-1].title == "山塘清淤"
    assert Case.objects.get(number=number).title == "山塘清淤"


def test_a_folder_is_checked_file_by_file_and_line_by_line(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = own(county)
    assert main(["matters", "check", str(county)]) == 0

    path.write_text(path.read_text("utf-8").replace("days: 15", "days: many"), "utf-8")
    text = SOURCE.read_text("utf-8").replace("物资服务采购", "采购")
    (county / "M08-other.yaml").write_text(text, "utf-8")

    assert main(["matters", "check", str(county)]) == 1
    told = capsys.readouterr().out
    assert "行：delegation.max_days：“many”要写成整数" in told
    assert "改过的文件要有自己的版本号" in told
    assert "文件名不是<code>-<slug>.yaml" in told
    assert main(["matters", "check", str(county / "none")]) == 2


def test_a_shipped_file_that_changed_has_a_new_version() -> None:
    """When this fails: raise `version` in the file, then `python -m sanzi.matters.locking`."""
    assert locking.stale(locking.locked()) == []


def test_the_lock_sees_a_change_under_the_same_version() -> None:
    held = {code: dict(one) for code, one in locking.locked().items()}
    held["M10"]["sm3"] = "another"
    held["M08"] = {"version": "0.9", "sm3": "another"}

    assert locking.stale(held) == ["M10"]
