"""The console script `sanzi-match`: serve; print its key; print and check its log.

Exit codes: 0 done, 1 the log does not hold together, 2 a file cannot be used.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sanzi.kernel import matching, notes
from sanzi.kernel.notes import Signer
from sanzi_match.server import MatchServer
from sanzi_match.service import Service
from sanzi_match.store import PRIVATE_MODE, Store

DONE, BROKEN, UNUSABLE = 0, 1, 2


def signer_of(folder: Path) -> Signer:
    """Return the key that answers are signed with, made at first use. Raises: BadNote."""
    file = folder / "service.ed25519.key"
    if not file.exists():
        made = notes.new_signer("sanzi.match", notes.ED25519)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=PRIVATE_MODE)
        file.write_text(f"{made.verifier.text()}\n{made.private.hex()}\n", encoding="ascii")
    lines = file.read_text(encoding="ascii").split()
    try:
        return Signer(notes.read_verifier(lines[0]), bytes.fromhex(lines[1]))
    except (IndexError, ValueError) as wrong:
        raise notes.BadNote(f"{file} holds no key") from wrong


def main(argv: Sequence[str] | None = None) -> int:
    """Do what is asked; return how it ended."""
    options = _options(argv)
    folder = Path(options.folder)
    try:
        signer = signer_of(folder)
    except notes.BadNote as wrong:
        print(f"密钥读不出来：{wrong}", file=sys.stderr)
        return UNUSABLE
    if options.what == "key":
        print(signer.verifier.text())
        return DONE
    if options.what == "log":
        return _log(Store(folder))
    try:
        purposes = matching.purposes(options.purposes)
        counties = matching.participants(options.counties)
    except (matching.BadMatching, AttributeError) as wrong:
        print(f"用途或者县的名单不能用：{wrong}", file=sys.stderr)
        return UNUSABLE
    service = Service(Store(folder), purposes, counties)
    service.sweep()
    return _serve(MatchServer((options.host, options.port), service, signer), options.host)


def _serve(server: MatchServer, host: str) -> int:
    signal.signal(
        signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start()
    )
    print(f"matching ready http://{host}:{server.server_port}", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return DONE


def _log(store: Store) -> int:
    for line in store.lines():
        print(json.dumps(line, ensure_ascii=False))
    broken = store.broken_at()
    if broken is not None:
        print(f"第 {broken} 行和前面接不上：这本记录被人动过。", file=sys.stderr)
        return BROKEN
    return DONE


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="sanzi-match", description="Match blinded values of counties for a purpose."
    )
    parser.add_argument("what", choices=("serve", "key", "log"))
    parser.add_argument("--folder", default="match", help="where it keeps keys, database and log")
    parser.add_argument("--purposes", type=Path, help="with serve: the file of purposes")
    parser.add_argument("--counties", type=Path, help="with serve: who takes part, with their keys")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8950, help="port; 0 takes a free one")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
