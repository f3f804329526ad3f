"""Print one closing line, like pytest's, for several runs: `412 passed, 3 skipped in 98.10s`."""

import re
import sys
from collections import Counter
from pathlib import Path

_COUNT = re.compile(r"(\d+) ([a-z]+)")
_SECONDS = re.compile(r"in ([0-9.]+)s")
_ORDER = ("failed", "passed", "skipped", "deselected", "xfailed", "error", "errors")


def closing_line(last_lines: list[str]) -> str:
    """Add up the counts and the seconds of the last lines."""
    counts: Counter[str] = Counter()
    seconds = 0.0
    for line in last_lines:
        found = _SECONDS.search(line)
        seconds += float(found[1]) if found else 0.0
        for number, word in _COUNT.findall(line.split(" in ")[0]):
            counts[word] += int(number)
    words = [*_ORDER, *sorted(set(counts) - set(_ORDER))]
    parts = [f"{counts[word]} {word}" for word in words if counts[word]]
    return f"{', '.join(parts) or 'no tests ran'} in {seconds:.2f}s"


if __name__ == "__main__":
    texts = [Path(name).read_text(encoding="utf-8").strip() for name in sys.argv[1:]]
    print(closing_line([text.splitlines()[-1] if text else "" for text in texts]))
