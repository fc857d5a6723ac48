"""Every write of journeys."""

from regulars.desks.outreach.journeys.operations.advancing import advance
from regulars.desks.outreach.journeys.operations.editing import (
    JourneyRefused,
    change_journey,
    count_margin,
    delete_draft,
    draft_journey,
    problems_of,
    publish,
    start,
    stop,
    undo_change,
)
from regulars.desks.outreach.journeys.operations.entering import ask_audiences, follow, take_in, wake_for_rules
from regulars.desks.outreach.journeys.operations.leaving import forget_erased, forget_travellers, take_back_exited

__all__ = [
    "JourneyRefused", "advance", "ask_audiences", "change_journey", "count_margin", "delete_draft", "draft_journey",
    "follow", "forget_erased", "forget_travellers", "problems_of", "publish", "start", "stop", "take_back_exited",
    "take_in", "undo_change", "wake_for_rules",
]  # fmt: skip
