"""The page that verifies a paper offline, opened as a file in Chromium."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.sync_api import Browser, Page

from sanzi.disclosure import verifier_page
from sanzi.kernel import notes, paper_proofs
from sanzi.kernel.key_turns import KeyTurn
from worlds import paper_log
from worlds.paper_log import PaperLog

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
AXE = (ROOT / "build" / "axe.min.js").read_text(encoding="utf-8")
PHONE = {"width": 390, "height": 844}
WHOLE = "柳湾村2026年10月进了18,640.00元、出了12,196.50元、账上还有52,200.00元"
TRUE = f"是真的：{WHOLE}，和公开日志一样。"


@pytest.fixture(scope="module")
def log() -> PaperLog:
    return paper_log.month()


@pytest.fixture(scope="module")
def file(log: PaperLog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("verifier") / "verifier.html"
    made.write_text(verifier_page.made(log.pinned()).content, encoding="utf-8", newline="\n")
    return made


@pytest.fixture
def page(chromium: Browser, file: Path) -> Iterator[Page]:
    """A fresh phone on which the file was opened; any request outside and any error fails."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    found = context.new_page()
    wrong: list[str] = []
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    found.goto(file.as_uri())
    yield found
    context.close()
    assert wrong == []


def check(page: Page, text: str, figure: str = "", kept: str = "", shown: str = "") -> str:
    """Fill the page and check; return the sentence with the kind of verdict before it."""
    if kept or shown:
        page.locator("details").evaluate("one => one.open = true")
        page.fill("#kept", kept)
        page.fill("#shown", shown)
    page.fill("#text", text)
    page.fill("#figure", figure)
    page.evaluate("document.getElementById('verdict').hidden = true")
    page.get_by_role("button", name="核对", exact=True).click()
    page.locator("#verdict").wait_for(state="visible")
    kind = page.locator("#verdict").get_attribute("class") or ""
    return f"{kind.removeprefix('verdict ')} {page.locator('#sentence').inner_text()}"


def test_a_good_paper_is_true(page: Page, log: PaperLog) -> None:
    text = log.proof(5, 9).text()
    assert check(page, text) == f"good {TRUE}"
    assert check(page, f" {text[:100]}\n{text[100:].lower()} ", "12,196.5") == f"good {TRUE}"
    assert "镇里、县里作了证" in page.locator("#lines").inner_text()


def test_a_figure_that_the_paper_prints_and_the_log_does_not_have_is_false(
    page: Page, log: PaperLog
) -> None:
    text = log.proof(5, 9).text()
    said = check(page, text, "12196.51")
    assert said == f"bad 不对：日志里没有12,196.51元这个数，记的是{WHOLE}。"
    assert check(page, text, "一万二").startswith("unsure 填的数看不懂")


def test_a_changed_figure_a_changed_path_and_another_place_are_false(
    page: Page, log: PaperLog
) -> None:
    good = log.proof(5, 9)
    for bad in (
        dataclasses.replace(good, leaf=good.leaf.replace(b"1219650", b"1219651")),
        dataclasses.replace(good, path=(bytes(32), *good.path[1:])),
        dataclasses.replace(good, path=good.path[:-1]),
        dataclasses.replace(good, path=(*good.path, bytes(32))),
        dataclasses.replace(good, index=4),
        dataclasses.replace(good, index=9),
    ):
        assert check(page, bad.text()) == "bad 不对：纸上的数和公开日志里的不一样。"


def test_a_wrong_key_and_an_unsigned_head_are_false(page: Page, log: PaperLog) -> None:
    forged = "bad 不对：这个码没有青山县的签名。"
    stranger = dataclasses.replace(log, own=paper_log.signers(log.origin, notes.ED25519, notes.SM2))
    good = log.proof(5, 9)
    ids = [one.verifier.key_id for one in log.own]
    for own in (0, 1):
        kept = tuple(one for one in good.signatures if one[0] != ids[own])
        assert check(page, dataclasses.replace(good, signatures=kept).text()) == forged
        turned = tuple(
            (key, bytes([*body[:-1], body[-1] ^ 1])) if key == ids[own] else (key, body)
            for key, body in good.signatures
        )
        assert check(page, dataclasses.replace(good, signatures=turned).text()) == forged
    assert check(page, stranger.proof(5, 9, by=(*stranger.own, *log.town)).text()) == forged
    assert check(page, dataclasses.replace(good, signatures=()).text()) == forged


