"""A program of its own: draw the first pages of a PDF as WebP, with little memory and time.

Started as `python -m sanzi.evidence.raster IN OUT_FOLDER PAGES EDGE`; prints how many pages it
drew. It runs apart so that a hostile PDF can only end this process.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

MEMORY_MAX_BYTES = 1024 * 1024 * 1024
CPU_MAX_SECONDS = 20


def draw(source: Path, folder: Path, pages: int, edge: int) -> int:
    """Draw up to `pages` pages with a longest edge of `edge` px; return how many."""
    import pypdfium2  # only this process needs it

    document = pypdfium2.PdfDocument(source.read_bytes())
    count = min(len(document), pages)
    for number in range(count):
        page = document[number]
        scale = edge / max(page.get_width(), page.get_height(), 1)
        picture = page.render(scale=scale, draw_annots=False).to_pil().convert("RGB")
        temporary = folder / f"{number + 1}.{os.getpid()}"
        picture.save(temporary, "WEBP", quality=80)
        temporary.replace(folder / f"{number + 1}.webp")
    return count


def main() -> int:
    """Read the arguments, limit the process, draw."""
    source, folder, pages, edge = sys.argv[1:5]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_MAX_SECONDS, CPU_MAX_SECONDS))
    sys.stdout.write(str(draw(Path(source), Path(folder), int(pages), int(edge))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
