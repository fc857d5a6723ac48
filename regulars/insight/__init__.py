"""What it means. A pure library over the lake: usable from a notebook, imports no Django, never writes."""
