"""Serve the office: web pages, background worker and scheduler together."""

from __future__ import annotations

import argparse
import errno
import multiprocessing
import os
import socket
import sys
from collections.abc import Callable

from regulars.cli.problem import Problem

NAME = "serve"
HELP = "Serve the shop's office: web pages, background work and schedule in one command."
NEEDS_SHOP = False


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
    parser.add_argument("--processes", type=int, default=1, help="web processes (default 1; more need PostgreSQL)")
    parser.add_argument("--threads", type=int, default=4, help="requests a web process answers at once (default 4)")
    parser.add_argument("--no-worker", action="store_true", help="only web pages; background work runs elsewhere")


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    from regulars.cli.start import ensure_tables

    ensure_tables()
    serve(args.host, args.port, processes=args.processes, threads=args.threads, with_worker=not args.no_worker)
    return 0


def serve(
    host: str,
    port: int,
    *,
    processes: int = 1,
    threads: int = 4,
    with_worker: bool = True,
    greeting: Callable[[str], str] | None = None,
) -> None:
    """Serve until told to stop. ``greeting`` makes what is printed once the port is open from the address."""
    from django.db import connections
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from regulars.cli.supervisor import Supervisor

    if threads < 1:
        raise Problem("--threads: at least 1")
    _refuse_taken_port(host, port)
    address = f"http://{_reachable(host)}:{port}/"
    print((greeting or _greeting)(address), flush=True)
    connections.close_all()
    os.environ["REGULARS_THREADS"] = str(threads)
    # Forking a process that has threads can lock for ever; a fresh one costs a second.
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(
        "regulars.cli.web:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=processes,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        log_level=LogLevels.warning,
        websockets=False,
    )
    worker = Supervisor([sys.executable, "-m", "regulars.cli.worker"], "background worker")
    if with_worker:
        server.on_startup(worker.start)
    try:
        server.serve()
    finally:
        worker.stop()


def _reachable(host: str) -> str:
    """Return a name a browser on this machine finds the server by: "all addresses" is none."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - the owner chose it with --host
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _greeting(address: str) -> str:
    from regulars.staff.models import Staff

    if Staff.objects.exists():
        return f"Regulars is open at {address}"
    from django.urls import reverse

    from regulars.staff.operations import setup_code

    first = f"{address.rstrip('/')}{reverse('staff:first_start')}?code={setup_code()}"
    return f"Regulars is open. Make the owner's account at {first}"


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Problem(f"port {port} is taken; choose another with --port") from error
            raise Problem(f"cannot listen on {host}:{port}: {error.strerror}") from error