def test_a_forged_code_is_not_believed(page: Page, log: PaperLog) -> None:
    assert check(page, "https://qing-shan.example/真的").startswith("bad 这不是公示的验证码")
    text = log.proof(5, 9).text()
    assert check(page, text[:-2]).startswith("unsure 码里的字不全")
    assert check(page, "SANZI1:").startswith("unsure 码里的字不全")
    assert check(page, "").startswith("unsure 先放一张")
    other = PaperLog(log.leaves, "other.example/log")
    assert check(page, other.proof(5, 9).text()) == "bad 这张纸不是青山县公示的。"
    assert check(page, log.proof(4, 9).text()) == "bad 这个码说的不是公示，别信它。"


def turned(log: PaperLog, until: int, *, lost: bool = False) -> tuple[PaperLog, str]:
    """Return the log with new keys for heads above a size, and the note of that turn."""
    fresh = paper_log.signers(log.origin, notes.ED25519, notes.SM2)
    old, new = ([one.verifier for one in side] for side in (log.own, fresh))
    text = KeyTurn(log.origin, until, tuple(old), tuple(new), lost).text()
    signed = fresh if lost else (*fresh, *log.own)
    note = notes.Note(text).signed(*(one.sign(text) for one in signed)).whole()
    return dataclasses.replace(log, own=fresh), note


def test_a_key_that_is_newer_than_the_page_is_said_so_and_followed_by_the_turns(
    page: Page, log: PaperLog
) -> None:
    later, first = turned(log, 7)
    latest, second = turned(later, 8)
    text = later.proof(5, 8).text()

    assert check(page, text) == "unsure 青山县换过钥匙，这张核对页还不认得新的。"
    assert "重新拿一份核对页" in page.locator("#lines").inner_text()
    assert check(page, text, shown=f"key\n\n{first}").startswith("good 是真的")
    assert check(page, log.proof(5, 7).text(), shown=first).startswith("good"), "of its time"
    forged = "bad 不对：这个码没有青山县的签名。"
    assert check(page, log.proof(5, 8).text(), shown=first) == forged, "the old key, too late"
    assert check(page, latest.proof(5, 9).text(), shown=f"{first}\n{second}").startswith("good")
    page.reload()
    assert check(page, text).startswith("good"), "the turns are remembered"


def test_a_chain_that_was_tampered_with_and_a_lost_key_lead_nowhere(
    page: Page, log: PaperLog
) -> None:
    later, turn = turned(log, 8)
    text = later.proof(5, 9).text()
    fake = "bad 贴的换钥匙的证明是假的，不能作数。"
    assert check(page, text, shown=turn.replace("turned 8", "turned 7")) == fake
    assert check(page, text, shown="".join(turn.splitlines(keepends=True)[:-1])) == fake
    lost, declared = turned(log, 8, lost=True)
    unknown = "unsure 青山县换过钥匙，这张核对页还不认得新的。"
    assert check(page, lost.proof(5, 9).text(), shown=declared) == unknown
    alone = later.proof(5, 9, by=(*later.own, *later.town)).text()
    assert check(page, alone) == "bad 不对：这个码没有青山县的签名。", "too few vouch for it"


def test_a_code_of_a_later_form_is_not_called_false(page: Page, log: PaperLog) -> None:
    later = log.proof(5, 9).text().replace("SANZI1", "SANZI2")
    assert check(page, later) == "unsure 这个码比这张核对页新，这一页还不认得。"


def test_too_few_cosigners_leave_it_open(page: Page, log: PaperLog) -> None:
    text = log.proof(5, 9, by=(*log.own, *log.town)).text()
    assert check(page, text) == f"unsure 数在日志里，作证的还不够：{WHOLE}。"
    assert "要2家作证，只有1家" in page.locator("#lines").inner_text()


def test_a_history_that_only_grew_is_said_to_be_whole(page: Page, log: PaperLog) -> None:
    grown = dataclasses.replace(log, leaves=[*log.leaves, *(b"more %d\n" % n for n in range(40))])
    text = log.proof(5, 9).text()
    same = f"good 是真的：{WHOLE}，和公开日志一样，历史没有改过。"
    assert check(page, text, shown=grown.shown(9, 49)) == same
    both = grown.shown(9, 49) + grown.shown(20, 49)
    assert check(page, text, kept=grown.note(20), shown=both) == same
    assert check(page, text, kept=grown.proof(5, 20).text(), shown=both) == same


