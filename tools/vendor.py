"""The files of others that lie in this repository: what they are, and proof that nobody changed them.

``python -m tools.vendor`` checks each against ``vendor.json``; ``--fetch NAME VERSION`` takes another version with npm
(needed by developers only) and writes it down. The licence lies beside each file.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "regulars" / "ui" / "static" / "ui" / "vendor"
LIST = Path(__file__).with_name("vendor.json")


def listed() -> list[dict[str, Any]]:
    """Return the entries: name, version, licence, home, and files (ours: from, sha256)."""
    return list(json.loads(LIST.read_text(encoding="utf-8")))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def problems() -> list[str]:
    """Return what does not agree between the list and the folder."""
    known = {name: file["sha256"] for entry in listed() for name, file in entry["files"].items()}
    there = {path.name for path in FOLDER.iterdir()}
    out = [f"{name} is not in vendor.json" for name in sorted(there - known.keys())]
    out += [f"{name} is missing" for name in sorted(known.keys() - there)]
    changed = [name for name in sorted(there & known.keys()) if digest(FOLDER / name) != known[name]]
    return out + [f"{name} was changed" for name in changed]


def fetch(name: str, version: str) -> None:
    """Take ``version`` of the package ``name`` from npm and write its files and their sums down."""
    entries = listed()
    entry = next(entry for entry in entries if entry["name"] == name)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True)
        archive = next(Path(folder).glob("*.tgz")).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        for ours, file in entry["files"].items():
            member = package.extractfile(f"package/{file['from']}")
            if member is None:
                raise SystemExit(f"{name} {version} has no {file['from']}")
            (FOLDER / ours).write_bytes(member.read())
            file["sha256"] = digest(FOLDER / ours)
    entry["version"] = version
    LIST.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Run the command; 1 if something does not agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fetch", nargs=2, metavar=("NAME", "VERSION"))
    wanted = parser.parse_args().fetch
    if wanted:
        fetch(*wanted)
    found = problems()
    print("\n".join(found) or "\n".join(f"{e['name']} {e['version']} ({e['licence']})" for e in listed()))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
