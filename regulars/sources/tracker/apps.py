"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.sources.tracker"
    label = "tracker"

    def ready(self) -> None:
        """Declare kinds and jobs; hear of erased people; tell the lake and audiences whose visits are whose."""
        from regulars.people.operations.records import ON_ERASE
        from regulars.sources.tracker import audience_words, jobs, keeping, kinds  # noqa: F401
        from regulars.sources.tracker.operations import forget_links
        from regulars.sources.tracker.whose import visitor_map
        from regulars.stream import dimensions

        if forget_links not in ON_ERASE:
            ON_ERASE.append(forget_links)
        dimensions.register("visitor_map", [("visitor", str), ("customer", int)], visitor_map)
        keeping.declare()
        audience_words.declare()
