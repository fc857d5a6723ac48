"""Themes: from a hundred opinions to the critical few needs, offline, in English and Chinese together.

A pure library, of use in a notebook:

>>> from regulars.insight.themes.sorting import Example, train
>>> sorter = train([Example("the box was soaked", ("damaged",))])
>>> [said.theme for said in sorter.sort(["my parcel is two weeks late"])[0].said]
['late']

`normalise` makes texts comparable, `duplicates` finds what was said twice, `taxonomy` has the shop's themes and
sentences to begin with, `sorting` learns and sorts, `keeping` makes bytes of what was learnt, `drafts` groups what
sorting was unsure of, `quality` says how far two people agree. SciPy is loaded where something is learnt or sorted, so
that starting costs nothing.
"""
