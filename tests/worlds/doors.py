"""A household of the small world at the public door."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from django.test import Client
from PIL import Image

from sanzi.disclosure.actions import applications, households
from sanzi.evidence.actions import files
from sanzi.matters.actions import cases as case_actions
from sanzi.matters.actions import online
from sanzi.matters.models import Case
from sanzi.orgs import queries as orgs
from sanzi.orgs import secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Household, Person
from worlds import cases, seals, village
from worlds.village import AT, WILLOW, World

PHONE = "19900001234"
CERTIFICATE = {"item_code": "residence", "applicant_person_id": "V1", "purpose": "孩子上学"}
QUESTION = {"title": "路灯为什么换两次", "question": "三月换过，九月又换，钱从哪里来？"}


def build() -> World:
    """Return the world of seals, with 王小芳 and her husband in household H1."""
    made = seals.build()
    Person.objects.filter(ext_id="V1").update(
        sealed_phone=secrets.seal("phone", PHONE), phone_index=secrets.index("phone", PHONE)
    )
    person(made, "V9", "李大山", "H1")
    village.villager(made, "赵别家")
    return made


def person(world: World, ext_id: str, name: str, household: str) -> Person:
    """Add somebody to a household."""
    found = Person.objects.create(
        ext_id=ext_id, name=name, division_id=WILLOW,
        household=Household.objects.get(ext_id=household), is_member=True,
    )  # fmt: skip
    world.people[name] = found
    return found


def villager(name: str = "王小芳") -> Actor:
    """Return a villager after his household's proof."""
    return orgs.villager(Person.objects.get(name=name).pk)


def hand_in(
    matter: str = "M35", form: dict[str, Any] | None = None, **more: Any
) -> applications.Receipt:
    """Hand a form in as a villager."""
    name, at = more.get("name", "王小芳"), more.get("at", AT)
    wish = online.Wish(
        CERTIFICATE if form is None else form, more.get("uploads", ()), more.get("about", "")
    )
    sheet = applications.Sheet(
        matter, more.get("token", f"token-{matter}-0123456789"), more.get("address", "203.0.113.5"),
        wish,
    )  # fmt: skip
    return applications.hand_in(sheet=sheet, by=villager(name), at=at)


def picture(kind: str, mark: int = 7, name: str = "IMG_1.jpg") -> files.Upload:
    """Return a photo as a phone sends it."""
    return files.Upload(name, kind, cases.photo(mark), may_be_invoice=False)


def located_photo(kind: str) -> files.Upload:
    """Return a photo that says where it was taken."""
    drawn = io.BytesIO()
    told = Image.Exif()
    told[0x8825] = {1: "N", 2: (30.0, 15.0, 0.0)}
    Image.new("RGB", (64, 48), (9, 120, 90)).save(drawn, "JPEG", exif=told)
    return files.Upload("IMG_2.jpg", kind, drawn.getvalue(), may_be_invoice=False)


def code_of(household: str, at: datetime) -> str:
    """Return a new code of a household, as the clerk hands it over."""
    clerk = Person.objects.get(name="周文书")
    by = orgs.actor_of_person(clerk.pk, at)
    return households.issue_code(household_ext_id=household, by=by, at=at)


def enter(name: str = "王小芳", household: str = "H1", at: datetime = AT) -> Client:
    """Return a browser in which a household has proved itself."""
    client = Client()
    given = {"name": name, "code": code_of(household, at)}
    assert client.post(f"/village/{WILLOW}/family/", given).status_code == 302
    return client


def send_back(world: World, number: str, at: datetime) -> None:
    """Let the clerk give a case back."""
    seen = Case.objects.get(number=number).content_digest
    opinion = case_actions.Opinion("return", seen, "写清哪个学校", "not_true")
    by = world.actor("village_clerk", at)
    case_actions.act(number=number, by=by, at=at, opinion=opinion)
