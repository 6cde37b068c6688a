from __future__ import annotations

from zlib import crc32

import pytest


@pytest.fixture
def company(database):
    """A company with its own settings; several are several teams."""
    from tests.reports.company import Company

    async def opened(**settings: str) -> Company:
        return await Company(database, **settings).opens()

    return opened


# Each of the three fortnights of the year once, one of them on PostgreSQL; `--all` lives through many.
_ON_POSTGRES = "_on_postgres"
_SEEDS = {
    "sqlite": (range(0, 3, 2), range(60)),
    "postgres": (range(1, 2), range(100, 112)),
    "alone": (range(3), range(60)),
}


def pytest_generate_tests(metafunc):
    if "seed" not in metafunc.fixturenames:
        return
    name = metafunc.function.__name__
    has_twin = hasattr(metafunc.module, name + _ON_POSTGRES)
    backend = "postgres" if name.endswith(_ON_POSTGRES) else "sqlite" if has_twin else "alone"
    metafunc.parametrize("seed", _SEEDS[backend][metafunc.config.getoption("--all")])


def pytest_collection_modifyitems(config, items):
    """What the databases could do differently is in the fortnights; of the vectors every fifth runs on PostgreSQL."""
    if config.getoption("--all"):
        return
    vectors = [
        item for item in items if item.path.name.startswith("test_vectors") and item.path.parent.name == "reports"
    ]
    left_out = {i for i in vectors if i.get_closest_marker("postgres") and crc32(i.nodeid.encode()) % 5}
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))
