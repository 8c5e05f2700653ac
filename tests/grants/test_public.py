"""What everyone reads: the sample, the map, places, open data; and who is never shown."""

from __future__ import annotations

import json

import pytest

from stemme.grants import views
from stemme.grants.files import complaint_of_map, load_areas
from stemme.grants.service import sample

from .conftest import SLUG

SQUARES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, 59], [x + 0.01, 59], [x + 0.01, 59.01], [x, 59.01], [x, 59]]],
            },
        }
        for name, x in (("Gangveien", 10.0), ("Elvebredden", 10.01))
    ],
}


async def test_the_sample_is_marked_and_adds_up(owner, resident_door):
    """The sample says that it is one, its sums add up, and nobody can apply to it."""
    for _ in range(2):
        await sample.ensure_sample(owner)
    page = (await resident_door.get("/nb/nabolagspotten/eksempel")).text
    assert ("Eksempel. Ikke ekte." in page, "Plantekasser ved gangveien" in page) == (True, True)
    data = (await resident_door.get("/api/v1/grants")).json()["calls"]
    call = data[0]
    assert (True, 60000, 23700, 36300) == tuple(
        call[n] for n in ("sample", "pot", "granted", "left")
    )
    assert sum(one["granted"] for one in call["projects"]) == call["granted"]
    assert 410 == (await resident_door.post("/nb/nabolagspotten/eksempel/begin")).status_code


async def test_a_real_call_hides_the_sample(owner, resident_door, opened):
    """Once there is a real call, the sample is on no list and in no open data."""
    assert opened
    await sample.ensure_sample(owner)
    page = (await resident_door.get("/nb/nabolagspotten")).text
    assert (SLUG in page, "Plantekasser" in page) == (True, False)
    assert [] == (await resident_door.get("/api/v1/grants")).json()["calls"]


async def test_the_map_is_the_places_own(owner, resident_door, config):
    """With areas beside the programme there is a drawn map; without, a list; nothing is fetched."""
    await sample.ensure_sample(owner)
    page = (await resident_door.get("/nb/nabolagspotten")).text
    assert ('class="map"' in page, "Gangveien" in page) == (False, True)
    (config.place / "dashboards" / "areas.geojson").write_text(json.dumps(SQUARES))
    page = (await resident_door.get("/nb/nabolagspotten")).text
    assert ('class="map"' in page, page.count("<path"), ">1</text>" in page) == (True, 2, True)
    (config.place / "dashboards" / "areas.geojson").write_text("[")
    page = (await resident_door.get("/nb/nabolagspotten")).text
    assert ('class="map"' in page, "Gangveien" in page) == (False, True)
    assert "areas.geojson:1: " in str(complaint_of_map(config.place))


async def test_the_map_asks_nobody(owner, resident_door, config):
    """Nothing in the drawing is fetched from anywhere."""
    await sample.ensure_sample(owner)
    (config.place / "dashboards" / "areas.geojson").write_text(json.dumps(SQUARES))
    page = (await resident_door.get("/nb/nabolagspotten")).text
    assert "//" not in page.split('class="map"')[1].split("</svg>")[0]


def test_a_map_that_is_none_says_where(tmp_path):
    """A file that is no GeoJSON of areas is named in the complaint."""
    (tmp_path / "dashboards").mkdir()
    assert [] == load_areas(tmp_path)
    path = tmp_path / "dashboards" / "areas.geojson"
    for wrong in ("{}", "[", '{"features": [{"geometry": {}, "properties": {}}]}'):
        path.write_text(wrong)
        with pytest.raises(ValueError, match=r"areas\.geojson"):
            load_areas(tmp_path)
        path.unlink()


def test_the_map_keeps_shapes(tmp_path):
    """North is up, a square stays a square, and the second area lies to the right."""
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards" / "areas.geojson").write_text(json.dumps(SQUARES))
    drawn = views.draw_map(load_areas(tmp_path), [])
    assert drawn is not None
    left, right = (spot.shape for spot in drawn.spots)
    assert (True, left.y) == (left.x < right.x, right.y)
    # At 59° a degree of latitude is twice as long as one of longitude.
    assert 1.0 == pytest.approx((drawn.plane.height - 12) / (drawn.plane.width - 12), rel=0.05)


async def test_open_data_is_described_and_tagged(owner, resident_door):
    """The schema tells of it, and who has it already gets 304."""
    await sample.ensure_sample(owner)
    schema = (await resident_door.get("/api/schema")).json()
    assert ("/api/v1/grants" in schema["paths"], "OpenGrants" in str(schema)) == (True, True)
    first = await resident_door.get("/api/v1/grants")
    known = {"if-none-match": first.headers["etag"]}
    assert 304 == (await resident_door.get("/api/v1/grants", headers=known)).status_code


async def test_strange_addresses(resident_door, opened):
    """Addresses that are nobody's are not found, whatever is in them."""
    assert opened
    for path in (
        "/nb/nabolagspotten/ingen",
        "/nb/nabolagspotten/%2e%2e",
        f"/nb/nabolagspotten/{SLUG}/s/x",
        f"/nabolagspotten/picture/{SLUG}/00000000-0000-0000-0000-000000000000/x.jpg",
    ):
        assert 404 == (await resident_door.get(path)).status_code
