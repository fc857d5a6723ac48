"""Looking a product up, to put it into a text as a card."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.shop.models import Product
from regulars.staff.access import needs
from regulars.staff.rules import Permission

MOST = 20


@needs(Permission.REACH_CUSTOMERS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List products on sale by a part of their name, or a number on their label, with the word that stands for each."""
    text = request.GET.get("product", "").replace("\0", "").strip()[:80]
    rows = Product.objects.filter(is_listed=True).select_related("store")
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(variant__sku__iexact=text)).distinct()
    context = {"nav": "campaigns", "text": text, "products": list(rows.order_by("title", "pk")[:MOST]), "most": MOST}
    return render(request, "campaigns/products.html", context)
