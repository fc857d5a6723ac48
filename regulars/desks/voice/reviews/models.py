"""Reviews, their pictures, the shop's replies, and what was decided of them."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.desks.voice.opinions.models import Opinion
from regulars.people.models import Customer
from regulars.shop.models import Order, Product


class Review(models.Model):
    """An opinion that its author wants everybody to read. The words and the stars are the opinion's.

    ``stars`` stands here too, so that the counts of a product are one look at an index; they are written together.
    """

    class Origin(models.TextChoices):
        OWN = "own"  # written here
        JUDGEME = "judgeme"
        YOTPO = "yotpo"
        TAOBAO = "taobao"

    class State(models.TextChoices):
        SHOWN = "shown"
        HELD = "held"  # a person looks at it, until ``decide_by``; then it is shown by itself
        REMOVED = "removed"  # a stub with its reason stays
        DELETED = "deleted"  # by its author, or with her erasure

    opinion = models.OneToOneField(Opinion, models.CASCADE)
    product = models.ForeignKey(Product, models.CASCADE)
    link = models.CharField(max_length=120, unique=True)  # what makes two sendings one review
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True)
    order = models.ForeignKey(Order, models.SET_NULL, null=True)  # that shows the purchase
    is_verified = models.BooleanField(default=False)
    stars = models.SmallIntegerField()
    author = models.CharField(max_length=60, default="")  # as she wishes to be called in public
    incentive = models.CharField(max_length=120, default="")  # what every author got then, whatever the stars
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.OWN)
    state = models.CharField(max_length=8, choices=State)
    reasons = models.JSONField(default=list)  # why it is held or removed: rules.REASONS
    decide_by = InstantField(null=True)
    place = models.BinaryField(max_length=16, default=b"")  # digest of the network address it came from
    came_in = models.ForeignKey("ReviewFile", models.SET_NULL, null=True)  # the file it is from
    written_at = InstantField()
    changed_at = InstantField(null=True)
    shown_at = InstantField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["product", "state", "stars"], name="review_stars_of_product"),
            models.Index(fields=["product", "state", "written_at"], name="review_of_product"),
            models.Index(fields=["state", "written_at"], name="review_state"),
            models.Index(fields=["customer"], name="review_of_customer"),
            models.Index(fields=["place", "written_at"], name="review_from_place"),
            models.Index(fields=["decide_by"], name="review_due", condition=models.Q(state="held")),
        ]


class ReviewPhoto(models.Model):
    """A picture that came with a review."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="photos")
    file = models.CharField(max_length=120)
    position = models.SmallIntegerField(default=0)


class Reply(models.Model):
    """What the shop answered in public. Earlier wordings stay, for the shop."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="replies")
    text = models.TextField()
    at = InstantField()
    by = models.CharField(max_length=40)
    replaced_at = InstantField(null=True)  # by a later wording, or taken back

    class Meta:
        indexes = [models.Index(fields=["review", "replaced_at"], name="reply_of_review")]


class Decision(models.Model):
    """What became of a review, by whom and why. ``by`` is "system" where a rule held it or its time ran out."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="decisions")
    what = models.CharField(max_length=10)  # held, shown, removed
    reasons = models.JSONField(default=list)
    note = models.CharField(max_length=300, default="")
    at = InstantField()
    by = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["review", "at"], name="decision_of_review")]


class ReviewFile(models.Model):
    """A file of reviews from elsewhere, read in parts."""

    class State(models.TextChoices):
        READ = "read"  # looked through; nothing is taken in yet
        RUNNING = "running"
        DONE = "done"
        UNDONE = "undone"

    origin = models.CharField(max_length=8, choices=Review.Origin)
    name = models.CharField(max_length=200)
    file = models.CharField(max_length=120)  # "" once it is done with
    state = models.CharField(max_length=8, choices=State, default=State.READ)
    rows = models.IntegerField(default=0)
    read = models.IntegerField(default=0)  # rows worked through
    taken = models.IntegerField(default=0)  # of which were new
    problems = models.JSONField(default=list)  # [row, field, what is wrong, what to do], the first of them
    unfit = models.IntegerField(default=0)  # rows with a problem
    at = InstantField()
    by = models.CharField(max_length=40)
