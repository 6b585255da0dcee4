"""axe-core in a page: what stands in the way of people who cannot see, or use no mouse.

axe-core is not part of Earmark; ``tests/node_packages.sh`` fetches it.
"""

from pathlib import Path

import pytest
from command import ROOT

SCRIPT = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def axe_script() -> str:
    """The code of axe-core; the test is skipped where it is not there."""
    if not Path(SCRIPT).is_file():
        pytest.skip("no axe-core: run tests/node_packages.sh")
    return SCRIPT.read_text("utf-8")


def barriers(page) -> list[str]:
    """All that it finds on a page as it is now, minor things too, a line each."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(axe_script() + "\nundefined")  # the page's policy forbids a script of ours
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
