"""What is asked of a lot and of a check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.base.pictures import MOST_BYTES
from regulars.desks.voice.quality.words import STAGES
from regulars.shop.models import Variant


class DateInput(forms.DateInput):
    """A day, by the phone's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class LotForm(forms.Form):
    """A lot."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=60,
        help_text=gettext_lazy("As printed on the goods, or one of your own."),
    )  # fmt: skip
    quantity = forms.IntegerField(label=gettext_lazy("Pieces"), required=False, min_value=1, max_value=2**31 - 1)
    arrived_date = forms.DateField(label=gettext_lazy("Arrived"), required=False, widget=DateInput)
    variant_id = forms.TypedChoiceField(label=gettext_lazy("Variant"), required=False, coerce=int, empty_value=None)
    supplier = forms.CharField(label=gettext_lazy("Supplier"), required=False, max_length=120)
    made_date = forms.DateField(label=gettext_lazy("Made"), required=False, widget=DateInput)
    bought_date = forms.DateField(label=gettext_lazy("Bought"), required=False, widget=DateInput)

    def __init__(self, *args: Any, product: int, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        variants = Variant.objects.filter(product_id=product).order_by("position")[:200]
        field = self.fields["variant_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", _("all of them")), *((v.pk, v.title or v.sku) for v in variants)]
        if not variants:
            del self.fields["variant_id"]
        if not is_new:
            del self.fields["code"]


class CheckForm(forms.Form):
    """A check. Its result is the button that is pressed."""

    what = forms.CharField(label=gettext_lazy("What was checked"), max_length=200)
    stage = forms.ChoiceField(label=gettext_lazy("When"), choices=list(STAGES.items()))
    value = forms.DecimalField(
        label=gettext_lazy("Measured"), required=False, max_digits=12, decimal_places=3,
        widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=12, help_text=gettext_lazy("g, mm …"))
    photo = forms.FileField(
        label=gettext_lazy("Photo"), required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy("Where and with what it was taken is not kept."),
    )  # fmt: skip

    def clean_photo(self) -> bytes:
        """Return what was sent; whether it is a picture is found out when it is drawn anew."""
        sent = self.cleaned_data["photo"]
        if not sent:
            return b""
        if sent.size > MOST_BYTES:
            raise forms.ValidationError(_("The picture is larger than 12 MB. Send a smaller one."))
        return bytes(sent.read())


class AssignForm(forms.Form):
    """A file that says which order holds which lot."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=gettext_lazy(
            "With the columns order, sku, lot and, if you like, quantity. The first line names the columns; sku may be "
            "empty where an order holds one product. A lot nobody entered yet is added."
        ),
    )  # fmt: skip
