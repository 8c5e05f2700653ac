"""A door without a database: the shell alone, as it looks before set-up has compiled anything."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient

from stemme import config, i18n
from stemme.web import routes
from stemme.web.door import Door, create

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path):
    """Settings with the content of the repository and an empty build folder."""
    env = {"STEMME_PLACE": str(ROOT), "STEMME_BUILD": str(tmp_path / "build")}
    yield config.load(env)
    i18n.use(config.load({"STEMME_PLACE": str(ROOT)}))


@pytest.fixture
def open_door(settings) -> Iterator[Callable[..., TestClient]]:
    """Open a door with more handlers; the client follows no redirect."""
    opened: list[TestClient] = []

    def start(*handlers, name="resident", languages=tuple(i18n.LANGUAGES), settings=settings):
        door = Door(
            name=name,
            roles=(),
            languages=languages,
            site_name="Torstrand",
            handlers=[routes.resident_router, *handlers],
        )
        app = create(settings, door)
        client = TestClient(app, raise_server_exceptions=False)
        client.follow_redirects = False
        client.__enter__()
        opened.append(client)
        return client

    yield start
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def site(open_door) -> TestClient:
    """The resident door with nothing but the shell."""
    return open_door()