def test_a_rewritten_log_a_short_one_and_a_split_view_are_found(page: Page, log: PaperLog) -> None:
    text = log.proof(5, 9).text()
    other = dataclasses.replace(log, leaves=[b"another\n", *log.leaves[1:], b"more\n", b"more\n"])
    assert check(page, text, shown=other.shown(9, 11)) == (
        "bad 不对：日志改过历史，和纸上签的对不上。"
    )
    assert check(page, text, shown=log.shown(5, 8)) == (
        "bad 不对：日志变短了，签过9条，现在只有8条。"
    )
    split = "bad 不对：县里签了两本不一样的日志，历史改过。"
    assert check(page, text, kept=other.note(9)) == split
    stranger = dataclasses.replace(log, own=paper_log.signers(log.origin, notes.ED25519, notes.SM2))
    assert check(page, text, kept=stranger.note(9)) == (
        "bad 贴的这份日志没有青山县的签名，不能作数。"
    )
    assert check(page, text, shown="sanzi/consistency/1\nx").startswith("unsure 上次留的字")


def test_the_page_remembers_what_it_saw_and_finds_the_split_by_itself(
    page: Page, log: PaperLog
) -> None:
    other = dataclasses.replace(log, leaves=[b"another\n", *log.leaves[1:]])
    proof = log.proof(5, 9)
    known = [one.verifier for one in (*log.own, *log.town, *log.county)]
    assert check(page, proof.text()) == f"good {TRUE}"
    assert page.input_value("#keep") == proof.note(known).whole()
    page.reload()
    assert "两本不一样的日志" in check(page, other.proof(5, 9).text())


def test_with_a_network_it_asks_the_county_for_its_history(page: Page, log: PaperLog) -> None:
    grown = dataclasses.replace(log, leaves=[*log.leaves, b"more\n"])
    asked: list[str] = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(body=grown.shown(9, 10), headers={"Access-Control-Allow-Origin": "*"})

    page.route("http://127.0.0.1:9/**", answer)
    page.fill("#text", log.proof(5, 9).text())
    page.get_by_role("button", name="联网比一比").click()
    page.get_by_text("历史没有改过").wait_for()
    assert sorted(asked) == ["http://127.0.0.1:9/log/consistency/9", "http://127.0.0.1:9/log/keys"]


def test_a_log_whose_key_was_changed_is_judged_by_the_key_of_that_time(
    chromium: Browser, log: PaperLog, tmp_path: Path
) -> None:
    fresh = paper_log.signers(log.origin, notes.ED25519, notes.SM2)
    later = dataclasses.replace(log, own=fresh)
    pinned = log.pinned(
        generations=[
            {"until": 9, "keys": paper_log.lines(log.own)},
            {"until": None, "keys": paper_log.lines(fresh)},
        ]
    )
    later.leaves = [*log.leaves, b"more\n"]
    file = tmp_path / "verifier.html"
    file.write_text(verifier_page.made(pinned).content, encoding="utf-8", newline="\n")
    page = chromium.new_page()
    page.goto(file.as_uri())
    assert check(page, log.proof(5, 9).text()) == f"good {TRUE}"
    assert check(page, later.proof(5, 10).text()) == f"good {TRUE}"
    old = dataclasses.replace(later, own=log.own)
    assert "没有青山县的签名" in check(page, old.proof(5, 10).text())
    page.close()


def test_a_photo_of_the_code_is_read(page: Page, log: PaperLog) -> None:
    made = io.BytesIO()
    segno.make(log.proof(5, 9).text(), error="l", micro=False).save(made, kind="png", scale=5)
    picture = {"name": "photo.png", "mimeType": "image/png", "buffer": made.getvalue()}
    page.set_input_files("#picture", [picture])
    page.get_by_text(TRUE).wait_for()
    assert page.get_by_text("码读出来了").is_visible()
    empty = io.BytesIO()
    from PIL import Image

    Image.new("RGB", (300, 300), "white").save(empty, "PNG")
    page.set_input_files("#picture", [{**picture, "buffer": empty.getvalue()}])
    page.get_by_text("照片里没有读出码").wait_for()


