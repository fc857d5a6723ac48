"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.people"
    label = "people"

    def ready(self) -> None:
        """Declare the activity kinds of this room, and the dimension of the lake that says who is who."""
        from regulars.people import kinds  # noqa: F401
        from regulars.people.queries import customer_map
        from regulars.stream import dimensions

        dimensions.register("customer_map", [("customer", int), ("root", int)], customer_map)
