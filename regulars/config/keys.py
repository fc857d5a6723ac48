"""The installation's two secrets: Django's and the one that wraps the key of every customer."""

from __future__ import annotations

import base64
import json
import os
import secrets
from functools import cache
from pathlib import Path

from regulars.config.environment import SettingError, home, read


def _load(path: Path) -> dict[str, str]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = {
        "secret_key": secrets.token_urlsafe(50),
        "installation_key": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(keys, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)  # fails if another process was first: then both read the winner's keys
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def secret_key() -> str:
    """Return Django's SECRET_KEY of this installation, made at the first start."""
    return _load(home() / "keys.json")["secret_key"]


@cache
def installation_key() -> bytes:
    """Return the 32 bytes that wrap each customer's key. Losing them makes all contact data unreadable."""
    text = read("REGULARS_INSTALLATION_KEY") or _load(home() / "keys.json")["installation_key"]
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise SettingError("REGULARS_INSTALLATION_KEY is not base64") from error
    if len(key) != 32:
        raise SettingError(f"REGULARS_INSTALLATION_KEY holds {len(key)} bytes; it needs 32")
    return key
