"""Every write of the staff room."""

from regulars.staff.operations.accounts import (
    StaffRefused,
    accept_invitation,
    change_own_details,
    change_password,
    change_role,
    create_owner,
    find_invitation,
    invite,
    leave,
    rejoin,
    revoke_invitation,
    setup_code,
)
from regulars.staff.operations.sign_in import TooManyAttempts, sign_in

__all__ = [
    "StaffRefused",
    "TooManyAttempts",
    "accept_invitation",
    "change_own_details",
    "change_password",
    "change_role",
    "create_owner",
    "find_invitation",
    "invite",
    "leave",
    "rejoin",
    "revoke_invitation",
    "setup_code",
    "sign_in",
]
