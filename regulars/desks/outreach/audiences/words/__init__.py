"""The words of rules that this desk knows; a room above registers its own with ``decisions.audiences.WORDS``."""

from regulars.desks.outreach.audiences.words import audiences, consent, events, orders, people, products

__all__ = ["audiences", "consent", "events", "orders", "people", "products"]
