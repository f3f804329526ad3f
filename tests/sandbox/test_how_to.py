"""The how-to names everything that there is, and its session does what it says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures_bank import SCHEMAS, Sandbox
from sanzi_bank.control import ACTIONS, SETTINGS
from sanzi_bank.fault_kinds import ARGUMENTS, GROUPS, KINDS

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "use-the-sandbox-bank.md"


def rows(head):
    """The first cells of the table whose head begins so, as one text."""
    lines = HOW_TO.read_text(encoding="utf-8").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(f"| {head}"))
    found = []
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        found.append(line.split("|")[1])
    return " ".join(found)


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("kind (arguments)", list(KINDS)),
        ("kind (arguments)", sorted({name for kind in KINDS.values() for name in kind.args})),
        ("name | meaning", list(SETTINGS)),
        ("name | fields", [name for name in ACTIONS if name not in ("fault", "setting")]),
    ],
)
def test_the_how_to_has_every_fault_argument_setting_and_control(head, names):
    told = set(re.findall(r"[a-z0-9_-]+", rows(head)))

    assert [name for name in names if name not in told] == []


def test_the_how_to_has_no_fault_that_there_is_not():
    told = re.findall(r"`([a-z_]+)`", rows("kind (arguments)"))

    assert [name for name in told if name not in KINDS] == []


def test_every_fault_has_a_group_words_and_known_arguments():
    for kind in KINDS.values():
        assert kind.group in GROUPS
        assert kind.title
        assert kind.effect.endswith("。")
        assert set(kind.args) <= set(ARGUMENTS)


def test_every_fault_is_struck_by_a_test():
    tests = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(__file__).parents[1].rglob("test_*.py")
        if path != Path(__file__)
    )

    assert [kind for kind in KINDS if f'"{kind}"' not in tests] == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="the session needs curl")
def test_the_session_of_the_how_to_pays_once_and_ends_with_a_statement(tmp_path):
    session = re.search(r"```sh\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert session is not None
    bank = Sandbox(tmp_path)
    bank.start()
    command = tmp_path / "sanzi-bank"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m sanzi_bank.main "$@"\n')
    command.chmod(0o755)
    script = session[1].replace("http://127.0.0.1:8800", bank.url)
    script = script.replace("var/bank-keys", str(bank.keys))
    try:
        done = subprocess.run(
            ["/bin/bash", "-c", script], capture_output=True, text=True, timeout=60, check=True,
            cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHONPATH":
                               str(Path(__file__).parents[2] / "src"), "LANG": "C.UTF-8"},
        )  # fmt: skip
        paid = bank.paid("2010001")
    finally:
        bank.kill()

    assert SCHEMAS.exists()
    assert "no answer: the result is unknown" in done.stdout
    assert done.stdout.count("<TxSts>ACSC</TxSts>") == 2
    assert "<EndToEndId>FH-0001</EndToEndId>" in done.stdout.split("camt.053.001.08")[1]
    assert paid == ["FH-0001"]


FAULTS = HOW_TO.with_name("find-the-test-of-a-fault.md")


def test_every_fault_has_a_row_and_every_test_of_a_row_is_there():
    text = FAULTS.read_text(encoding="utf-8")
    folder, path, missing = Path(__file__).parents[1], "", []
    for named, test in re.findall(r"`([a-z_/]*(?:\.py)?)::(test_[a-z0-9_]+)`", text):
        path = named or path
        if f"def {test}(" not in (folder / path).read_text(encoding="utf-8"):
            missing.append(f"{path}::{test}")

    assert missing == []
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []
