"""How many cores may be used: affinity and the quotas of control groups of both versions."""

import math
import os
from pathlib import Path

import pytest

from earmark import cores
from earmark.cores import available_cores, cpu_quota


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_least_quota_of_a_group_and_those_above_it(tmp_path: Path) -> None:
    proc, mount = tmp_path / "cgroup", tmp_path / "mount"
    write(proc, "0::/a/b\n")
    assert cpu_quota(proc, mount) == math.inf
    write(mount / "a" / "b" / "cpu.max", "max 100000\n")
    assert cpu_quota(proc, mount) == math.inf
    write(mount / "a" / "cpu.max", "150000 100000\n")
    assert cpu_quota(proc, mount) == 1.5
    write(mount / "cpu.max", "50000 100000\n")
    assert cpu_quota(proc, mount) == 0.5


@pytest.mark.parametrize("controllers", ["cpu", "cpu,cpuacct"])
def test_quotas_of_the_first_version(tmp_path: Path, controllers: str) -> None:
    proc, mount = tmp_path / "cgroup", tmp_path / "mount"
    write(proc, f"5:memory:/m\n4:{controllers}:/docker/x\n1:cpuset:/\n")
    group = mount / controllers  # a container sees its own group at the root
    write(group / "cpu.cfs_quota_us", "-1\n")
    write(group / "cpu.cfs_period_us", "100000\n")
    assert cpu_quota(proc, mount) == math.inf
    write(group / "cpu.cfs_quota_us", "300000\n")
    assert cpu_quota(proc, mount) == 3.0


def test_no_groups_no_quota(tmp_path: Path) -> None:
    assert cpu_quota(tmp_path / "none", tmp_path) == math.inf


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_cores_are_those_that_may_be_used(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(cores, "PROC", tmp_path / "cgroup")
    monkeypatch.setattr(cores, "MOUNT", tmp_path)
    own = os.sched_getaffinity(0)
    assert available_cores() == len(own)
    write(tmp_path / "cgroup", "0::/\n")
    write(tmp_path / "cpu.max", "20000 100000")
    assert available_cores() == 1
    write(tmp_path / "cpu.max", "110000 100000")
    assert available_cores() == min(2, len(own))
    try:
        os.sched_setaffinity(0, {min(own)})
        assert available_cores() == 1
    finally:
        os.sched_setaffinity(0, own)
