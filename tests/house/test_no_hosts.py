"""No file names the host of a package registry, nor a folder of the machine it was written on."""

import re

import pytest

from house import tree

# Put together here, so that this file does not name them itself.
HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("npmmirror", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("golang", "org"),
        ("debian", "org"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("cdnjs", "cloudflare", "com"),
        ("googleapis", "com"),
    ]
]
PATTERN = re.compile("|".join([*map(re.escape, HOSTS), r"(?<![\w.])/(?:home|" + r"work)/[a-z]"]))


def faults(name: str, text: str) -> list[str]:
    """Return the lines that name a host or a folder."""
    return [
        f"{name}:{number}: {found[0]}"
        for number, line in enumerate(text.splitlines(), 1)
        if (found := PATTERN.search(line))
    ]


def test_no_file_names_a_registry_or_a_private_folder() -> None:
    found = [fault for path in tree.files() for fault in faults(tree.name(path), tree.text(path))]

    assert found == []


def test_no_link_leads_out_of_the_repository() -> None:
    assert tree.links() == []


def test_lock_files_hold_hashes_and_no_address() -> None:
    locks = sorted((tree.ROOT / "requirements").glob("*.txt"))

    assert {lock.stem for lock in locks} == {
        "bench-peers", "contracting", "dev", "installer", "lake", "peers", "runtime",
        "schemas",
    }  # fmt: skip
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert "index-url" not in text
        pinned = re.findall(r"^\S+==\S+ \\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) > 0
    assert '"resolved"' not in (tree.ROOT / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", [f"see https://{HOSTS[0]}/x", "cd /" + "work/place", HOSTS[-1]])
def test_a_named_host_or_folder_is_found(line: str) -> None:
    assert len(faults("x", f"fine\n{line}\n")) == 1


def test_own_addresses_are_fine() -> None:
    assert faults("x", "http://127.0.0.1:8000/work/list and var/work/") == []
