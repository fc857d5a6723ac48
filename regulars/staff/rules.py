"""Who may do what. One table; everything else asks it."""

from __future__ import annotations

from enum import StrEnum

from regulars.staff.models import Role


class Permission(StrEnum):
    """One right. What is not listed here, everybody who works in the shop may do."""

    SEE_NUMBERS = "see_numbers"
    SEE_CUSTOMERS = "see_customers"
    SEE_CONTACTS = "see_contacts"
    EDIT_CUSTOMERS = "edit_customers"
    SEE_ORDERS = "see_orders"
    IMPORT_DATA = "import_data"
    EXPORT_DATA = "export_data"
    REACH_CUSTOMERS = "reach_customers"
    HEAR_CUSTOMERS = "hear_customers"
    KEEP_GOODS = "keep_goods"
    MANAGE_SETTINGS = "manage_settings"
    MANAGE_STAFF = "manage_staff"


P = Permission
ROLES: dict[str, frozenset[Permission]] = {
    Role.OWNER: frozenset(P),
    Role.MANAGER: frozenset(P) - {P.MANAGE_STAFF},
    Role.MARKETER: frozenset(
        {
            P.SEE_NUMBERS,
            P.SEE_CUSTOMERS,
            P.SEE_CONTACTS,
            P.SEE_ORDERS,
            P.EXPORT_DATA,
            P.REACH_CUSTOMERS,
            P.HEAR_CUSTOMERS,
        }  # fmt: skip
    ),
    # Whoever packs and takes returns in hand sees first what is wrong with the goods.
    Role.AGENT: frozenset(
        {P.SEE_CUSTOMERS, P.SEE_CONTACTS, P.EDIT_CUSTOMERS, P.SEE_ORDERS, P.HEAR_CUSTOMERS, P.KEEP_GOODS}
    ),
    # Without personal data: sees figures and orders, nobody's name.
    Role.ANALYST: frozenset({P.SEE_NUMBERS, P.SEE_ORDERS}),
}


def allowed(role: str, permission: Permission) -> bool:
    """Return whether people of ``role`` hold ``permission``; an unknown role holds none."""
    return permission in ROLES.get(role, frozenset())
