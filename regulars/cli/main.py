"""The ``regulars`` command: finds its subcommands in ``commands/``, starts Django, turns errors into one line."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType

from regulars import __version__
from regulars.cli import commands
from regulars.cli.problem import Problem
from regulars.cli.start import ensure_tables, has_shop, start_django
from regulars.config.environment import SettingError, home


def find_commands() -> Iterator[ModuleType]:
    """Yield the command modules: ``NAME``, ``HELP``, ``arguments(parser)``, ``run(args) -> exit code``.

    A module may say ``NEEDS_SHOP = False`` if it works before a shop is set up, and ``NEEDS_DJANGO = False`` if it
    starts Django itself. None imports a room before ``run``: help and version must not touch an installation.
    """
    for found in sorted(pkgutil.iter_modules(commands.__path__), key=lambda m: m.name):
        yield importlib.import_module(f"{commands.__name__}.{found.name}")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    whole = argparse.ArgumentParser(
        prog="regulars", description="Turns an online shop's one-time buyers into regulars."
    )
    whole.add_argument("--version", action="version", version=f"regulars {__version__}")
    subcommands = whole.add_subparsers(metavar="COMMAND", required=True)
    for module in find_commands():
        sub = subcommands.add_parser(module.NAME, help=module.HELP, description=module.HELP)
        module.arguments(sub)
        sub.set_defaults(command_module=module)
    return whole


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 not done (the reason is on stderr), others by command."""
    args = parser().parse_args(argv)
    try:
        return _run(args.command_module, args)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (head, less) has seen enough; Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("REGULARS_DEBUG") == "1":
            raise
        print(f"regulars: {_said(error)}", file=sys.stderr)
        return 1


def _run(module: ModuleType, args: argparse.Namespace) -> int:
    if getattr(module, "NEEDS_DJANGO", True):
        start_django()
        if getattr(module, "NEEDS_SHOP", True):
            if not has_shop():
                raise Problem(f"there is no shop in {home()} yet; `regulars init` makes one")
            ensure_tables()
    return int(module.run(args))


def _said(error: Exception) -> str:
    """Return what went wrong as one line; errors nobody foresaw say what they are and how to see more."""
    text = " ".join(str(error).split())
    if isinstance(error, Problem | SettingError):
        return text
    if isinstance(error, ValueError | OSError) and text:
        return text
    if type(error).__module__.startswith("django.db"):
        return f"the database says: {text}"
    return f"unexpected {type(error).__name__}: {text} (REGULARS_DEBUG=1 shows where)"


if __name__ == "__main__":
    sys.exit(main())
