"""The rows that rules choose from: one a person, by root record, with her sums; erased people are never among them."""

from regulars.decisions.audiences import Base

BASE = Base(
    "people_customer c LEFT JOIN shop_customersummary s ON s.customer_id = c.id",
    "c.id",
    "c.root_id = c.id AND c.erased_at IS NULL",
)
