"""Write the generated pages of docs/reference (``python -m tools.reference --write``), or ``--check`` them.

Settings, commands, activity kinds and the files of an installation are told once, in code; these pages repeat it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTE = "<!-- Written by `make docs`; change the code, not this page. -->\n"


def _start() -> None:
    os.environ.setdefault("REGULARS_HOME", tempfile.mkdtemp(prefix="regulars-reference-"))
    from regulars.cli.start import start_django

    start_django()


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    escaped = [[cell.replace("|", r"\|") for cell in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)


def settings() -> str:
    """Return the page of environment variables."""
    from regulars.config.environment import VARIABLES

    rows = [(f"`{v.name}`", f"`{v.default}`" if v.default else "", v.help) for v in VARIABLES]
    return f"""# Settings

{NOTE}
Everything that differs between installations comes from the environment. An unknown `REGULARS_*` name stops the
start. Each variable may also be given as `NAME_FILE`, the path of a file that holds the value.

What belongs to the shop (its name, currency, time zone, language, the day its week starts on) is not here: it is
asked by `regulars init` and changed on the Settings page.

{_table(("Variable", "Default", "What it is"), rows)}"""


def commands() -> str:
    """Return the page of subcommands, from their own help."""
    from regulars.cli.main import find_commands, parser

    whole = parser()
    subparsers = next(a for a in whole._actions if isinstance(a, argparse._SubParsersAction))
    parts = [
        f"# Commands\n\n{NOTE}\n"
        "`regulars COMMAND --help` says the same. Exit codes: 0 done; 1 not done, with the reason as one line on "
        "standard error; 2 the command was not understood; `import` also has 3: done, but some rows were rejected.\n"
    ]
    for module in find_commands():
        sub = subparsers.choices[module.NAME]
        rows = [
            (f"`{', '.join(a.option_strings) or a.metavar or a.dest}`", (a.help or "") % _values(a, sub.prog))
            for a in sub._actions
            if a.dest != "help" and not isinstance(a, argparse._SubParsersAction)
        ]
        parts.append(f"## regulars {module.NAME}\n\n{module.HELP}\n\n```text\n{_usage(sub)}\n```\n")
        parts += [_table(("Option", "What it does"), rows)] if rows else []
        parts += list(_nested(sub))
    return "\n".join(parts)


def _usage(parser: argparse.ArgumentParser) -> str:
    """Return the shortest command that is understood; argparse words its own usage differently in each Python."""
    needed = [a for a in parser._actions if a.required or not a.option_strings]
    words = [" ".join(filter(None, (*a.option_strings[:1], str(a.metavar or a.dest.upper())))) for a in needed]
    return " ".join([parser.prog, *words, "[options]"])


def _values(action: argparse.Action, prog: str) -> dict[str, object]:
    return {**vars(action), "prog": prog}


def _nested(parser: argparse.ArgumentParser) -> Iterable[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            rows = [(f"`{choice.dest}`", choice.help or "") for choice in action._choices_actions]
            yield _table(("Then", "What it does"), rows)


def kinds() -> str:
    """Return the page of activity kinds."""
    from regulars.stream.kinds import KINDS

    parts = [
        f"# Activity kinds\n\n{NOTE}\n"
        "Everything that happens is recorded once as an activity of one of these kinds. In the lake each kind has a "
        "folder `kind=NAME`, and the fields below are columns beside those that every activity has (see "
        "[files](files.md)).\n"
    ]
    for name, kind in sorted(KINDS.items()):
        parts.append(f"## {name}\n\n{kind.help}\n")
        if kind.dated_by:
            parts.append(f"The lake files it under the local day of `{kind.dated_by}`.\n")
        if kind.columns:
            parts.append(_table(("Field", "Type"), [(f"`{c}`", t.__name__) for c, t in kind.columns]))
    return "\n".join(parts)


def files() -> str:
    """Return the page of the files of an installation, of the lake and of an export."""
    from regulars.cli.exported import EXPORTED

    exported = [(f"`{f.name}.csv`", f.help, ", ".join(f"`{c}`" for c in f.columns)) for f in EXPORTED]
    home = [
        ("`regulars.sqlite3` (and `-wal`, `-shm`)", "the database, unless `DATABASE_URL` names a server"),
        ("`keys.json`", "the installation's two keys; without it contact data cannot be read, so back it up apart"),
        ("`setup-code`", "the code of the first visit, until there is an owner"),
        ("`imports/`", "one folder per import: the file as it came, and the rows that were rejected"),
        ("`lake/`", "the activities as Parquet; made anew at any time by `regulars lake rebuild`"),
        ("`files/`", "files that pages keep"),
        ("`migrate.lock`", "held while tables are changed"),
        ("`demo.json`", "only in a demo: says that `regulars demo --remove` may delete it"),
    ]
    return f"""# Files

{NOTE}
## REGULARS_HOME

{_table(("File", "What it is"), home)}
## The lake

`lake/manifest.json` lists the files that count; a file it does not name is no part of the lake. Activities lie under
`kind=NAME/month=YYYY-MM/`, sorted by customer and time, with these columns and those of [their kind](kinds.md):

| Column | Type | What it is |
| --- | --- | --- |
| `id` | int64 | ascending in the order of recording |
| `customer` | int64, null | pseudonymous number of the customer's record, as it was then |
| `visitor` | string, null | somebody not yet known |
| `store` | int32, null | place of sale |
| `subject` | string, null | what it is about, as `order:55` |
| `amount_minor`, `currency` | int64, string; null | money in minor units |
| `occurred_us`, `recorded_us` | int64 | microseconds since 1970 UTC |
| `ts` | timestamp, UTC | `occurred_us` for tools that like timestamps |
| `local_date`, `local_hour` | date32, int8 | the shop's local day and hour, written at export |
| `by` | string | who did it, as `staff:3` |
| `batch` | int64, null | the import it came with |

`dimensions/customer_map` says which record stands for which person after merges (only records that do not stand for
themselves); `dimensions/rates` holds dated exchange rates. No contact data and no customer's words are in the lake.

## An export

`regulars export --out PATH` writes one CSV a noun (UTF-8, a header, instants in ISO 8601 UTC, money in minor units)
and `export.json` with the counts.

{_table(("File", "A row is", "Columns"), exported)}"""


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "commands.md": commands,
    "kinds.md": kinds,
    "files.md": files,
}


def outdated() -> list[str]:
    """Return the names of pages that do not say what the code says."""
    _start()
    return [
        name
        for name, page in PAGES.items()
        if not (REFERENCE / name).exists() or (REFERENCE / name).read_text(encoding="utf-8") != page()
    ]


def main() -> int:
    """Write or check the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the pages")
    parser.add_argument("--check", action="store_true", help="fail if a page is not current")
    asked = parser.parse_args()
    made_home = "REGULARS_HOME" not in os.environ
    old = outdated()
    if asked.write:
        REFERENCE.mkdir(parents=True, exist_ok=True)
        for name in old:
            (REFERENCE / name).write_text(PAGES[name](), encoding="utf-8")
            print(f"docs/reference/{name} written")
    elif old:
        print(f"not current: {', '.join(old)}; run make docs")
    if made_home:
        shutil.rmtree(os.environ["REGULARS_HOME"], ignore_errors=True)
    return int(bool(old) and not asked.write)


if __name__ == "__main__":
    sys.exit(main())
