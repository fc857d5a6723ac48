"""Themes: from a hundred opinions to the critical few needs, offline, in English and Chinese together.

A pure library; `scikit-learn` is imported where something is trained or sorted, so that starting costs nothing.
"""
