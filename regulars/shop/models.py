"""Stores, products and orders. Money is in minor units of the row's currency; gross means with tax and shipping."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.people.models import Customer


class Store(models.Model):
    """One place of sale: an own site, a Tmall shop, a counter."""

    name = models.CharField(max_length=80, unique=True)
    platform = models.CharField(max_length=20, default="")  # shopify, taobao, ... scope of its buyers' accounts
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=40)
    country = models.CharField(max_length=2, default="")  # for phone numbers written without a country code
    tax_included = models.BooleanField(default=True)
    # The address of a product's page, with {id} for what the store calls it; "" is what its platform is known by.
    product_page = models.CharField(max_length=200, default="")
    created_at = InstantField()
    batch = models.BigIntegerField(null=True)


class ExchangeRate(models.Model):
    """One unit of ``source`` is worth ``rate`` units of ``target`` from ``date`` until the next row's date."""

    source = models.CharField(max_length=3)
    target = models.CharField(max_length=3)
    date = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    at = InstantField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target", "date"], name="rate_once_a_day")]


class Product(models.Model):
    """A product of a store, whatever its variants."""

    store = models.ForeignKey(Store, models.PROTECT)
    external_id = models.CharField(max_length=190)  # the store's handle or id
    title = models.CharField(max_length=300)
    vendor = models.CharField(max_length=120, default="")
    category = models.CharField(max_length=160, default="")
    image_url = models.CharField(max_length=500, default="")
    is_listed = models.BooleanField(default=True)
    content = models.BinaryField(max_length=16, default=b"")  # digest of the imported values
    created_at = InstantField()
    batch = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "external_id"], name="product_once_a_store")]
        indexes = [models.Index(fields=["title"], name="product_title")]


class Variant(models.Model):
    """What is actually put in the basket: a size, a colour, a pack."""

    product = models.ForeignKey(Product, models.CASCADE)
    sku = models.CharField(max_length=120, default="")
    barcode = models.CharField(max_length=60, default="")
    title = models.CharField(max_length=200, default="")
    position = models.IntegerField(default=0)
    price_minor = models.BigIntegerField(null=True)
    compare_at_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    stock = models.IntegerField(null=True)
    batch = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "position"], name="variant_place")]
        indexes = [models.Index(fields=["sku"], name="variant_sku")]


class Price(models.Model):
    """A price a variant was seen at, from an instant until the next row."""

    variant = models.ForeignKey(Variant, models.CASCADE)
    price_minor = models.BigIntegerField()
    compare_at_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    since_at = InstantField()
    by = models.CharField(max_length=40)
    batch = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["variant", "since_at"], name="price_of_variant")]


class Order(models.Model):
    """One order. Only ``paid`` orders are business; ``unpaid`` and ``closed`` ones are kept apart."""

    class State(models.TextChoices):
        UNPAID = "unpaid"
        PAID = "paid"
        CLOSED = "closed"

    store = models.ForeignKey(Store, models.PROTECT)
    number = models.CharField(max_length=80)
    # Null: the file names no buyer (Pinduoduo), so the order counts as business but as nobody's.
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True)
    state = models.CharField(max_length=6, choices=State)
    platform_status = models.CharField(max_length=60, default="")
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField()  # as ordered
    paid_minor = models.BigIntegerField()  # what the buyer paid; 0 unless paid
    discount_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    # paid_minor in the shop's reporting currency; null while its rate is missing.
    reporting_minor = models.BigIntegerField(null=True)
    items = models.IntegerField(default=0)
    placed_at = InstantField()
    paid_at = InstantField(null=True)
    closed_at = InstantField(null=True)
    content = models.BinaryField(max_length=16, default=b"")  # digest of the imported values: equal means unchanged
    revision = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True)  # the import that created it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "number"], name="order_once_a_store")]
        indexes = [
            models.Index(fields=["customer", "placed_at"], name="order_of_customer"),
            models.Index(fields=["placed_at"], name="order_by_time"),
            models.Index(fields=["number"], name="order_number"),
        ]


class Line(models.Model):
    """One line of an order."""

    order = models.ForeignKey(Order, models.CASCADE)
    position = models.IntegerField()
    title = models.CharField(max_length=300)
    sku = models.CharField(max_length=120, default="")
    variant_title = models.CharField(max_length=200, default="")
    product = models.ForeignKey(Product, models.SET_NULL, null=True)
    quantity = models.IntegerField()
    unit_minor = models.BigIntegerField(null=True)
    total_minor = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["product"], name="line_of_product")]
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="line_place")]


