from __future__ import annotations

import pytest


@pytest.fixture
def company(database):
    """A company with its own settings; several are several teams."""
    from tests.reports.company import Company

    async def opened(**settings: str) -> Company:
        return await Company(database, **settings).opens()

    return opened
