"""Words that name nothing: left out of the labels of drafts, in both languages."""

from __future__ import annotations

ENGLISH = frozenset(
    """
    a about after again all also am an and any anyone anything are aren't as at back be because been before being both
    but by can can't cannot come could did didn't do does doesn't doing don't done down each even ever every few for
    from get gets getting give go goes going gone good got great had hadn't has hasn't have haven't having he hello her
    here hers hi him his how i i'd i'll i'm i've if in into is isn't it it's its itself just know last let like lot made
    make many may maybe me mean mine more most much must my myself need never next no none nor not nothing now of off
    often ok okay on once one only or other our ours out over own please put quite rather really said same say see she
    should since so some someone something still such sure take than thank thanks that that's the their them then there
    these they thing things think this those through time to today too took tried try trying two under until up us use
    used very want wanted was wasn't way we well went were weren't what when where which while who whom why will with
    without won't would yes yesterday yet you you're your yours phone mail link number
    """.split()  # noqa: SIM905
)
# A run of signs that has one of these is a piece of a sentence, not a name.
SIGNS = frozenset(
    "的了是我你他她它们这那在有就也都很还不没和与及或但而又再才把被让给对从到个吗呢吧啊呀哦哈嗯么啦着过会能要可以说什怎谁哪几之其为于因所如果虽然只已经"
)
