"""Collect the texts for people, and compile what is translated: ``python -m tools.messages [--check]``.

Needs gettext's programs (Debian: apt-get install gettext). ``--check`` writes nothing and fails if a text is not in
the catalogue, is not translated, or is not compiled.
"""

from __future__ import annotations

import argparse
import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from tools.catalogue import read

PACKAGE = Path(__file__).resolve().parent.parent / "regulars"
LANGUAGES = ("zh_Hans",)


def catalogue(package: Path, language: str) -> Path:
    """Return where a language's catalogue lies."""
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def collect(package: Path) -> None:
    """Bring the catalogues of ``package`` up to date with its texts; translations of texts that are gone go too."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    os.environ.setdefault("REGULARS_HOME", tempfile.mkdtemp(prefix="regulars-messages-"))
    import django
    from django.core.management import call_command
    from django.core.management.commands import makemessages
    from django.test import override_settings

    django.setup()

    class Command(makemessages.Command):
        # A guessed translation is worse than none: it looks done.
        msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]
        xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=N_"]

    for language in LANGUAGES:
        catalogue(package, language).parent.mkdir(parents=True, exist_ok=True)
    with chdir(package), override_settings(LOCALE_PATHS=[package / "locale"]):
        call_command(
            Command(), locale=list(LANGUAGES), extensions=["html", "txt", "py"], no_location=True, no_wrap=True,
            no_obsolete=True, verbosity=0,
        )  # fmt: skip
    for language in LANGUAGES:
        path = catalogue(package, language)
        # The day of collection is news in every change and tells nobody anything.
        path.write_text(re.sub(r'"POT-Creation-Date:.*\n', "", path.read_text(encoding="utf-8")), encoding="utf-8")


def compile_all() -> None:
    """Compile each catalogue beside itself."""
    for language in LANGUAGES:
        path = catalogue(PACKAGE, language)
        program = shutil.which("msgfmt") or sys.exit("gettext is not installed (apt-get install gettext)")
        command = [program, "--check-format", "-o", str(path.with_suffix(".mo")), str(path)]
        if subprocess.run(command, check=False).returncode:
            sys.exit(f"{path}: not compiled")


def stale(package: Path, language: str) -> Iterator[str]:
    """Yield what the compiled catalogue says otherwise than its source."""
    path = catalogue(package, language)
    if not path.with_suffix(".mo").exists():
        yield f"{language}: not compiled; run make messages"
        return
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    for message in read(path):
        for number, text in message.texts.items():
            key = (message.key, number) if message.plural else message.key
            if message.is_translated and compiled.get(key) != text:
                yield f"{language}: {message.id!r} is not compiled; run make messages"


def problems() -> Iterator[str]:
    """Yield what is not collected, not translated or not compiled."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "regulars"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "static"))
        collect(copy)
        for language in LANGUAGES:
            known = {m.key for m in read(catalogue(PACKAGE, language))}
            for message in read(catalogue(copy, language)):
                if message.key not in known:
                    yield f"{language}: {message.id!r} is not collected; run make messages"
                elif not message.is_translated:
                    yield f"{language}: {message.id!r} is not translated"
            yield from stale(PACKAGE, language)


def main() -> int:
    """Collect and compile, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if something is missing")
    asked = parser.parse_args()
    if not shutil.which("xgettext"):
        print("gettext is not installed (apt-get install gettext); texts were not looked at")
        return 0 if asked.check else 1
    if asked.check:
        found = list(problems())
        print("\n".join(found) or "every text is translated and compiled")
        return int(bool(found))
    collect(PACKAGE)
    compile_all()
    for language in LANGUAGES:
        messages = read(catalogue(PACKAGE, language))
        print(f"{language}: {sum(m.is_translated for m in messages)} of {len(messages)} texts translated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
