"""Deciding which column is what, and in which zone, currency and manner of writing."""

from regulars.sources.csv_upload.mapping.check import check_columns, check_plan
from regulars.sources.csv_upload.mapping.fields import FIELDS, Field
from regulars.sources.csv_upload.mapping.guess import Guess
from regulars.sources.csv_upload.mapping.plan import Plan
from regulars.sources.csv_upload.mapping.propose import Proposal, propose

__all__ = ["FIELDS", "Field", "Guess", "Plan", "Proposal", "check_columns", "check_plan", "propose"]
