"""The page that verifies a paper offline: one file, with the county's keys pinned in it.

Its scripts are the modules of `data/verifier`, laid one after the other; the reader of pictures is
jsQR, unchanged. The same keys and villages give the same bytes, so its digest can be printed.
"""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from sanzi.kernel.merkle import SHA256
from sanzi.orgs.models import Division
from sanzi.transparency import keys

PACKAGE: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = PACKAGE / "data" / "verifier"
READER: Final = PACKAGE / "static" / "vendor" / "jsqr" / "jsQR.js"
MODULES: Final = (
    "bytes", "sha2", "sm3", "curves", "ed25519", "sm2", "merkle", "notes", "turns", "proof",
    "history", "judge", "picture", "page",
)  # fmt: skip
IMPORTED: Final = re.compile(r"^import [^;]+;\n", re.MULTILINE)
EXPORTED: Final = re.compile(r"^export ", re.MULTILINE)
CREDIT: Final = "/* jsQR, Copyright its authors, Apache License 2.0 */\n"


@dataclass(frozen=True)
class VerifierPage:
    """The file: its text, what it may load, and the SHA-256 of its bytes as hexadecimal."""

    content: str
    policy: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the file, which posters print."""
        return SHA256.digest(self.content.encode()).hex()


def page() -> VerifierPage:
    """Make the page for this county, with its keys and villages as they are now."""
    county = Division.objects.filter(level="county").order_by("code").first()
    return made(_pinned(county.name if county else settings.SANZI.log_origin))


def made(pinned: dict[str, Any]) -> VerifierPage:
    """Make the page with what is pinned in it."""
    script, style = script_of(), (FOLDER / "page.css").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; "
        f"connect-src {pinned['address']}/; img-src blob:; base-uri 'none'; form-action 'none'"
    )
    told = json.dumps(pinned, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    fields = {
        "policy": policy, "county": html.escape(pinned["county"]), "style": style, "pinned": told,
        "script": script,
    }  # fmt: skip
    frame = (FOLDER / "page.html").read_text(encoding="utf-8")
    content = re.sub(r"\{(\w+)\}", lambda found: fields[found[1]], frame)
    return VerifierPage(content, policy)


@cache
def script_of() -> str:
    """Return all scripts as one: modules without their imports, after the reader of pictures."""
    parts = [(FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in MODULES]
    own = "".join(EXPORTED.sub("", IMPORTED.sub("", part)) for part in parts)
    return f'"use strict";\n{CREDIT}{READER.read_text(encoding="utf-8")}\n{own}'


def _pinned(county: str) -> dict[str, Any]:
    """Return what the page holds a paper against."""
    known = {one.title: [each.verifier.text() for each in one.signers] for one in keys.levels()}
    for witness in keys.witnesses():
        known.setdefault(witness.name, []).append(witness.text())
    villages = Division.objects.filter(level="village").order_by("code")
    return {
        "county": county,
        "origin": settings.SANZI.log_origin,
        "address": f"{settings.SANZI.public_url}/log",
        "generations": [
            {"until": one.until, "keys": [key.text() for key in one.keys]}
            for one in keys.generations()
        ],
        "cosigners": [{"title": title, "keys": own} for title, own in known.items()],
        "quorum": settings.SANZI.log_quorum,
        "places": dict(villages.values_list("code", "name")),
    }


def _source(text: str) -> str:
    """Return how a policy names a piece that stands in the page itself."""
    return f"sha256-{base64.b64encode(SHA256.digest(text.encode())).decode()}"
