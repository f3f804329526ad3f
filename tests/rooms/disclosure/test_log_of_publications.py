"""What was published stands in the public log: yesterday's page cannot change in silence."""

from __future__ import annotations

import pytest

from sanzi.disclosure import log_queries
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.actions.publishing import Sheet
from sanzi.disclosure.models import Publication
from sanzi.kernel import digest
from sanzi.orgs.actors import SYSTEM
from sanzi.transparency import actions, queries
from sanzi.transparency.models import Leaf
from worlds import village
from worlds.village import AT, WILLOW

pytestmark = pytest.mark.django_db
SHEET = Sheet(WILLOW, "O-WILLOW", "F04", "修路", {"paid_fen": 36_500}, total_fen=36_500)


@pytest.fixture
def page() -> Publication:
    village.build()
    made = publishing.publish(sheet=SHEET, by=SYSTEM, at=AT)
    actions.work(AT)
    return made


def test_the_leaf_tells_the_page_openly(page: Publication) -> None:
    found = queries.proof("publication", page.ext_id)
    told = f"at {AT.timestamp():.0f}\nplace {WILLOW}\nitem F04\ntotal 36500\n"
    digest = page.content_digest
    assert found.leaf.decode() == f"sanzi/publication/1\n{page.ext_id}\nsm3 {digest}\n{told}"
    assert found.salt is None
    assert list(queries.verify()) == []


def test_a_page_changed_with_its_digest_is_named(page: Publication) -> None:
    Publication.objects.update(body={"paid_fen": 36_501})
    page.refresh_from_db()
    fresh = digest.sm3_of([WILLOW, "F04", "", ["", ""], "修路", page.body])
    Publication.objects.update(content_digest=fresh)
    page.refresh_from_db()
    assert publishing.is_unchanged(page)
    assert list(queries.verify()) == [f"publication {page.ext_id}：和日志对不上，改过"]


def test_a_leaf_that_told_the_digest_alone_still_holds(page: Publication) -> None:
    row = Publication.objects.get()
    [told] = log_queries.leaves([row])
    source = actions.sources.of("publication")
    older = Leaf(text="\n".join(told.decode().split("\n")[:3]) + "\n")
    assert queries._is_same(source, older, told)
    row.body = {"paid_fen": 36_501}
    [changed] = log_queries.leaves([row])
    assert not queries._is_same(source, older, changed)


def test_a_correction_stands_beside_what_it_replaces(page: Publication) -> None:
    right = Sheet(WILLOW, "O-WILLOW", "F04", "修路", {"paid_fen": 36_600}, total_fen=36_600)
    made = publishing.publish(sheet=right, by=SYSTEM, at=AT, replaces=page, reason="少写了")
    actions.work(AT)
    first, second = (queries.proof("publication", one) for one in (page.ext_id, made.ext_id))
    assert (first.index, second.index) == (first.index, first.index + 2), "its event between"
    assert list(queries.verify()) == []
