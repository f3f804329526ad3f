"""Copy the official open contracting schemas out of published packages into build/contracting.

The files are not kept in the repository (docs/adr/0009). The source distributions are unpacked,
never installed. Each schema must be of the version that is written here.
"""

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "contracting"
SCHEMAS = {
    "ocds-release.json": ("ocdsextensionregistry", "tests/fixtures/release-schema.json", "1__1__5"),
    "oc4ids-project.json": ("ocdskit", "tests/fixtures/project-schema.json", "0__9__0__beta"),
}


def download(folder: Path) -> None:
    """Fetch the source distributions, pinned by hash."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
         "--require-hashes", "--no-deps", "--no-binary", ":all:", "--dest", str(folder),
         "-r", str(ROOT / "requirements" / "contracting.txt")],
        check=True,
    )  # fmt: skip


def read(folder: Path, package: str, path: str) -> bytes:
    """Return a file of a source distribution; exits with a sentence if it is not there."""
    (archive,) = folder.glob(f"{package}-*.tar.gz")
    with tarfile.open(archive) as opened:
        for member in opened:
            if member.isfile() and member.name.partition("/")[2] == path:
                found = opened.extractfile(member)
                return found.read() if found else b""
    sys.exit(f"{path} is not in {archive.name}")


def main() -> None:
    """Fetch, copy, and write the stamp that make looks at."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        download(Path(name))
        for target, (package, path, version) in SCHEMAS.items():
            data = read(Path(name), package, path)
            if version not in json.loads(data)["id"]:
                sys.exit(f"{path} of {package} is not version {version}")
            (TARGET / target).write_bytes(data)
    (TARGET / ".stamp").touch()
    print(f"{len(SCHEMAS)} schemas in {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
