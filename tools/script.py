"""Make the tracking script that is served from the one that is read: ``python -m tools.script``, or ``--check`` it.

rjsmin takes comments and spaces out. It renames nothing, which a script of three kilobytes cannot afford, so local
names are shortened here: only names that are seen to be declared, and never a property or a key.
"""

from __future__ import annotations

import argparse
import gzip
import re
import string
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path

import rjsmin

ROOMS = Path(__file__).resolve().parent.parent / "regulars"
FOLDER = ROOMS / "sources" / "tracker" / "script"
SOURCE, BUILT = FOLDER / "visits.js", FOLDER / "visits.min.js"
MOST_BYTES = 3072  # compressed
# Scripts with room to spare keep their names: (what people read, how many bytes it may have compressed).
WIDGETS = (
    (ROOMS / "desks" / "voice" / "reviews" / "script" / "reviews.js", 8_192),
    (ROOMS / "desks" / "voice" / "ports" / "script" / "port.js", 8_192),
)

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?:(?<=[(,=?:!&|{};])|(?<=return))/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)"""
    r"|(?P<number>\d[\w.]*)|(?P<name>[A-Za-z_$][\w$]*)|(?P<dots>\.\.\.)|(?P<sign>\s+|.)",
    re.DOTALL,
)
_NAME = r"[A-Za-z_$][\w$]*"
_VARIABLES = [
    re.compile(rf"\b(?:const|let|function)\s+({_NAME})"),
    re.compile(rf",({_NAME})=(?![=>])"),  # the others of ``let one = 1, two = 2``
    re.compile(r"\blet ([\w$,]+);"),
]
_PARAMETERS = [re.compile(rf"({_NAME})=>"), re.compile(r"\(([\w$,.\[\]]*)\)=>")]
_TOP = 2  # brackets around what stands at the top: those of ``(() => {``


def _declared(patterns: Iterable[re.Pattern[str]], bare: str) -> set[str]:
    return {name for pattern in patterns for said in pattern.findall(bare) for name in re.findall(_NAME, said)}


def shortened(code: str) -> str:
    """Return code without comments and spaces, all in one ``(() => {…})()``, with its local names made short.

    A name declared at the top becomes the same short one everywhere; one declared further in becomes the same within a
    statement of the top, and never one that this statement has for another: so what hid what still does.
    """
    tokens = [(found.lastgroup or "", found[0]) for found in _TOKEN.finditer(code)]
    depths, statements, depth, statement = [], [], 0, 0
    for kind, said in tokens:
        depth -= kind == "sign" and said in {")", "]", "}"}
        depths.append(depth)
        statements.append(statement)
        depth += kind == "sign" and said in {"(", "[", "{"}
        statement += depth == _TOP and kind == "sign" and said == ";"
    bare = ['""' if kind == "text" else said for kind, said in tokens]
    declared = _declared([*_VARIABLES, *_PARAMETERS], "".join(bare))
    at_top = _declared(_VARIABLES, "".join(said for said, at in zip(bare, depths, strict=True) if at == _TOP))
    taken = {said for kind, said in tokens if kind == "name"} - declared
    spots = [i for i, (kind, said) in enumerate(tokens) if kind == "name" and said in declared and _is_free(tokens, i)]
    short: dict[tuple[int, str], str] = {}
    often = Counter(tokens[i][1] for i in spots if tokens[i][1] in at_top)
    fresh = (name for name in _names() if name not in taken)
    top = {name: next(fresh) for name, _ in sorted(often.items(), key=lambda pair: (-pair[1], pair[0]))}
    used: dict[int, set[str]] = {}
    for i in spots:
        if tokens[i][1] in top:
            used.setdefault(statements[i], set()).add(top[tokens[i][1]])
    for i in spots:
        name, here = tokens[i][1], used.setdefault(statements[i], set())
        if name not in top and (statements[i], name) not in short:
            chosen = next(said for said in _names() if said not in taken and said not in here)
            short[statements[i], name] = chosen
            here.add(chosen)
    for i in spots:
        name = tokens[i][1]
        tokens[i] = ("name", top.get(name) or short[statements[i], name])
    return "".join(said for _, said in tokens)


def _is_free(tokens: Sequence[tuple[str, str]], i: int) -> bool:
    before = tokens[i - 1][1] if i else ""
    after = tokens[i + 1][1] if i + 1 < len(tokens) else ""
    return before != "." and not (before in {"{", ","} and after == ":")


def _names() -> Iterator[str]:
    for length in (1, 2):
        for signs in product(string.ascii_letters, repeat=length):
            if (name := "".join(signs)) not in {"as", "do", "if", "in", "is", "of"}:
                yield name


def built() -> str:
    """Return what ``visits.min.js`` has to hold."""
    return shortened(_smaller(SOURCE)) + "\n"


def _smaller(source: Path) -> str:
    return str(rjsmin.jsmin(source.read_text(encoding="utf-8")))


def main(words: Sequence[str] | None = None) -> int:
    """Write the scripts, or say whether they are as they would be written. Return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a committed script is stale")
    is_check = parser.parse_args(words).check
    codes = [_settle(BUILT, built(), MOST_BYTES, is_check=is_check)]
    for source, most in WIDGETS:
        codes.append(_settle(source.with_suffix(".min.js"), _smaller(source) + "\n", most, is_check=is_check))
    return max(codes)


def _settle(target: Path, made: str, most: int, *, is_check: bool) -> int:
    size = len(gzip.compress(made.encode(), 9))
    if is_check and (not target.exists() or target.read_text(encoding="utf-8") != made):
        sys.stderr.write(f"{target.name} is not what its source makes; run: python -m tools.script\n")
        return 1
    if not is_check:
        target.write_text(made, encoding="utf-8")
        sys.stdout.write(f"{target.name}: {len(made)} bytes, {size} compressed\n")
    if size > most:
        sys.stderr.write(f"{target.name}: {size} bytes compressed are more than {most}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
