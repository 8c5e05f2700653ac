"""The stylesheet keeps what a page can use, and says it in fewer bytes."""

import pytest

from stemme.build.stylesheet import COMPONENTS, bundle

PAGE = '<main class="ds-card" data-color="{{ kind }}"><input type="radio"><a href="/">x</a></main>'


@pytest.fixture
def left_of(tmp_path):
    """What is left of a component file in the bundle for `PAGE`."""

    def left(css):
        for name in ("base", *COMPONENTS):
            (tmp_path / f"{name}.css").write_text("")
        (tmp_path / "card.css").write_text(css)
        bundled = bundle(tmp_path, "", "", PAGE)
        return bundled.partition("@layer ds.components{")[2].removesuffix("}")

    return left


@pytest.mark.parametrize(
    "css",
    [
        ".ds-card{color:red}",
        '.ds-card[data-color="danger"]{color:red}',
        ".ds-card:is(.ds-chip,main)>a:hover{color:red}",
        ".ds-card:not(.ds-chip){color:red}",
        ".ds-card:has(>input[type=radio]:checked){color:red}",
        "@media (forced-colors:active){.ds-card:before{color:CanvasText}}",
        ".ds-card{&[data-color=info]{color:red}}",
        '.ds-card{background:url("data:image/svg+xml;utf8,{;}")}',
        "@keyframes turn{to{rotate:1turn}}",
    ],
)
def test_rule_of_a_page_is_kept(left_of, css):
    """A rule stays as it was if some page holds all that its selector asks for."""
    assert css == left_of(css)


@pytest.mark.parametrize(
    "css",
    [
        ".ds-chip{color:red}",
        ".ds-card .ds-chip{color:red}",
        ".ds-card:is(.ds-chip,.ds-tabs){color:red}",
        ".ds-card:has(input[type=file]){color:red}",
        ".ds-card[data-variant=tinted]{color:red}",
        ".ds-card>u-details{color:red}",
        ".ds-card:disabled{color:red}",
        "@media print{.ds-chip{color:red}}",
        ".ds-card{--never-read:1px}",
    ],
)
def test_rule_of_no_page_is_dropped(left_of, css):
    """A rule goes if its selector asks for a class, element, attribute or value no page has."""
    assert "" == left_of(css)


def test_unused_alternative_is_dropped(left_of):
    """Of a list of selectors only those remain that can match."""
    assert ".ds-card a{color:red}" == left_of(".ds-chip,.ds-card a,u-tabs{color:red}")


def test_properties_are_kept_as_long_as_they_are_read():
    """A custom property goes with the last rule that reads it, and then those it read."""
    theme = ":root { --a: 1px; --b: var(--a); --c: var(--d, 2px); --d: 0 }"

    bundled = bundle(None, theme, "main { margin: var(--c) }", "")

    assert ":root{--c:var(--d,2px);--d:0}" in bundled
    assert "--a" not in bundled


def test_our_own_rules_are_kept_and_made_small():
    """Our rules need no page, and lose only comments and white space that means nothing."""
    app = 'main > p::before , a {\n  /* why */ content: "a  /* b */";\n  margin: 0  1px;\n}'

    assert '@layer app{main > p::before,a{content:"a  /* b */";margin:0 1px}}' in bundle(
        None, "", app, ""
    )
