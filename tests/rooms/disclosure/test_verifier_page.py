"""The page that verifies papers: served, written, and holding this county's keys and villages."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sanzi.disclosure import verifier_page
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.actions.publishing import Sheet
from sanzi.interfaces.cli.main import main
from sanzi.kernel import merkle, notes, paper_proofs
from sanzi.kernel.merkle import SHA256
from sanzi.orgs.actors import SYSTEM
from sanzi.transparency import actions, keys, queries
from sanzi.transparency.models import Checkpoint
from worlds import village
from worlds.village import AT, WILLOW

pytestmark = pytest.mark.django_db
LEVELS = (("town", "镇里"), ("county", "县里"))
NAME = re.compile(r"^(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = dataclasses.replace(
        settings.SANZI, log_keys=tmp_path / "keys", log_cosigners=LEVELS, log_quorum=2
    )
    monkeypatch.setattr(settings, "SANZI", own)
    village.build()


def pinned(content: str) -> dict[str, Any]:
    found = re.search(r'id="pinned">(.*?)</script>', content)
    assert found is not None
    return dict(json.loads(found[1]))


def test_a_published_month_is_told_by_its_leaf_and_proved_on_paper() -> None:
    body = {"in_fen": 1_864_000, "out_fen": 1_219_650, "balance_fen": None, "rows": []}
    sheet = Sheet(WILLOW, "O-WILLOW", "F01", "2026年10月收支明细", body, 1_219_650, "2026-10")
    made = publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    actions.work(AT)

    proof = paper_proofs.read(queries.paper_proof("publication", made.ext_id).text())

    told = f"at {AT.timestamp():.0f}\nplace {WILLOW}\nitem F01\nperiod 2026-10\n"
    told += "in 1864000\nout 1219650\n"
    digest = made.content_digest
    assert proof.leaf.decode() == f"sanzi/publication/1\n{made.ext_id}\nsm3 {digest}\n{told}"
    assert proof.is_in_log()
    known = [*keys.verifiers(), *(level.signers[0].verifier for level in keys.levels())]
    assert proof.note(known).signers(known) == known


def test_a_paper_shows_the_cosigned_head_with_the_shortest_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sheet = Sheet(WILLOW, "O-WILLOW", "F04", "修路", {"facts": []})
    made = publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    actions.work(AT)
    first = queries.paper_proof("publication", made.ext_id)
    for number in range(5):
        publishing.publish(
            sheet=Sheet(WILLOW, "O-WILLOW", "F04", f"路灯{number}", {"facts": []}), by=SYSTEM, at=AT
        )
        actions.work(AT)
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))

    found = queries.paper_proof("publication", made.ext_id)

    lengths = {size: merkle.path_length(first.index, size) for size in sizes}
    assert len(found.path) == min(lengths.values()) <= len(first.path)
    assert found.head.size == max(one for one in sizes if lengths[one] == len(found.path))
    assert found.is_in_log()
    more = dataclasses.replace(settings.SANZI, log_cosigners=(*LEVELS, ("city", "市里")))
    monkeypatch.setattr(settings, "SANZI", more)
    newest = queries.paper_proof("publication", made.ext_id)
    assert newest.head.size == sizes[-1], "none is signed by all of them"


def test_what_leaves_the_web_tells_its_digest_only() -> None:
    from sanzi.matters.items import items

    code = next(one.code for one in items().values() if one.leaves)
    sheet = Sheet(WILLOW, "O-WILLOW", code, "困难救助", {"who": "王*芳"}, 50_000)
    made = publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    actions.work(AT)
    leaf = queries.paper_proof("publication", made.ext_id).leaf.decode()
    told = f"{made.ext_id}\nsm3 {made.content_digest}\nat {AT.timestamp():.0f}\n"
    assert leaf == f"sanzi/publication/1\n{told}"


def test_the_page_is_served_as_the_command_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "verifier.html"
    assert main(["verifier", "--out", str(out)]) == 0
    served = Client().get("/log/verifier.html")
    assert (served.status_code, served.content) == (200, out.read_bytes())
    digest = SHA256.digest(out.read_bytes()).hex()
    assert f"SHA-256 {digest}" in capsys.readouterr().out
    assert verifier_page.page().digest == digest
    assert "default-src 'none'" in served["Content-Security-Policy"]


def test_the_page_holds_the_keys_of_the_log_its_levels_and_its_witnesses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = [notes.new_signer("w.example/w", kind).verifier.text() for kind in keys.COSIGNING]
    (tmp_path / "known").write_text("\n".join(witness), encoding="utf-8")
    own = dataclasses.replace(settings.SANZI, log_witnesses=tmp_path / "known")
    monkeypatch.setattr(settings, "SANZI", own)

    found = pinned(verifier_page.page().content)

    assert found["generations"][0]["keys"] == [one.text() for one in keys.verifiers()]
    assert [one["title"] for one in found["cosigners"]] == ["镇里", "县里", "w.example/w"]
    assert found["cosigners"][2]["keys"] == witness
    assert (found["quorum"], found["places"][WILLOW]) == (2, "柳湾村")
    assert found["address"] == f"{settings.SANZI.public_url}/log"


def test_the_modules_make_one_script_without_imports_and_with_names_of_their_own() -> None:
    script = verifier_page.script_of().split(verifier_page.READER.read_text(encoding="utf-8"))[1]
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)
    names = NAME.findall(script)
    assert sorted(set(names)) == sorted(names)
    files = {one.stem for one in verifier_page.FOLDER.glob("*.js")}
    assert files == set(verifier_page.MODULES)


def test_the_county_shows_that_its_log_begins_with_an_older_one() -> None:
    assert Client().get("/log/consistency/1").status_code == 404
    actions.work(AT)
    size = notes.read_checkpoint(notes.read(queries.newest()).text).size
    answer = Client().get("/log/consistency/1")
    lines = answer.content.decode().split("\n")
    assert lines[:2] == ["sanzi/consistency/1", "1"]
    assert answer.content.decode().endswith(queries.newest())
    assert answer["Access-Control-Allow-Origin"] == "*"
    same = Client().get(f"/log/consistency/{size + 7}").content.decode()
    assert same == f"sanzi/consistency/1\n{size + 7}\n\n{queries.newest()}"
