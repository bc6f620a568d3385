"""What a process has used so far, as Linux counts it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds of CPU, the user's and the system's, and the memory that is resident, in megabytes."""

    cpu: float
    memory: float

    @classmethod
    def of(cls, pid: int) -> Usage:
        """What the process `pid` has used. Raises OSError where there is none, or no Linux."""
        # Its name stands in brackets and may hold anything: the fields are counted from behind it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return cls((int(fields[11]) + int(fields[12])) / TICKS, pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
