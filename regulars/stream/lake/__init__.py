"""The lake: the stream as Parquet files, which any engine reads."""

from regulars.stream.lake.folder import Busy, lake_folder
from regulars.stream.lake.verify import Verified, verify
from regulars.stream.lake.writer import Written, rebuild, write, write_now

__all__ = ["Busy", "Verified", "Written", "lake_folder", "rebuild", "verify", "write", "write_now"]
