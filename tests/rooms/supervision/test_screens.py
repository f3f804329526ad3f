"""When a screen is open: each kind of line, and what it leaves out."""

import pytest

from sanzi.supervision import screens


class Rows:
    """Rows by table."""

    def __init__(self, **tables):
        self.tables = tables

    def pick(self, table, columns):
        """Return the columns of the rows of a table."""
        return [tuple(row.get(name) for name in columns) for row in self.tables.get(table, [])]


def _steps(*steps):
    return [{"no": number, "at": at} for number, at in steps]


PAYEE = [["subject.payee_person_id"], ["approval.actor_person_id"]]
SIGNED = [{"actor_person_id": "P1", "role_code": "handler"}]


@pytest.mark.parametrize(
    ("line", "rows", "is_open"),
    [
        ({"any": ["person.death_date"]}, {"person": [{"death_date": None}]}, False),
        ({"any": ["person.death_date"]}, {"person": [{"death_date": "2026-01-01"}]}, True),
        ({"any": ["subject.kind"], "of": [None, "other"]}, {"subject": [{"kind": None}]}, True),
        ({"any": ["subject.kind"], "of": [None, "other"]}, {"subject": [{"kind": "pay"}]}, False),
        ({"any": ["subject.kind"], "of": "$roles"}, {"subject": [{"kind": "handler"}]}, True),
        ({"meet": PAYEE}, {"subject": [{"payee_person_id": "P1"}], "approval": SIGNED}, True),
        ({"meet": PAYEE}, {"subject": [{"payee_person_id": "P2"}], "approval": SIGNED}, False),
        ({"meet": PAYEE}, {"subject": [{}], "approval": [{}]}, False),
        (
            {"meet": PAYEE, "besides": {"approval.role_code": "$roles"}},
            {"subject": [{"payee_person_id": "P1"}], "approval": SIGNED},
            False,
        ),
        ({"several": "i.id", "per": "i.key"}, {"i": [{"id": 1, "key": "k"}] * 2}, False),
        (
            {"several": "i.id", "per": "i.key"},
            {"i": [{"id": 1, "key": "k"}, {"id": 2, "key": "k"}]},
            True,
        ),
        ({"several": "i.id", "per": "i.key"}, {"i": [{"id": 1}, {"id": 2}]}, False),
        (
            {"several": "i.id", "per": "i.key", "around_subject": True},
            {"i": [{"id": 1, "key": "k"}, {"id": 2, "key": "k"}], "subject": [{"key": "other"}]},
            False,
        ),
        (
            {"sum": "subject.fen", "of": ["$limit", 1000], "percent": 60},
            {"subject": [{"fen": 20}, {"fen": 39}]},
            False,
        ),
        (
            {"sum": "subject.fen", "of": ["$limit", 1000], "percent": 60},
            {"subject": [{"fen": 20}, {"fen": 40}]},
            True,
        ),
        (
            {"sum": "i.fen", "of": [100]},
            {"i": [{"fen": 100}, {"fen": -50}]},
            True,
        ),
        (
            {"sum": "i.fen", "of": [100], "per": ["i.shop"]},
            {"i": [{"fen": 60, "shop": "A"}, {"fen": 60, "shop": "B"}], "subject": [{"shop": "A"}]},
            False,
        ),
        (
            {"sum": "i.fen", "of": [100], "per": ["i.shop"]},
            {"i": [{"fen": 60, "shop": "A"}, {"fen": 40, "shop": "A"}], "subject": [{"shop": "A"}]},
            True,
        ),
        (
            {"sum": "i.fen", "of": [0], "per": ["i.shop"]},
            {"i": [{"fen": 60, "shop": None}], "subject": [{"shop": None}]},
            False,
        ),
        ({"stray": [["account.org"], ["subject.org"]]}, {"account": [{"org": "A"}]}, True),
        (
            {"stray": [["account.org"], ["subject.org"]]},
            {"account": [{"org": "A"}], "subject": [{"org": "A"}, {"org": "B"}]},
            False,
        ),
        (
            {"says": ["i.text"], "of": "$roles"},
            {"i": [{"text": None}, {"text": "the handler"}]},
            True,
        ),
        ({"says": ["i.text"], "of": "$roles"}, {"i": [{"text": "somebody"}]}, False),
        (
            {"lacks": "approval.role", "of": ["1:handler"], "per": ["approval.of", "subject.case"]},
            {"approval": [{"of": "K1", "role": "handler"}], "subject": [{"case": "K1"}]},
            False,
        ),
        (
            {"lacks": "approval.role", "of": ["1:handler"], "per": ["approval.of", "subject.case"]},
            {"approval": [{"of": "K2", "role": "handler"}], "subject": [{"case": "K1"}]},
            True,
        ),
        ({"unordered": "a.at", "by": "a.no"}, {"a": _steps((1, 8), (2, 9), (3, 9))}, False),
        ({"unordered": "a.at", "by": "a.no"}, {"a": _steps((3, 8), (1, 9), (2, 7))}, True),
        ({"unordered": "a.at", "by": "a.no"}, {"a": _steps((1, 9), (1, 7), (2, 9))}, False),
        ({"unordered": "a.at", "by": "a.no"}, {"a": _steps((1, None), (2, 7))}, False),
    ],
)
def test_a_line_holds_when_its_rows_are_there(line, rows, is_open):
    screen = screens.read([line])

    assert screens.is_open(screen, Rows(**rows), {"roles": ["handler"], "limit": 100}) is is_open


def test_one_line_that_holds_opens_the_screen_and_none_is_no_screen():
    lines = [{"any": ["a.x"]}, {"any": ["b.x"]}]

    assert screens.is_open(screens.read(lines), Rows(b=[{"x": 1}]), {})
    assert not screens.is_open(screens.read(lines), Rows(), {})
    assert screens.is_open((), Rows(), {})


@pytest.mark.parametrize(
    "line",
    [
        {"some": ["a.x"]},
        {"any": ["a.x"], "per": ["a.y"]},
        {"sum": "fen", "of": ["$limit"]},
    ],
)
def test_a_line_that_cannot_be_is_refused(line):
    with pytest.raises(ValueError, match="screen"):
        screens.columns(screens.read([line]))
