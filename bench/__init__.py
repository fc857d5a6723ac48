"""Benchmarks: a subject beside a named peer or physical limit, in one run. ``python -m bench NAME``."""