class Parcel(models.Model):
    """One consignment of an order."""

    order = models.ForeignKey(Order, models.CASCADE)
    carrier = models.CharField(max_length=60, default="")
    tracking_number = models.CharField(max_length=80, default="")
    shipped_at = InstantField(null=True)
    delivered_at = InstantField(null=True)


class Refund(models.Model):
    """Money given back for an order, in part or whole."""

    order = models.ForeignKey(Order, models.CASCADE)
    amount_minor = models.BigIntegerField()
    refunded_at = InstantField()
    is_date_known = models.BooleanField(default=True)  # many exports carry one sum per order and no date
    reason = models.CharField(max_length=200, default="")
    batch = models.BigIntegerField(null=True)


class CustomerSummary(models.Model):
    """A person's business in a row, by root customer: what lists sort and filter by. Derived; rebuilt at any time."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True)
    orders = models.IntegerField(default=0)  # paid orders
    revenue_minor = models.BigIntegerField(default=0)  # in the reporting currency, refunds not deducted
    refunded_minor = models.BigIntegerField(default=0)
    first_order_at = InstantField(null=True)
    last_order_at = InstantField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["last_order_at"], name="summary_last"),
            models.Index(fields=["revenue_minor"], name="summary_revenue"),
            models.Index(fields=["orders", "last_order_at"], name="summary_orders"),
        ]


class Lot(models.Model):
    """Goods of one product that were made or bought together: what is wrong with one is likely wrong with others."""

    product = models.ForeignKey(Product, models.CASCADE)
    variant = models.ForeignKey(Variant, models.SET_NULL, null=True)  # null: it holds all variants
    code = models.CharField(max_length=60)  # as printed on the goods, or the shop's own
    supplier = models.CharField(max_length=120, default="")
    made_date = models.DateField(null=True)
    bought_date = models.DateField(null=True)
    arrived_date = models.DateField(null=True)
    quantity = models.IntegerField(null=True)  # pieces that came
    at = InstantField()
    by = models.CharField(max_length=40)
    # Entered by mistake, or gone for good. It keeps its orders and checks, and is not watched any more.
    withdrawn_at = InstantField(null=True)
    withdrawn_by = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "code"], name="lot_once_a_product")]


class LotLine(models.Model):
    """So many pieces of a lot are in an order.

    It names the order, not its line: lines are written anew whenever a newer file tells of the order, and the lot's
    product says which line is meant.
    """

    class How(models.TextChoices):
        HAND = "hand"
        FILE = "file"
        ASSUMED = "assumed"  # first in, first out: nobody wrote it down

    lot = models.ForeignKey(Lot, models.CASCADE)
    order = models.ForeignKey(Order, models.CASCADE)
    quantity = models.IntegerField()
    how = models.CharField(max_length=7, choices=How)
    at = InstantField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lot", "order"], name="lot_once_an_order")]


class Check(models.Model):
    """Somebody looked at a lot. What was seen stays: a check entered wrongly is taken back, not deleted."""

    class Stage(models.TextChoices):
        SOURCING = "sourcing"
        DISPATCH = "dispatch"

    class Result(models.TextChoices):
        PASS = "pass"  # noqa: S105 - a result, no password
        FAIL = "fail"
        NOTE = "note"

    lot = models.ForeignKey(Lot, models.CASCADE)
    stage = models.CharField(max_length=8, choices=Stage)
    what = models.CharField(max_length=200)
    result = models.CharField(max_length=4, choices=Result)
    value = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    unit = models.CharField(max_length=12, default="")
    photo = models.CharField(max_length=80, default="")  # its name in the file store; "" of none
    at = InstantField()
    by = models.CharField(max_length=40)
    taken_back_at = InstantField(null=True)
    taken_back_by = models.CharField(max_length=40, default="")


class StopSale(models.Model):
    """A person decided that a lot, or a whole product, is not to be sold until she says otherwise."""

    product = models.ForeignKey(Product, models.CASCADE)
    lot = models.ForeignKey(Lot, models.CASCADE, null=True)  # null: the whole product
    reason = models.CharField(max_length=200)
    at = InstantField()
    by = models.CharField(max_length=40)
    lifted_at = InstantField(null=True)
    lifted_by = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=models.Q(lifted_at=None, lot__isnull=False), name="lot_stopped_once"
            ),
            models.UniqueConstraint(
                fields=["product"], condition=models.Q(lifted_at=None, lot=None), name="product_stopped_once"
            ),
        ]
