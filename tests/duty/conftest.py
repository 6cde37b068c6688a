from __future__ import annotations

import pytest

from tests.duty.office import Office, open_office
from tests.reports.conftest import company

__all__ = ["company"]


@pytest.fixture
def office(database):
    """A team; several have several names."""

    async def opened(name: str = "Aurora", first: int = 1) -> Office:
        return await open_office(database, name, first)

    return opened
