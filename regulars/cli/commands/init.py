"""Set a shop up: its settings and its owner."""

from __future__ import annotations

import argparse
import getpass
import sys

from regulars.cli.problem import Problem

NAME = "init"
HELP = "Set a shop up in REGULARS_HOME: its name, currency and time zone, and its owner's account."
NEEDS_SHOP = False


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--shop", required=True, metavar="NAME", help="the shop's name")
    parser.add_argument("--currency", required=True, metavar="CUR", help="currency of all reports, as CNY or EUR")
    parser.add_argument("--timezone", required=True, metavar="ZONE", help="the shop's time zone, as Asia/Shanghai")
    parser.add_argument(
        "--language", default="en", choices=["en", "zh-hans"], help="language of its pages (default en)"
    )
    parser.add_argument("--owner", required=True, metavar="EMAIL", help="the owner's e-mail address, to sign in with")
    parser.add_argument("--owner-name", default="", metavar="NAME", help="the owner's name")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(args: argparse.Namespace) -> int:
    """Make the shop; refuse if there is one."""
    from regulars.base.installation import shop_settings
    from regulars.cli.start import ensure_tables, has_shop
    from regulars.config.environment import home

    _check(args)
    if has_shop():
        raise Problem(f"there is a shop in {home()} already: {shop_settings().name}; nothing was changed")
    password = _password(from_stdin=args.password_stdin)
    ensure_tables()
    _make(args, password)
    print(f"{args.shop} is set up in {home()}. Start it with: regulars serve")
    return 0


def _check(args: argparse.Namespace) -> None:
    """Refuse what the operations would refuse, before anything is made."""
    from regulars.base.clock import zone
    from regulars.base.money import check_currency

    zone(args.timezone)
    check_currency(args.currency.upper())
    if not args.shop.strip():
        raise Problem("the shop needs a name")


def _make(args: argparse.Namespace, password: str) -> None:
    from django.db import transaction

    from regulars.base.actor import COMMAND_LINE
    from regulars.base.clock import now
    from regulars.base.installation import ShopSettings
    from regulars.shop.operations import change_settings
    from regulars.staff.operations import create_owner

    settings = ShopSettings(
        name=args.shop.strip(), currency=args.currency.upper(), timezone=args.timezone, language=args.language
    )
    at = now()
    with transaction.atomic():
        create_owner(email=args.owner, name=args.owner_name, password=password, by=COMMAND_LINE, at=at)
        change_settings(settings, by=COMMAND_LINE, at=at)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = getpass.getpass("Password of the owner: ")
        if password != getpass.getpass("Once more: "):
            raise Problem("the two passwords differ; nothing was changed")
    else:
        raise Problem("nobody is there to type a password; give it with --password-stdin")
    if not password:
        raise Problem("the password is empty; nothing was changed")
    return password
