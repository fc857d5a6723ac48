"""The verbs of reviews."""

from regulars.desks.voice.reviews.operations.deciding import DecisionError, publish, publish_overdue, remove
from regulars.desks.voice.reviews.operations.files import FileError, read_file, take_file, undo_file, work_on_file
from regulars.desks.voice.reviews.operations.replying import reply, take_back_reply
from regulars.desks.voice.reviews.operations.settings import Settings, reviewing, save_reviewing
from regulars.desks.voice.reviews.operations.writing import (
    Came,
    NewReview,
    ReviewError,
    TooMany,
    delete_own,
    forget_reviews,
    purchase_of,
    write,
)

__all__ = [
    "Came", "DecisionError", "FileError", "NewReview", "ReviewError", "Settings", "TooMany", "delete_own",
    "forget_reviews", "publish", "publish_overdue", "purchase_of", "read_file", "remove", "reply", "reviewing",
    "save_reviewing", "take_back_reply", "take_file", "undo_file", "work_on_file", "write",
]  # fmt: skip
