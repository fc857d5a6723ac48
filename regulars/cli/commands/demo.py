"""Make the demo shop and serve it."""

from __future__ import annotations

import argparse
import json
import logging
import os
import secrets
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from regulars.cli.problem import Problem

NAME = "demo"
HELP = "Make a demo shop (Corner Coffee 街角咖啡, three years of business) and serve it on this machine."
NEEDS_DJANGO = False  # it decides first where the demo lives

MARK = "demo.json"
UNFINISHED = "demo.unfinished"
STAFF = (("Olive", "owner"), ("Mia", "manager"), ("Mark", "marketer"), ("Sam", "agent"), ("Ana", "analyst"))


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--home", type=Path, default=Path("~/.regulars-demo"), help="folder of the demo (default %(default)s)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
    parser.add_argument("--customers", type=int, default=20_000, help="how many customers to invent (default 20000)")
    parser.add_argument("--no-serve", action="store_true", help="make it, but do not serve it")
    parser.add_argument("--remove", action="store_true", help="delete the demo and everything in it")


def run(args: argparse.Namespace) -> int:
    """Make, serve or remove the demo."""
    home: Path = args.home.expanduser().resolve()
    if args.remove:
        return _remove(home)
    if args.customers < 100:
        raise Problem("a shop of fewer than 100 customers shows nothing; choose more with --customers")
    # The demo is never put into the database of a real shop, whatever the environment says.
    for name in ("DATABASE_URL", "DATABASE_URL_FILE", "REGULARS_INSTALLATION_KEY", "REGULARS_INSTALLATION_KEY_FILE"):
        os.environ.pop(name, None)
    os.environ["REGULARS_HOME"] = str(home)
    if not (home / MARK).exists():
        _make(home, args.customers)
    if not args.no_serve:
        _serve(home, args.port)
    return 0


def _is_demo(home: Path) -> bool:
    return (home / MARK).exists() or (home / UNFINISHED).exists()


def _remove(home: Path) -> int:
    if not home.exists():
        print(f"There is no demo in {home}.")
        return 0
    if not _is_demo(home):
        raise Problem(f"{home} holds no demo; nothing was deleted")
    shutil.rmtree(home)
    print(f"The demo in {home} is gone.")
    return 0


def _make(home: Path, customers: int) -> None:
    """Make the demo anew. What an interrupted start left behind is thrown away; anything else is not touched."""
    if home.exists() and any(home.iterdir()):
        if not _is_demo(home):
            raise Problem(f"{home} holds something that is no demo; choose another folder with --home")
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / UNFINISHED).touch()
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"  {time.monotonic() - began:5.1f} s  {text}", flush=True)

    from regulars.cli.start import ensure_tables, start_django

    print("Making Corner Coffee 街角咖啡 …", flush=True)
    start_django()
    logging.getLogger("regulars").setLevel(logging.WARNING)
    ensure_tables()
    from regulars.cli.demo.build import build
    from regulars.cli.demo.staff import hire
    from regulars.cli.demo.work import catch_up, leave_an_import_waiting

    now = datetime.now(UTC)
    password = f"{secrets.choice(WORDS)} {secrets.choice(WORDS)} {secrets.randbelow(90) + 10}"
    hire(STAFF, password, now=now)
    build(now=now, customers=customers, say=say)
    leave_an_import_waiting(home, now)
    say("an import that waits for a decision")
    catch_up()
    say("the lake, from which the numbers are read")
    about = {"made_at": now.isoformat(), "password": password}
    (home / MARK).write_text(json.dumps(about), encoding="utf-8")
    (home / MARK).chmod(0o600)
    (home / UNFINISHED).unlink()
    logging.getLogger("regulars").setLevel(logging.INFO)


WORDS = (
    "amber", "autumn", "basil", "breeze", "cedar", "cinnamon", "copper", "espresso", "ginger", "harbour", "kettle",
    "lantern", "maple", "morning", "osmanthus", "pepper", "porcelain", "river", "saffron", "terrace", "velvet",
    "willow",
)  # fmt: skip


def _serve(home: Path, port: int) -> None:
    from regulars.cli.commands.serve import serve
    from regulars.cli.start import ensure_tables, start_django

    start_django()
    ensure_tables()
    password = json.loads((home / MARK).read_text(encoding="utf-8"))["password"]

    def greeting(address: str) -> str:
        others = ", ".join(f"{name.lower()}@example.com ({role})" for name, role in STAFF[1:])
        return (
            f"\nThe demo shop is open at {address}\n\n"
            f"  Sign in as  olive@example.com (owner)\n"
            f"  password    {password}\n\n"
            f"The same password opens {others}.\n"
            f"Ctrl-C closes it; it lives in {home}; `regulars demo --remove --home {home}` deletes it."
        )

    # Known passwords are for this machine only.
    serve("127.0.0.1", port, greeting=greeting)
