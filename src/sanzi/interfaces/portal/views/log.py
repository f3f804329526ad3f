"""The public log as files that anybody may fetch: its head, tiles, leaves, proofs.

Source: c2sp.org/tlog-tiles. The tree by SM3 lies beside the one by SHA-256 under `sm3/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from sanzi.disclosure import verifier_page
from sanzi.kernel.merkle import SHA256, SM3, Hasher
from sanzi.transparency import actions, keys, queries, rules
from sanzi.transparency.errors import CosignatureRefused, NotInLog

WHERE = re.compile(r"(?P<parts>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII)
LEVEL_MAX = 7
BODY_MAX = 16 * 1024
FOR_EVER, AT_ONCE = "public, max-age=31536000, immutable", "public, max-age=5"
OPEN = ("publication",)


@require_safe
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """Give the newest signed head. 404 before the first."""
    try:
        note = queries.newest()
    except NotInLog as wrong:
        raise Http404 from wrong
    return HttpResponse(
        note, content_type="text/plain; charset=utf-8", headers={"Cache-Control": AT_ONCE}
    )


@require_safe
def tile(_request: HttpRequest, level: int, where: str) -> HttpResponse:
    """Give hashes of the tree by SHA-256. 404 for a tile that is not there, or not so wide."""
    return _tile(SHA256, level, where)


@require_safe
def sm3_tile(_request: HttpRequest, level: int, where: str) -> HttpResponse:
    """Give hashes of the tree by SM3."""
    return _tile(SM3, level, where)


@require_safe
def entries(_request: HttpRequest, where: str) -> HttpResponse:
    """Give the leaves under a tile of level 0."""
    index, width = _place(where)
    return _bytes(lambda: queries.bundle(index, width))


@require_safe
def proof(_request: HttpRequest, kind: str, subject: str) -> JsonResponse:
    """Give the proof of something published, complete in itself; hashes as hexadecimal."""
    if kind not in OPEN:
        raise Http404
    try:
        found = queries.proof(kind, subject)
    except NotInLog as wrong:
        raise Http404 from wrong
    told = {
        "index": found.index,
        "size": found.size,
        "leaf": found.leaf.decode(),
        "sha256": [one.hex() for one in found.path],
        "sm3": [one.hex() for one in found.sm3_path],
        "checkpoint": found.note,
    }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


@require_safe
def consistency(_request: HttpRequest, old: int) -> HttpResponse:
    """Give what shows that the newest head begins with an older one, to any page that asks."""
    try:
        found = queries.beginning(old)
    except NotInLog as wrong:
        raise Http404 from wrong
    headers = {"Cache-Control": AT_ONCE, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(found, content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def log_keys(_request: HttpRequest) -> HttpResponse:
    """Give the keys that sign now, a line each, then the signed notes of every turn of keys."""
    known = keys.generations()
    lines = "".join(f"{one.text()}\n" for one in known[-1].keys)
    told = "\n".join([lines, *(one.note for one in known[:-1])])
    headers = {"Cache-Control": AT_ONCE, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(told, content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def verifier(_request: HttpRequest) -> HttpResponse:
    """Give the page that verifies papers offline, as one file to keep."""
    made = verifier_page.page()
    headers = {"Cache-Control": "public, max-age=300", "Content-Security-Policy": made.policy}
    return HttpResponse(made.content, content_type="text/html; charset=utf-8", headers=headers)


@csrf_exempt  # a witness is a program; what it hands in is held against its key
@require_POST
def cosignatures(request: HttpRequest) -> HttpResponse:
    """Take the cosignatures of known witnesses. 403 for any other, and nothing is kept."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_MAX:
        return HttpResponse(status=413)
    try:
        actions.cosign(body=request.body.decode("utf-8", "replace"))
    except CosignatureRefused as refusal:
        return HttpResponse(refusal.text, status=403, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


def _tile(hasher: Hasher, level: int, where: str) -> HttpResponse:
    index, width = _place(where)
    if level > LEVEL_MAX:
        raise Http404
    return _bytes(lambda: queries.hashes(hasher, (level, index), width))


def _bytes(read: Callable[[], bytes]) -> HttpResponse:
    try:
        found = read()
    except NotInLog as wrong:
        raise Http404 from wrong
    headers = {"Cache-Control": FOR_EVER}
    return HttpResponse(found, content_type="application/octet-stream", headers=headers)


def _place(where: str) -> tuple[int, int]:
    """Return index and width of a tile from its address. 404 for what is none."""
    found = WHERE.fullmatch(where)
    if found is None:
        raise Http404
    index = int("".join(part.removeprefix("x") for part in found["parts"].split("/")))
    width = int(found["width"] or rules.TILE_WIDTH)
    if width > rules.TILE_WIDTH or (found["width"] and width == rules.TILE_WIDTH):
        raise Http404
    return index, width
