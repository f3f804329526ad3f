"""A program of its own: what a PDF says, with little memory and time, as JSON.

Started as `python -m sanzi.evidence.reading.leaf IN PAGES`; prints the attached files, the text
and the QR codes of the first pages. It runs apart so that a hostile PDF can only end this process.
"""

from __future__ import annotations

import base64
import json
import resource
import sys
from pathlib import Path

MEMORY_MAX_BYTES = 1024 * 1024 * 1024
CPU_MAX_SECONDS = 20
ATTACHED_MAX = 20
ATTACHED_MAX_BYTES = 5 * 1024 * 1024
TEXT_MAX = 20_000
SCALE = 2.5
"""180 dots to the inch: enough for the code of an invoice."""


def say(source: Path, pages: int) -> dict[str, object]:
    """Return what the PDF holds: `attached` [(name, base64)], `texts`, `codes`, `pages`."""
    import pypdfium2  # only this process needs it

    from sanzi.evidence.reading import codes

    document = pypdfium2.PdfDocument(source.read_bytes())
    attached = []
    for place in range(min(document.count_attachments(), ATTACHED_MAX)):
        one = document.get_attachment(place)
        data = bytes(one.get_data())[: ATTACHED_MAX_BYTES + 1]
        attached.append((one.get_name(), base64.b64encode(data).decode()))
    texts, found = [], []
    for number in range(min(len(document), pages)):
        page = document[number]
        texts.append(page.get_textpage().get_text_range()[:TEXT_MAX])
        found += codes.texts_of(page.render(scale=SCALE, draw_annots=False).to_pil())
    return {"attached": attached, "texts": texts, "codes": found, "pages": len(document)}


def main() -> int:
    """Read the arguments, limit the process, say."""
    source, pages = sys.argv[1:3]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_MAX_SECONDS, CPU_MAX_SECONDS))
    sys.stdout.write(json.dumps(say(Path(source), int(pages)), ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
