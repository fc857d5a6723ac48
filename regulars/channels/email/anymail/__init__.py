"""Mail through the interfaces of providers, with what they tell us later; django-anymail knows their dialects."""
