"""The workshop's many tasks go through the package's pool."""

import pytest

from earmark.errors import EarmarkError
from workshop.processes import done_in_processes


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order_and_the_first_error_ends_all(jobs: int) -> None:
    found = []
    with pytest.raises(EarmarkError, match=r"^no: failed unexpectedly"):
        for number in done_in_processes(int, ["3", "1", "2", "no", "4"], jobs):
            found.append(number)
    assert found == [3, 1, 2]
