"""Take pictures of the demo: ``python -m tools.screenshots`` renews docs/images; ``--all FOLDER`` takes every page.

Serves the demo in ``.demo`` (made if it is not there) on a free port and drives the system's Chromium.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
PAGES = {
    "today": "/",
    "customers": "/customers/",
    "products": "/products/",
    "orders": "/orders/",
    "imports": "/imports/",
    "retention": "/retention/",
    "settings": "/settings/",
    "team": "/team/",
    "patterns": "/-/patterns",
}
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 1040}},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "device_scale_factor": 2},
    "chinese": {"viewport": {"width": 1280, "height": 860}, "locale": "zh-CN"},
}


@contextmanager
def demo(home: Path) -> Iterator[tuple[str, str]]:
    """Serve the demo in ``home``; yield its address and the password of its staff."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "regulars.cli.main", "demo", "--home", str(home), "--port", str(port)]
    server = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/account/sign-in/", timeout=5).close()  # noqa: S310 - our own server
                break
            except OSError:
                time.sleep(0.5)
        yield address, json.loads((home / "demo.json").read_text(encoding="utf-8"))["password"]
    finally:
        server.terminate()
        server.wait(30)


def sign_in(browser: Any, address: str, password: str, look: dict[str, Any]) -> Any:
    """Return a page of a browser signed in as Olive."""
    page = browser.new_context(**look).new_page()
    page.goto(f"{address}/account/sign-in/")
    page.fill("input[name=email]", "olive@example.com")
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{address}/")
    return page


def pictures(folder: Path, home: Path, *, looks: list[str], names: list[str], full: bool) -> None:
    """Write NAME-LOOK.png into ``folder``; "customer" is Ada's page."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with demo(home) as (address, password), sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for look in looks:
            page = sign_in(browser, address, password, LOOKS[look])
            for name in names:
                page.goto(address + PAGES.get(name, "/customers/?q=ada@example.com"))
                if name == "customer":
                    with page.expect_navigation():
                        page.click("main tbody a >> nth=0")
                page.wait_for_load_state("networkidle")
                target = folder / (f"{name}.png" if look == "desktop" else f"{name}-{look}.png")
                page.screenshot(path=target, full_page=full)
                print(target)
        browser.close()


def main() -> int:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=REPOSITORY / ".demo", help="folder of the demo")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="take every page in every look into FOLDER")
    asked = parser.parse_args()
    if asked.all:
        pictures(asked.all, asked.home, looks=list(LOOKS), names=[*PAGES, "customer"], full=True)
    else:
        pictures(REPOSITORY / "docs" / "images", asked.home, looks=["desktop"], names=["today"], full=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
