"""The people who work here: invited, given a role, seen off."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.base.clock import now
from regulars.staff import operations
from regulars.staff.access import actor, needs
from regulars.staff.models import Invitation, Role, Staff
from regulars.staff.rules import Permission
from regulars.ui.toasts import undoable

MANAGES = needs(Permission.MANAGE_STAFF)


@MANAGES
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest) -> HttpResponse:
    """Show who works here, and invite a colleague. The link of an invitation is shown once."""
    link, problem = "", ""
    if request.method == "POST":
        try:
            _invitation, token = operations.invite(
                email=request.POST.get("email", ""), role=request.POST.get("role", ""), by=actor(request), at=now()
            )
            link = request.build_absolute_uri(reverse("staff:accept_invitation", args=[token]))
        except operations.StaffRefused as refusal:
            problem = str(refusal)
    context = {
        "nav": "settings",
        "people": list(Staff.objects.order_by("left_at", "name", "email")),
        "invitations": list(
            Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now()).order_by("-at")
        ),
        "roles": Role.choices,
        "link": link,
        "problem": problem,
    }
    return render(request, "web/team.html", context)


@MANAGES
@require_POST
def role(request: HttpRequest, staff: int) -> HttpResponse:
    """Give a colleague another role."""
    get_object_or_404(Staff, pk=staff)
    try:
        if operations.change_role(staff, role=request.POST.get("role", ""), by=actor(request), at=now()):
            messages.success(request, _("The role is changed."))
    except operations.StaffRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("web:team")


@MANAGES
@require_POST
def leave(request: HttpRequest, staff: int) -> HttpResponse:
    """Close a colleague's account; her sessions end at once."""
    get_object_or_404(Staff, pk=staff)
    try:
        if operations.leave(staff, by=actor(request), at=now()):
            undoable(request, _("The account is closed."), reverse("web:team_rejoin", args=[staff]))
    except operations.StaffRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("web:team")


@MANAGES
@require_POST
def rejoin(request: HttpRequest, staff: int) -> HttpResponse:
    """Open a colleague's account again."""
    get_object_or_404(Staff, pk=staff)
    if operations.rejoin(staff, by=actor(request), at=now()):
        messages.success(request, _("The account is open again."))
    return redirect("web:team")


@MANAGES
@require_POST
def revoke(request: HttpRequest, invitation: int) -> HttpResponse:
    """Take an invitation back."""
    if operations.revoke_invitation(invitation, by=actor(request), at=now()):
        messages.success(request, _("The invitation is taken back."))
    return redirect("web:team")
