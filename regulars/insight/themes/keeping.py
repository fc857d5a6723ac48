"""A sorter as bytes and back: plain arrays and a heading in JSON, so that reading one can run nothing."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from typing import Any

import numpy as np

from regulars.insight.themes.features import VIEWS, Features, View
from regulars.insight.themes.linear import Lines
from regulars.insight.themes.margins import Judged
from regulars.insight.themes.sorting import Sorter

VERSION = 1  # of the features too: when they change, what was learnt before means nothing


class Unreadable(ValueError):
    """The bytes are no sorter, or one of another version; train anew."""


def to_bytes(sorter: Sorter) -> bytes:
    """Return the sorter as an ``npz`` archive: about 80 bytes a feature and 20 themes."""
    heading = {
        "version": VERSION,
        "keys": sorter.keys,
        "judged": asdict(sorter.judged),
        "is_proven": sorter.is_proven,
    }
    lines = sorter.lines
    arrays: dict[str, Any] = {
        "heading": np.frombuffer(json.dumps(heading).encode(), dtype=np.uint8),
        "weights": lines.weights.astype(np.float16),
        "scale": lines.scale.astype(np.float16),
        "offset": lines.offset.astype(np.float16),
    }
    for number, view in enumerate(sorter.features.views):
        arrays |= {f"keys{number}": view.keys, f"idf{number}": view.idf}
    kept = io.BytesIO()
    np.savez_compressed(kept, **arrays)
    return kept.getvalue()


def from_bytes(kept: bytes) -> Sorter:
    """Return the sorter that `to_bytes` gave; raise Unreadable."""
    try:
        with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
            heading = json.loads(arrays["heading"].tobytes())
            if heading["version"] != VERSION:
                raise Unreadable(f"version {heading['version']} is not {VERSION}")
            views = tuple(View(arrays[f"keys{n}"], arrays[f"idf{n}"]) for n in range(len(VIEWS)))
            lines = Lines(*(arrays[name].astype(np.float32) for name in ("weights", "scale", "offset")))
            judged = Judged(**heading["judged"])
            keys = tuple(heading["keys"])
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile, EOFError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("these bytes are no sorter") from error
    features = Features(views)
    if lines.weights.shape != (features.width, len(keys)) or lines.scale.shape != lines.weights.shape:
        raise Unreadable("its parts do not fit each other")
    return Sorter(keys, features, lines, judged, bool(heading["is_proven"]))
