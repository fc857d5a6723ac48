"""Pictures that people send in: believed in nothing, and drawn anew before they are kept."""

from __future__ import annotations

import warnings
from io import BytesIO
from secrets import token_hex

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 12 * 1024 * 1024
# A phone's largest pictures have 50 million points; a small file may claim a billion and fill the memory.
MOST_POINTS = 60_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
SIDE = 1_600
QUALITY = 82


class PictureError(ValueError):
    """What was sent is not a picture we can keep; the text says why and what to do."""


def redrawn(raw: bytes) -> bytes:
    """Return the picture as a JPEG of at most 1,600 points a side. Raises PictureError.

    Only the points survive: no place, camera or date, no thumbnail of what was cut away, nothing that follows the
    picture in its file.
    """
    if len(raw) > MOST_BYTES:
        raise PictureError(_("The picture is larger than 12 MB. Send a smaller one."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(raw), formats=FORMATS) as found:
                if found.width * found.height > MOST_POINTS:
                    raise PictureError(_("The picture has too many points. Send a smaller one."))
                found.draft("RGB", (SIDE, SIDE))
                upright = ImageOps.exif_transpose(found)
                upright.thumbnail((SIDE, SIDE))
                flat = Image.new("RGB", upright.size, "white")
                # What is seen through is seen on white, as on paper.
                layered = upright.convert("RGBA")
                flat.paste(layered, mask=layered.getchannel("A"))
    except PictureError:
        raise
    except (
        UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError, IndexError,
        Image.DecompressionBombError, Image.DecompressionBombWarning,
    ) as error:  # fmt: skip
        raise PictureError(_("This is no JPEG, PNG or WebP picture that can be read.")) from error
    out = BytesIO()
    flat.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def keep(jpeg: bytes, *, folder: str) -> str:
    """Write a picture that was drawn anew under a name nobody can guess, in ``folder``; return the name."""
    return default_storage.save(f"{folder}/{token_hex(16)}.jpg", ContentFile(jpeg))


def let_go(name: str) -> None:
    """Delete a picture."""
    default_storage.delete(name)
