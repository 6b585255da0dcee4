"""One BLAS thread where it is asked for, what the user has set, and nothing that stays."""

import os

import pytest

from earmark.threads import VARIABLES, one_blas_thread_in_children, use_one_blas_thread


@pytest.fixture
def free(monkeypatch) -> None:
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "")  # so that it is put back as it was
        monkeypatch.delenv(variable)


def settings() -> list[str | None]:
    return [os.environ.get(variable) for variable in VARIABLES]


def test_one_thread_for_numpy_of_any_make(free) -> None:
    assert {"OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"} <= set(VARIABLES)
    use_one_blas_thread()
    assert settings() == ["1"] * len(VARIABLES)


def test_what_the_user_has_set_stays(free) -> None:
    os.environ[VARIABLES[0]] = "4"
    with one_blas_thread_in_children():
        assert settings() == ["4"] + ["1"] * (len(VARIABLES) - 1)
    assert settings() == ["4"] + [None] * (len(VARIABLES) - 1)


def test_nothing_stays_where_something_fails(free) -> None:
    with pytest.raises(ValueError), one_blas_thread_in_children():
        raise ValueError
    assert settings() == [None] * len(VARIABLES)