def test_the_page_is_clean_for_axe_and_fits_a_phone(page: Page, log: PaperLog) -> None:
    check(page, log.proof(5, 9).text(), kept=log.note(9))
    for width in (320, 390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size(PHONE)
    small = page.evaluate(
        "[...document.querySelectorAll('button,input,textarea,summary')].filter(one =>"
        " one.offsetParent && one.getBoundingClientRect().height < 56).map(one => one.outerHTML)"
    )
    assert small == []
    page.evaluate(AXE + ";undefined")
    found = page.evaluate("axe.run().then(found => found.violations.map(one => one.id))")
    assert found == []


def test_the_page_loads_nothing_and_allows_nothing_else(file: Path, log: PaperLog) -> None:
    text = file.read_text(encoding="utf-8")
    assert "connect-src http://127.0.0.1:9/log/" in text
    assert "default-src 'none'" in text
    assert verifier_page.made(log.pinned()).content == text, "the same bytes again"


VECTORS = {
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sha512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "sm3": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
}


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_digests_give_the_published_vectors(page: Page, name: str) -> None:
    assert page.evaluate(f"hex({name}(utf8('abc')))") == VECTORS[name]


def test_digests_agree_with_pythons_at_every_length(page: Page) -> None:
    import hashlib

    from sanzi.kernel import digest

    found = page.evaluate(
        "Array.from({length: 200}, (_, n) => new Uint8Array(n).fill(n)).map(one =>"
        " [hex(sha256(one)), hex(sha512(one)), hex(sm3(one))])"
    )
    wanted = [
        [hashlib.sha256(one).hexdigest(), hashlib.sha512(one).hexdigest(), digest.sm3(one)]
        for one in (bytes([n]) * n for n in range(200))
    ]
    assert found == wanted


@pytest.mark.parametrize("kind", sorted(notes.KINDS))
def test_signatures_of_every_kind_hold_and_no_spoilt_one_does(page: Page, kind: str) -> None:
    """Both by the browser's own Ed25519 and by the arithmetic of the page."""
    signer = notes.new_signer("county.example/log", kind)
    text = "县里的钱\n"
    made = signer.sign(text, paper_log.AT).body
    spoilt = [bytes([*made[:at], made[at] ^ 4, *made[at + 1 :]]) for at in range(len(made))]
    told = [list(one) for one in (made, made[:-1], b"", *spoilt)]
    script = (
        "async ([key, text, bodies, own]) => {"
        " if (own) Object.defineProperty(crypto, 'subtle', {value: undefined, configurable: true});"
        " const found = []; for (const one of bodies)"
        " found.push(await holds(readKey(key), text, Uint8Array.from(one))); return found; }"
    )
    for own in (False, True):
        found = page.evaluate(script, [signer.verifier.text(), text, told, own])
        assert found == [True] + [False] * (len(told) - 1)


def test_the_published_signature_of_the_community_holds(page: Page) -> None:
    from rooms.kernel.test_notes import KEY, SIGNED

    body = notes.read(SIGNED).signatures[0].body
    text = notes.read(SIGNED).text
    script = "([key, text, body]) => holds(readKey(key), text, Uint8Array.from(body))"
    assert page.evaluate(script, [KEY, text, list(body)])
    own = "([key, text, body]) => holdsEd25519Own(key.bytes, utf8(text), Uint8Array.from(body))"
    own = f"([key, ...more]) => ({own})([readKey(key), ...more])"
    assert page.evaluate(own, [KEY, text, list(body)])


def test_the_published_proofs_of_the_community_hold(page: Page) -> None:
    from rooms.kernel.test_merkle import CONSISTENCIES, INCLUSIONS, LEAVES, ROOTS

    script = """([leaves, roots, inclusions, consistencies]) => {
      const bytes = (text) => fromHex(text);
      return inclusions.map(([index, size, path]) => isIncluded(
          leafHash(bytes(leaves[index])), index, size, path.map(fromBase64), bytes(roots[size])))
        .concat(consistencies.map(([old, size, path]) => isConsistent(
          old, size, bytes(roots[old]), bytes(roots[size]), path.map(fromBase64))))
        .concat(consistencies.map(([old, size, path]) => isConsistent(
          old, size, bytes(roots[old - 1]), bytes(roots[size]), path.map(fromBase64))));
    }"""
    told = [[one.hex() for one in LEAVES], ROOTS, INCLUSIONS, CONSISTENCIES]
    found = page.evaluate(script, json.loads(json.dumps(told)))
    good = len(INCLUSIONS) + len(CONSISTENCIES)
    assert found == [True] * good + [False] * len(CONSISTENCIES)


def test_python_reads_what_the_page_reads(page: Page, log: PaperLog) -> None:
    text = log.proof(5, 9).text()
    told = page.evaluate(
        "text => { const p = readProof(text); return [p.index, p.head.size]; }", text
    )
    read = paper_proofs.read(text)
    assert told == [read.index, read.head.size]
