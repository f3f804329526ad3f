"""Wrong input in every form of the 36 powers: told in Chinese at its field, kept on the page.

One world for the whole module, each test in a savepoint of its own; one person holds every post,
so that no form is refused for who fills it in.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from faces.office.conftest import logged_in
from sanzi.evidence.models import Attachment
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.matters import catalogue, fields, limits, offers, rules
from sanzi.matters.actions import answers, cases, entries
from sanzi.matters.catalogue import Matter, Step
from sanzi.matters.errors import BadField
from sanzi.matters.fields import Field
from sanzi.matters.models import Case, CaseEntry, CaseStep, SourceMatter
from sanzi.orgs.models import Appointment, Person, User
from sanzi.payments.actions import gateways
from worlds import cases as worlds_cases
from worlds import forms
from worlds.cases import AT, Desk
from worlds.fake_bank import FakeBank
from worlds.village import STONE, WILLOW

pytestmark = pytest.mark.django_db
POWERS = sorted(catalogue.matters())
RECORDS = [
    (code, step.key)
    for code, matter in sorted(catalogue.matters().items())
    for step in matter.steps
    if step.kind == "record" and step.fields
]
EMPTIED = ("django_session",)


@pytest.fixture(scope="module")
def whole(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    """The village of cases, and one person with every post."""
    patch = pytest.MonkeyPatch()
    patch.setattr(clock, "now", lambda: AT)
    limits.forget()
    gateways.use(FakeBank())
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("createcachetable", verbosity=0)
        desk = worlds_cases.build()
        stone = desk.world.bodies["stone"]
        worlds_cases.decision(desk, ext_id="D-WILLOW", matter_code="M05")
        worlds_cases.decision(desk, ext_id="D-STONE", organisation=stone, division_code=STONE)
        SourceMatter.objects.create(
            ext_id="S-STONE", kind="aid", organisation=stone, division_code=STONE,
            title="石桥的事", approved_at=AT,
        )  # fmt: skip
        _appoint_to_all(desk)
        yield desk
        transaction.set_rollback(True)
    gateways.use(None)
    patch.undo()


@pytest.fixture
def desk(whole: Desk) -> Desk:
    """The same village for each test; what one writes is gone for the next."""
    return whole


@pytest.fixture
def client(desk: Desk) -> Client:
    """The browser of the person with every post."""
    return logged_in(desk, "all")


def _appoint_to_all(desk: Desk) -> None:
    person = Person.objects.create(ext_id="P-ALL", name="全职位", division_id=WILLOW)
    matters = catalogue.matters().values()
    roles = {role for matter in matters for role in matter.starts}
    roles |= {step.role for matter in matters for step in matter.steps}
    for number, role in enumerate(sorted(roles - {"handler", "system"})):
        Appointment.objects.create(
            ext_id=f"A-ALL-{number}", person=person, organisation=desk.world.bodies["willow"],
            role_code=role, start_date=date(2024, 1, 1), document_ref="任〔2024〕1号",
        )  # fmt: skip
    desk.world.people["all"] = person
    desk.world.users["all"] = User.objects.create(username="all-1", person=person)


def counted() -> dict[str, int]:
    """Return how many rows each table has, without sessions, by one statement."""
    names = sorted({one._meta.db_table for one in apps.get_models()} - set(EMPTIED))
    counts = " UNION ALL ".join(f"SELECT '{name}', COUNT(*) FROM \"{name}\"" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(counts)
        return dict(cursor.fetchall())


def begun(desk: Desk, code: str) -> str:
    return cases.start(
        matter_code=code, organisation_ext_id="O-WILLOW", by=desk.actor("all"), at=AT
    )


def lists_of(desk: Desk, kept: tuple[Field, ...]) -> dict[str, offers.Choices]:
    return forms.lists(kept, answers.place_of(desk.world.bodies["willow"], AT))


# --- what each field can't hold, without a database ----------------------------------------------


@pytest.mark.parametrize("code", POWERS)
def test_no_field_takes_what_it_cannot_hold(code: str) -> None:
    matter = catalogue.matters()[code]
    for field in (*matter.fields, *(one for step in matter.steps for one in step.fields)):
        for column in field.columns or (field,):
            for value in forms.wrong_values(column):
                typed = [{column.key: value}] if field.columns else value
                told = rules.wrong_fields([field], {field.key: typed})
                assert [key for key, _ in told] == [field.key], (column.key, value[:30])
                assert f"“{column.label}”" in told[0][1]
                assert not fields.has_unseen(told[0][1])


@given(
    st.text(max_size=30) | st.from_regex(r"[-0-9.,:Te ]{0,24}"), st.sampled_from(list(forms.WRONG))
)
@settings(max_examples=400, deadline=None)
def test_what_is_not_found_wrong_can_be_read(text: str, kind: str) -> None:
    field = Field(
        "x",
        "一栏",
        kind,
        required=False,
        help="",
        options={"a": "甲"} if kind == "choice" else None,
    )
    if not fields.wrong(field, text):
        found = fields.typed([field], {"x": fields.cleaned(field, text)})
        assert ("x" in found) == bool(text.strip())
        assert not isinstance(found.get("x"), int) or abs(int(found["x"])) < 2**63


def test_rows_with_holes_close_up_and_too_many_are_told() -> None:
    field = catalogue.matters()["M08"].step(_step("M08", "order").no).fields
    quotes = next(one for one in field if one.key == "quotes")
    holed = [{"firm": ""}, {"firm": "C-1"}, {"firm": " "}]

    assert fields.cleaned(quotes, holed) == [{"firm": "C-1"}]
    limit = quotes.max_rows or fields.ROWS_MAX
    assert fields.wrong(quotes, [{"firm": "C-1"}] * (limit + 1)) == f"“{quotes.label}”最多{limit}行"
    assert fields.wrong(quotes, ["x"]) == f"“{quotes.label}”第1行不是一行"
    assert fields.wrong(quotes, "x") == f"“{quotes.label}”要一行一行地填"
    assert "没有“nobody”这一栏" in fields.wrong(quotes, [{"nobody": "1"}])


# --- the form of each power, through the browser's door ------------------------------------------


@pytest.mark.parametrize("code", POWERS)
def test_a_wrong_form_is_told_at_every_field_and_stays_on_the_page(
    desk: Desk, client: Client, code: str
) -> None:
    number = begun(desk, code)
    matter = catalogue.matters()[code]
    wrong = {}
    for place, one in enumerate(matter.fields):
        value = _wrong(one, place)
        wrong[one.key] = value
    before, case = counted(), Case.objects.values().get(number=number)
    answer = client.post(f"/office/cases/{number}/form/", {**forms.posted(wrong), "do": "submit"})
    page = html.unescape(answer.content.decode())

    assert answer.status_code == 409
    for one in matter.fields:
        column = (one.columns or (one,))[0]
        assert f"“{column.label}”" in page
        value = wrong[one.key]
        typed = value[0][column.key] if one.columns else value
        if not column.options and not column.list:
            assert f'value="{typed}"' in page or f">\n{typed}<" in page, one.key
    assert counted() == before
    assert Case.objects.values().get(number=number) == case


@pytest.mark.parametrize("code", POWERS)
def test_an_empty_form_is_not_handed_in_and_says_what_is_missing(
    desk: Desk, client: Client, code: str
) -> None:
    number = begun(desk, code)
    before = counted()
    answer = client.post(f"/office/cases/{number}/form/", {"do": "submit"})
    page = html.unescape(answer.content.decode())

    required = [one.label for one in catalogue.matters()[code].fields if one.required]
    assert answer.status_code == 409
    assert all(label in page for label in required)
    assert "没填" in page
    assert Case.objects.get(number=number).state == "DRAFT"
    assert _without_saving(counted(), before)


@pytest.mark.parametrize("code", POWERS)
def test_what_belongs_to_another_village_is_not_taken(
    desk: Desk, client: Client, code: str
) -> None:
    matter = catalogue.matters()[code]
    number = begun(desk, code)
    lists = lists_of(desk, matter.fields)
    form = {one.key: forms.foreign(one, lists) for one in matter.fields}
    before = counted()
    answer = client.post(f"/office/cases/{number}/form/", {**forms.posted(form), "do": "submit"})
    page = answer.content.decode()

    assert answer.status_code in ((409,) if _chooses(matter.fields) else (302, 409))
    assert "石会计" not in page
    if answer.status_code == 409:
        assert Case.objects.get(number=number).state == "DRAFT"
        assert _without_saving(counted(), before)


@pytest.mark.parametrize("code", POWERS)
def test_the_largest_lawful_values_break_nothing(desk: Desk, client: Client, code: str) -> None:
    matter = catalogue.matters()[code]
    number = begun(desk, code)
    lists = lists_of(desk, matter.fields)
    form = {one.key: forms.most(one, lists) for one in matter.fields}
    before = counted()
    answer = client.post(f"/office/cases/{number}/form/", {**forms.posted(form), "do": "submit"})

    assert answer.status_code in (302, 409)
    assert not overlong(before)


def test_a_key_that_comes_twice_counts_once(desk: Desk, client: Client) -> None:
    number = begun(desk, "M10")
    body = "purpose=一&purpose=二&line-count=1&line-count=x&do=save"
    answer = client.post(
        f"/office/cases/{number}/form/", body, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 200
    assert Case.objects.get(number=number).form["purpose"] == "二"


@pytest.mark.parametrize("changed", [
    {"account": "６２２8"}, {"amount": "1.234"}, {"amount": "-5"}, {"amount": "1000000000000000"},
    {"name": "王\x00二"}, {"name": "王\u202e二"}, {"name": forms.LONG},
    {"payee_id": "P-stone-1", "name": "石会计"}, {"kind": "nobody"}, {"bank_code": "x" * 13},
])  # fmt: skip
def test_a_wrong_payee_is_told_by_its_line(
    desk: Desk, client: Client, changed: dict[str, str]
) -> None:
    number = begun(desk, "M10")
    line = {**desk.lines()[0], **changed}
    sent = {f"line-0-{key}": value for key, value in line.items()}
    answer = client.post(
        f"/office/cases/{number}/form/",
        {**desk.form(), **sent, "line-count": "1", "do": "submit"},
    )
    page = html.unescape(answer.content.decode())

    assert answer.status_code == 409
    assert "第1行" in page or "凭据" in page
    assert Case.objects.get(number=number).state == "DRAFT"


# --- each record step ----------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "key"), RECORDS)
def test_a_record_step_takes_nothing_wrong_or_strange_and_bears_the_largest(
    desk: Desk, code: str, key: str
) -> None:
    number, step = at_step(desk, code, key)
    lists = lists_of(desk, step.fields)
    wrong = {one.key: _wrong(one, place) for place, one in enumerate(step.fields)}
    before = counted()

    with pytest.raises(BadField) as told:
        recorded(desk, number, wrong)
    said = told.value.data["said"]
    assert isinstance(said, list)
    assert [one for one, _ in said] == [one.key for one in step.fields]
    assert counted() == before

    strange = tried(desk, number, {one.key: forms.foreign(one, lists) for one in step.fields})
    assert not strange if _chooses(step.fields) else True
    assert strange or counted() == before

    tried(desk, number, {one.key: forms.most(one, lists) for one in step.fields})
    assert not overlong(before)


@pytest.mark.parametrize("code", sorted({code for code, _ in RECORDS})[::4])
def test_a_wrong_entry_is_told_and_stays_on_the_page(desk: Desk, client: Client, code: str) -> None:
    key = next(step for one, step in RECORDS if one == code)
    number, step = at_step(desk, code, key)
    wrong = {one.key: _wrong(one, place) for place, one in enumerate(step.fields)}
    answer = client.post(f"/office/cases/{number}/record/", forms.posted(wrong))
    page = html.unescape(answer.content.decode())

    assert answer.status_code == 409
    first = step.fields[0]
    assert f"“{(first.columns or (first,))[0].label}”" in page
    assert CaseEntry.objects.filter(case__number=number).count() == 0


@pytest.mark.parametrize(("name", "data", "said"), [
    ("空.jpg", b"", "空的"),
    ("程序.exe", b"MZ\x90\x00" * 40, "不是能收的文件"),
    ("假.pdf", b"%PDF-1.4 nothing behind it", "打不开"),
    ("假.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 40, "打不开"),
    ("\x00\u202egpj.exe", b"<html><script>alert(1)</script>", "不是能收的文件"),
], ids=["empty", "program", "no pdf", "no picture", "turned name"])  # fmt: skip
def test_a_file_that_is_none_is_refused(
    desk: Desk, client: Client, name: str, data: bytes, said: str
) -> None:
    number = begun(desk, "M10")
    recording, step = at_step(desk, "M05", "acceptance")
    kind = step.evidence[0].kind
    for address, sent in (
        (f"/office/cases/{number}/papers/add/", {"kind": "photo", "file": _file(name, data)}),
        (f"/office/cases/{recording}/record/", {f"file-{kind}": _file(name, data)}),
    ):
        answer = client.post(address, sent)
        page = answer.content.decode()

        assert answer.status_code == 409
        assert said in page
        assert 'role="alert"' in page
    assert Attachment.objects.count() == 0


# --- how they are made ---------------------------------------------------------------------------


def at_step(desk: Desk, code: str, key: str) -> tuple[str, Step]:
    """Return a case whose record step is open, as if all before it had been done."""
    number = begun(desk, code)
    matter, step = catalogue.matters()[code], _step(code, key)
    lists = lists_of(desk, matter.fields)
    form = {one.key: _lawful(one, lists) for one in matter.fields}
    Case.objects.filter(number=number).update(
        started_by=desk.handler, state="APPROVED", tier="T0", submitted_at=AT,
        form=form, amount_fen=100_000,
    )  # fmt: skip
    CaseStep.objects.create(
        case=Case.objects.get(number=number), round=1, step_no=step.no, step_key=step.key,
        role_code=step.role, division_code=WILLOW, state="OPEN", opened_at=AT,
    )  # fmt: skip
    return number, step


def recorded(desk: Desk, number: str, form: dict[str, Any]) -> None:
    entries.record(number=number, by=desk.actor("all"), at=AT, form=form)


def tried(desk: Desk, number: str, form: dict[str, Any]) -> bool:
    """Record a form that may be refused in words, and say whether it was taken."""
    try:
        with transaction.atomic():
            recorded(desk, number, form)
    except (Refusal, ObjectDoesNotExist):  # no register was written by the steps before
        return False
    return True


def overlong(before: dict[str, int]) -> list[tuple[str, str, int]]:
    """Return the new columns that hold more than they may, which only PostgreSQL would refuse."""
    now = counted()
    found = []
    for model in apps.get_models():
        table = model._meta.db_table
        if now.get(table, 0) == before.get(table, 0) or model._meta.app_label == "audit":
            continue
        limits = {
            one.name: one.max_length
            for one in model._meta.concrete_fields
            if isinstance(one, models.CharField) and one.max_length
        }
        for row in model._default_manager.values(*limits):
            found += [
                (table, name, len(row[name]))
                for name, longest in limits.items()
                if isinstance(row[name], str) and len(row[name]) > longest
            ]
    return found


def _wrong(one: Field, place: int) -> Any:
    """Return what a field can't hold, another kind at each place of the form."""
    if one.columns:
        return [{one.columns[0].key: _wrong(one.columns[0], place)}]
    values = [value for value in forms.wrong_values(one) if "\ud83d" not in value]
    return values[place % len(values)]


def _lawful(one: Field, lists: forms.Lists) -> Any:
    if one.columns:
        return [{column.key: _lawful(column, lists) for column in one.columns}]
    return forms.most(one, lists) if one.list else forms.foreign(one, lists)


def _chooses(kept: tuple[Field, ...]) -> bool:
    return any(column.list for one in kept for column in (one, *one.columns))


def _step(code: str, key: str) -> Step:
    matter: Matter = catalogue.matters()[code]
    return next(one for one in matter.steps if one.key == key)


def _without_saving(now: dict[str, int], before: dict[str, int]) -> bool:
    """Return whether nothing but the note of the save in the log came between."""
    grown = {key for key in now if now[key] != before[key]}
    return grown <= {"audit_event"}


def _file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)
