"""Copy the seven ISO 20022 schemas out of published packages into build/iso20022.

The files are not kept in the repository (docs/adr/0003). The packages are installed beside the
environment, never imported. Each schema must declare the namespace its name promises.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "build" / "schema-packages"
TARGET = ROOT / "build" / "iso20022"
NAMES = (
    "pain.001.001.09",
    "pain.002.001.12",
    "camt.052.001.08",
    "camt.053.001.08",
    "camt.054.001.08",
    "acmt.023.001.04",
    "acmt.024.001.04",
)


def find(name: str, packages: Path = PACKAGES) -> Path:
    """Return the schema of that name inside the packages; exits with a sentence if absent."""
    for path in sorted(packages.rglob(f"{name}.xsd")):
        if f"urn:iso:std:iso:20022:tech:xsd:{name}" in path.read_text(encoding="utf-8-sig"):
            return path
    sys.exit(f"{name}.xsd is not in the packages of requirements/schemas.txt")


def install() -> None:
    """Install the packages, without what they need to run, into a folder of their own."""
    shutil.rmtree(PACKAGES, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--require-hashes", "--no-deps", "--no-compile", "--target", str(PACKAGES),
         "-r", str(ROOT / "requirements" / "schemas.txt")],
        check=True,
    )  # fmt: skip


def main() -> None:
    """Install, copy, and write the stamp that make looks at."""
    install()
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        shutil.copyfile(find(name), TARGET / f"{name}.xsd")
    (TARGET / ".stamp").touch()
    print(f"{len(NAMES)} schemas in {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
