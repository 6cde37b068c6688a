from __future__ import annotations

import pytest


@pytest.fixture
def company(database):
    """A company with its own settings; several are several teams."""
    from tests.reports.company import Company

    async def opened(**settings: str) -> Company:
        return await Company(database, **settings).opens()

    return opened


# Each of the three fortnights of the year once, and one on PostgreSQL; `--all` lives through many.
_SEEDS = {"sqlite": (range(3), range(60)), "postgres": (range(1, 2), range(100, 112))}


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        backend = "postgres" if "postgres" in metafunc.function.__name__ else "sqlite"
        metafunc.parametrize("seed", _SEEDS[backend][metafunc.config.getoption("--all")])
