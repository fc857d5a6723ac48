"""Every write of the room."""

from regulars.desks.voice.needs.operations.checking import answer_check, draw_checks
from regulars.desks.voice.needs.operations.confirming import confirm, keep_proposals
from regulars.desks.voice.needs.operations.deeds import (
    NewDeed,
    change_deed,
    do_deed,
    drop_deed,
    hide_deed,
    judge_deed,
    plan_deed,
    show_deed,
    undo_deed,
)
from regulars.desks.voice.needs.operations.programs import (
    ask_members,
    begin_program,
    finish_program,
    note_step,
    reopen_program,
    unnote_step,
)
from regulars.desks.voice.needs.operations.shaping import (
    change_need,
    make_need,
    merge_needs,
    need_of_theme,
    split_need,
    unmerge_need,
    unsplit_need,
)
from regulars.desks.voice.needs.operations.telling import tell

__all__ = [
    "NewDeed", "answer_check", "ask_members", "begin_program", "change_deed", "change_need", "confirm", "do_deed",
    "draw_checks", "drop_deed", "finish_program", "hide_deed", "judge_deed", "keep_proposals", "make_need",
    "merge_needs", "need_of_theme", "note_step", "plan_deed", "reopen_program", "show_deed", "split_need", "tell",
    "undo_deed", "unmerge_need", "unnote_step", "unsplit_need",
]  # fmt: skip
