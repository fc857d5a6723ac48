"""The menu stands on the two legs of a shop: people and goods."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.ui.context import MENU, MenuItem

MENU[:] = [
    MenuItem("today", _("Today"), "web:today", "today"),
    MenuItem("customers", _("Customers"), "web:customers", "people", "see_customers", _("People")),
    MenuItem("audiences", _("Audiences"), "audiences:list", "filter", "reach_customers", _("People")),
    MenuItem("visits", _("Visits"), "web:visits", "eye", "see_numbers", _("People")),
    MenuItem("retention", _("Retention"), "web:retention", "repeat", "see_numbers", _("People")),
    MenuItem("campaigns", _("Campaigns"), "campaigns:list", "mail", "reach_customers", _("People")),
    MenuItem("journeys", _("Journeys"), "journeys:list", "clock", "reach_customers", _("People")),
    MenuItem("opinions", _("Opinions"), "opinions:list", "heart", "hear_customers", _("People")),
    MenuItem("orders", _("Orders"), "web:orders", "bag", "see_orders", _("Goods")),
    MenuItem("products", _("Products"), "web:products", "tag", "see_orders", _("Goods")),
    MenuItem("quality", _("Quality"), "quality:board", "box", "see_orders", _("Goods")),
    MenuItem("imports", _("Imports"), "imports:list", "upload", "import_data", _("Shop")),
    MenuItem("settings", _("Settings"), "web:settings", "gear", "manage_settings", _("Shop")),
]
