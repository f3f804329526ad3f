"""The console script `sanzi-witness`: look at a county's log once, or again and again.

Exit codes: 0 the log begins with what was seen before, 1 it does not, 2 it could not be read.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sanzi.kernel import notes
from sanzi.kernel.merkle import SHA256, SM3
from sanzi.kernel.notes import BadNote, Signer
from sanzi_witness.log import Head, Log, Unreachable
from sanzi_witness.memory import Memory

WHOLE, REWRITTEN, UNREAD = 0, 1, 2


@dataclass(frozen=True)
class Witness:
    """A log, what is remembered of it, and the keys that cosign its heads."""

    log: Log
    memory: Memory
    signers: tuple[Signer, ...]
    sends: bool = False

    def look(self, at: int) -> int:
        """Look once and say in one sentence what was found; `at` in seconds of POSIX."""
        try:
            head = self.log.head()
            return self._judge(head, at)
        except (Unreachable, BadNote) as wrong:
            print(f"日志读不出来，这次不作数：{wrong}", file=sys.stderr)
            return UNREAD

    def _judge(self, head: Head, at: int) -> int:
        text = self.memory.last()
        last = self.log.read_head(text) if text else None
        if last is not None and not self._begins_with(head, last):
            folder = self.memory.accuse(last.note.whole(), head.note.whole(), at)
            print(f"这本日志改过历史：和上次看到的对不上。两份签过名的证据在 {folder}")
            return REWRITTEN
        if last is None and not self._is_built(head):
            print("这本日志签的名和里面的条目对不上。")
            return REWRITTEN
        made = [one.sign(head.note.text, at) for one in self.signers]
        cosigned = head.note.signed(*made)
        self.memory.remember(cosigned.whole())
        if self.sends:
            self.log.send(head.told.size, tuple(made))
        before = f"上次{last.told.size}条，" if last else "第一次看，"
        print(f"没有改过历史：{before}现在{head.told.size}条。")
        return WHOLE

    def _begins_with(self, head: Head, last: Head) -> bool:
        """Whether the tiles under a head give its own roots, and those of the last one."""
        old, new = last.told, head.told
        if new.size < old.size:
            return False
        tiles = self.log.tiles(new.size)
        before = tiles.root(SHA256, old.size), tiles.root(SM3, old.size)
        return before == (old.root, old.sm3_root) and self._is_built(head)

    def _is_built(self, head: Head) -> bool:
        told, tiles = head.told, self.log.tiles(head.told.size)
        roots = tiles.root(SHA256, told.size), tiles.root(SM3, told.size)
        return roots == (told.root, told.sm3_root)


def main(argv: Sequence[str] | None = None) -> int:
    """Watch a log; return how it ended."""
    options = _options(argv)
    memory = Memory(Path(options.folder))
    try:
        signers = memory.signers(options.name)
        keys = tuple(notes.read_verifier(one) for one in options.key)
    except BadNote as wrong:
        print(f"钥匙读不出来：{wrong}", file=sys.stderr)
        return UNREAD
    if options.keys or not keys:
        for one in signers:
            print(one.verifier.text())
        return WHOLE
    log = Log(options.log.rstrip("/"), keys)
    witness = Witness(log, memory, signers, sends=options.send)
    while True:
        found = witness.look(int(time.time()))
        if found == REWRITTEN or not options.every:
            return found
        time.sleep(options.every)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="sanzi-witness", description="Watch a county's public log and cosign its heads."
    )
    parser.add_argument("--log", default="", help="address of the log, e.g. https://host/log")
    parser.add_argument("--key", action="append", default=[], help="a key of the log (vkey); twice")
    parser.add_argument("--name", default="witness.local", help="the name of this witness")
    parser.add_argument("--folder", default="witness", help="where it keeps keys and the last head")
    parser.add_argument("--send", action="store_true", help="hand the cosignature in at the log")
    parser.add_argument("--every", type=int, default=0, help="seconds between looks; 0: once")
    parser.add_argument("--keys", action="store_true", help="print this witness's keys and end")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
