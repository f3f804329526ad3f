"""The subjects as files: each piece runs, each wrong file is refused, the shipped questions ask."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sanzi.insight.questions import catalogue, kept, queries
from sanzi.insight.questions.catalogue import FOLDER, SubjectBroken
from sanzi.insight.questions.shapes import Form
from worlds.village import AT

GIVEN = yaml.safe_load((FOLDER / "payments.yaml").read_text(encoding="utf-8"))


@pytest.mark.django_db
def test_every_piece_of_every_subject_runs_and_every_shipped_question_asks(world):
    by = world.actor("county_discipline", AT)
    for subject in catalogue.subjects().values():
        measures, dimensions = [*subject.measures], [*subject.dimensions]
        for at in range(0, max(len(measures), len(dimensions)), 3):
            form = Form(
                subject.code,
                tuple(measures[at : at + 3]) or (measures[0],),
                by=tuple(dimensions[at : at + 3]),
                when=[*subject.whens][at % len(subject.whens)],
                bucket=("day", "month", "quarter", "year")[at % 4],
                period="this_year",
                compare="year",
            )
            answer, _ = queries.ask(by=by, form=form, at=AT)
            assert all(one.row_count >= 0 for one in answer.groups)
        whole = Form(subject.code, (measures[0],))
        assert queries.rows(by=by, form=whole, keys=[], bucket="", at=AT).rows is not None
    assert {one.code for one in kept.ready_for(by)} == {one.code for one in kept.ready()}
    for one in kept.ready():
        queries.ask(by=by, form=one.form, at=AT)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sees": "money.all"}, "seen by nobody"),
        ({"colour": "red"}, "knows no colour"),
        ({"place": "r.villages"}, "knows no r.villages"),
        ({"table": "payments"}, "reads payments"),
        ({"joins": {"s": {"table": "approval", "by": "r.case_no"}}}, "knows no r.case_no"),
        ({"amount": "(SELECT 1 FROM stg_org o)"}, "is no expression"),
        ({"amount": "SUM(r.amount_fen)"}, "holds a sum"),
        ({"amount": "r.amount_fen / 2"}, "a division"),
        ({"amount": "read_text('/etc/passwd')"}, "is no expression|not known"),
        (
            {"measures": {"x": {"title": "x", "unit": "fen", "of": "sum", "sql": "r.payee_name",
                                "means": "x"}}},
            "counts what is personal",
        ),
        ({"dimensions": {"x": {"title": "x", "sql": "r.payee_name"}}}, "by what is personal"),
        (
            {"dimensions": {"x": {"title": "x", "sql": "r.org_id",
                                  "label": "r.payee_account_hash"}}},
            "the mark of a number",
        ),
    ],
)  # fmt: skip
def test_a_file_that_does_not_say_what_it_must_is_refused(
    tmp_path: Path, changed: dict[str, object], words: str
):
    text = yaml.safe_dump({**GIVEN, **changed}, allow_unicode=True)
    (tmp_path / "payments.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(SubjectBroken, match=words):
        catalogue.load(tmp_path)
