"""How many processes are worth starting: the cores that this one may use, not those there are."""

import math
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PROC, MOUNT = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def available_cores() -> int:
    """Cores that the affinity of this process and the quotas of its control groups allow.

    Returns
    -------
    int > 0
        A quota of one and a half cores counts as two.
    """
    return max(1, math.ceil(min(_allowed(), cpu_quota(PROC, MOUNT))))


def _allowed() -> int:
    if hasattr(os, "process_cpu_count"):  # Python 3.13; knows PYTHON_CPU_COUNT too
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cpu_quota(proc: Path, mount: Path) -> float:
    """The least quota of the control groups that a process is in, in cores; infinite if none.

    Parameters
    ----------
    proc : Path, a file as /proc/self/cgroup
    mount : Path, where the groups are mounted
    """
    try:
        lines = proc.read_text().splitlines()
    except OSError:  # not Linux
        return math.inf
    quotas = [math.inf]
    for line in lines:
        _, _, entry = line.partition(":")
        controllers, _, group = entry.partition(":")
        if not controllers:
            quotas += _along(mount, group, _second)
        elif "cpu" in controllers.split(","):
            quotas += _along(mount / "cpu", group, _first)
            quotas += _along(mount / controllers, group, _first)
    return min(quotas)


def _along(top: Path, group: str, quota: Callable[[Path], float]) -> list[float]:
    """The quota of a group and of all above it; where a container sees only its own, of that."""
    place = top / group.strip("/")
    found = []
    for folder in (place, *place.parents):
        with suppress(OSError, ValueError, ZeroDivisionError):  # no such file, or "max"
            found.append(quota(folder))
        if folder == top:
            break
    return found


def _second(folder: Path) -> float:
    quota, period = (folder / "cpu.max").read_text().split()
    return int(quota) / int(period)


def _first(folder: Path) -> float:
    quota = int((folder / "cpu.cfs_quota_us").read_text())
    return quota / int((folder / "cpu.cfs_period_us").read_text()) if quota > 0 else math.inf
