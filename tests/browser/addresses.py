"""Every page of the product that a browser can open, found by asking each address of the URL table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse


def patterns(under: Any, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address by its full name."""
    for pattern in under:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern


def pages(client: Client, places: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Return the path of each page that ``client`` may open, by a name.

    ``places`` say with what arguments the addresses that take some are opened. What answers with a file, a fragment,
    another address or "not by GET" is no page; what answers with an error is a mistake here or there.
    """
    found = {}
    for name, pattern in patterns(get_resolver().url_patterns):
        for number, arguments in enumerate(places.get(name, [_anything(pattern)])):
            path = reverse(name, kwargs=arguments)
            answer = client.get(path)
            is_page = answer.status_code == 200 and _is_page(answer)
            answer.close()
            if is_page:
                found[f"{name} {number}".removesuffix(" 0")] = path
            elif answer.status_code not in {200, 302, 405}:
                raise AssertionError(f"{name} at {path} says {answer.status_code}; give it arguments in `places`")
    return found


def _anything(pattern: URLPattern) -> dict[str, Any]:
    return {key: 1 if type(c).__name__ == "IntConverter" else "x" for key, c in pattern.pattern.converters.items()}


def _is_page(answer: Any) -> bool:
    if answer.streaming or not answer.headers["Content-Type"].startswith("text/html"):
        return False
    return b"<html" in answer.content
