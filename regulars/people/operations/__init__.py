"""Every write of the people room."""

from regulars.people.operations.consent import (
    ConsentEntry,
    lift_suppression,
    record_consents,
    suppress,
    withdraw_consent,
)
from regulars.people.operations.intake import Known, remember_buyers
from regulars.people.operations.records import change_details, erase, record_customer_export
from regulars.people.operations.together import (
    MergeRefused,
    merge,
    reject_suggestion,
    reopen_suggestion,
    suggest_merges,
    unmerge,
)

__all__ = [
    "ConsentEntry",
    "Known",
    "MergeRefused",
    "change_details",
    "erase",
    "lift_suppression",
    "merge",
    "record_consents",
    "record_customer_export",
    "reject_suggestion",
    "reopen_suggestion",
    "remember_buyers",
    "suggest_merges",
    "suppress",
    "unmerge",
    "withdraw_consent",
]
