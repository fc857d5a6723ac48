"""The room as a Django app."""

from datetime import date

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.shop"
    label = "shop"

    def ready(self) -> None:
        """Tell the lower rooms what this one keeps per person and for the lake."""
        from regulars.people.exporting import SECTIONS
        from regulars.people.operations.forget import ON_FORGET, STILL_NEEDED
        from regulars.people.operations.together import ON_ROOTS_CHANGED
        from regulars.people.queries import ACCOUNT_SCOPES
        from regulars.shop import kinds  # noqa: F401 - declares the kinds
        from regulars.shop.accounts import account_scopes
        from regulars.shop.exporting import orders
        from regulars.shop.operations.summaries import drop_summaries, refresh_summaries
        from regulars.shop.rates import dated_rates
        from regulars.stream import dimensions

        SECTIONS["orders"] = orders
        if refresh_summaries not in ON_ROOTS_CHANGED:
            ON_ROOTS_CHANGED.append(refresh_summaries)
        if account_scopes not in ACCOUNT_SCOPES:
            ACCOUNT_SCOPES.append(account_scopes)
        if drop_summaries not in ON_FORGET:
            ON_FORGET.append(drop_summaries)
            STILL_NEEDED.append("EXISTS (SELECT 1 FROM shop_order o WHERE o.customer_id = people_customer.id)")
        columns = [("source", str), ("target", str), ("date", date), ("rate", float)]
        dimensions.register("rates", columns, dated_rates)
        dimensions.counts_as_revenue("order.paid", 1)
        dimensions.counts_as_revenue("order.refunded", -1)
