"""The ``regulars`` command with a short lease, so that a killed one's work is taken over soon."""

from __future__ import annotations

import sys
from datetime import timedelta

from regulars.cli.main import main
from regulars.cli.start import start_django

if __name__ == "__main__":
    start_django()
    from regulars.base import jobs

    jobs.LEASE = timedelta(seconds=2)
    sys.exit(main())
