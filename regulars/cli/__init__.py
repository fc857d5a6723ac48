"""The ``regulars`` command."""
