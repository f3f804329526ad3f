"""The folder of an index: what it must say, and that a broken one is refused by name."""

import shutil
from pathlib import Path

import pytest
import yaml

from sanzi.insight.indices import catalogue
from sanzi.insight.indices.catalogue import FOLDER, IndexBroken


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER / "integrity", tmp_path / "integrity"))


def _change(folder: Path, **changes: object) -> None:
    file = folder / "index.yaml"
    given = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump({**given, **changes}, allow_unicode=True), encoding="utf-8")


def test_the_house_has_its_index() -> None:
    index = catalogue.indices()["integrity"]

    assert [one.weight for one in index.fields] == [30, 25, 20, 15, 10]
    assert index.posts.roles == ("village_secretary", "committee_head", "cashier_reporter")


@pytest.mark.parametrize("index", catalogue.indices().values(), ids=lambda one: one.code)
def test_nothing_counts_who_logged_in(index: catalogue.Index) -> None:
    for _, sql in index.statements:
        assert "login" not in sql.lower()
        assert "event" not in sql.lower()


def test_a_statement_that_nobody_reads_is_refused(folder: Path) -> None:
    (folder / "stray.sql").write_text("SELECT 1", encoding="utf-8")

    with pytest.raises(IndexBroken, match="no indicator reads stray"):
        catalogue.load(folder)


def test_a_statement_that_is_more_than_a_question_is_refused(folder: Path) -> None:
    (folder / "cash.sql").write_text("DROP TABLE stg_payment", encoding="utf-8")

    with pytest.raises(IndexBroken, match=r"cash\.sql holds something else than one SELECT"):
        catalogue.load(folder)


def test_a_missing_statement_is_refused(folder: Path) -> None:
    (folder / "cash.sql").unlink()

    with pytest.raises(IndexBroken, match=r"cash\.sql cannot be read"):
        catalogue.load(folder)


def test_weights_that_are_not_a_hundred_are_refused(folder: Path) -> None:
    given = yaml.safe_load((folder / "index.yaml").read_text(encoding="utf-8"))
    given["fields"][0]["weight"] = 31
    _change(folder, fields=given["fields"])

    with pytest.raises(IndexBroken, match="not a hundred together"):
        catalogue.load(folder)


def test_an_unknown_parameter_is_refused(folder: Path) -> None:
    text = (folder / "cash.sql").read_text(encoding="utf-8")
    (folder / "cash.sql").write_text(text.replace("$since", "$elsewhere"), encoding="utf-8")

    with pytest.raises(IndexBroken, match="unknown parameter"):
        catalogue.load(folder)


def test_grades_must_reach_down_to_nothing(folder: Path) -> None:
    _change(folder, bands=[{"grade": "A", "title": "好", "from": 90}])

    with pytest.raises(IndexBroken, match="no grade holds from nothing on"):
        catalogue.load(folder)
