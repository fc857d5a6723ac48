"""What every page knows of the person before it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from regulars.staff.access import may, person


def facts(request: HttpRequest) -> dict[str, Any]:
    """Return ``person`` (None before sign-in) and ``may``."""
    staff = person(request) if hasattr(request, "user") else None
    if staff is None:
        return {"person": None, "may": {}}
    return {"person": staff, "may": may(request), "theme": staff.theme}
