"""Read the environment, loudly: an unknown REGULARS_* name stops the start instead of being ignored."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable of the product; docs/reference/settings.md is checked against this list."""

    name: str
    default: str
    help: str


VARIABLES = (
    Variable("REGULARS_HOME", "~/.regulars", "Folder that holds everything of this installation."),
    Variable("DATABASE_URL", "", "postgresql://user:password@host:port/name; empty means SQLite in REGULARS_HOME."),
    Variable("REGULARS_HOSTS", "", "Comma-separated host names the shop's office is reached by, besides this machine."),
    Variable("REGULARS_SECURE", "0", "1 when the office is served over HTTPS: secure cookies and HSTS."),
    Variable("REGULARS_THREADS", "4", "Pages that a web process answers at once; `serve --threads` sets it."),
    Variable("REGULARS_PROXIES", "0", "How many proxies of yours stand before the server; they name the visitor."),
    Variable("REGULARS_DEBUG", "0", "1 shows tracebacks in the browser; for development only."),
    Variable(
        "REGULARS_INSTALLATION_KEY",
        "",
        "Base64 of 32 bytes; wraps the key of every customer. Empty: kept in REGULARS_HOME/keys.json.",
    ),
    Variable("REGULARS_FAULT", "", "Name of a fault point at which the process kills itself; for fault tests only."),
    Variable("REGULARS_TEST_DB", "", "sqlite or postgres: what the test suite runs on; for tests only."),
)


class SettingError(Exception):
    """An environment variable is unknown or unreadable; the text says which and what to do."""


def read(name: str) -> str:
    """Return the value of the variable ``name``, or its default; ``NAME_FILE`` may point to a file that holds it."""
    variable = next(v for v in VARIABLES if v.name == name)
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingError(f"{name}_FILE: cannot read {path}: {error.strerror}") from error
    return os.environ.get(name, variable.default)


def flag(name: str) -> bool:
    """Return a 0/1 variable as a truth value; anything else is an error."""
    value = read(name)
    if value not in {"0", "1"}:
        raise SettingError(f"{name}={value!r}: use 0 or 1")
    return value == "1"


def refuse_unknown() -> None:
    """Raise SettingError if the environment has a REGULARS_* name that means nothing here."""
    known = {v.name for v in VARIABLES} | {f"{v.name}_FILE" for v in VARIABLES}
    unknown = sorted(n for n in os.environ if n.startswith("REGULARS_") and n not in known)
    if unknown:
        raise SettingError(f"unknown setting {', '.join(unknown)}; docs/reference/settings.md lists them all")


def home() -> Path:
    """Return the installation's folder (not created here)."""
    return Path(read("REGULARS_HOME")).expanduser().resolve()
