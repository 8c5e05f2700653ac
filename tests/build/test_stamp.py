"""A build is made again when a source has changed, and only then."""

from stemme.build import stamp


def test_build_is_current_until_a_source_changes(tmp_path, monkeypatch):
    """A finished build is current; a changed template or one translation more makes it stale."""
    place, build = tmp_path / "place", tmp_path
    assets = {"style.css": "1"}
    monkeypatch.setattr(stamp, "asset_sources", lambda: dict(assets))
    assert not stamp.is_current(place, build)

    stamp.write(stamp.assets_stamp(build), assets)
    assert stamp.is_current(place, build)

    assets["style.css"] = "2"
    assert not stamp.is_current(place, build)

    stamp.write(stamp.assets_stamp(build), assets)
    po = place / "locales" / "en" / "LC_MESSAGES" / "resident.po"
    po.parent.mkdir(parents=True)
    po.touch()
    assert not stamp.is_current(place, build)


def test_half_written_stamp_counts_for_nothing(tmp_path):
    """What was recorded when the power went is not believed."""
    (tmp_path / "static.json").write_text('{"style.css": ')

    assert {} == stamp.read(tmp_path / "static.json")
