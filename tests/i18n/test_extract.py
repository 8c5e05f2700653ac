"""Templates from code and content, and catalogues brought up to them."""

from stemme.i18n import extract

STAFF_PAGE = '{{ _("Åpne") }}{{ _("Velkommen") }}'
PAGE = '<h1>{{ _("Velkommen") }}</h1>{{ ngettext("%(num)s svar", "%(num)s svarene", n) }}'
FACT = 'class SurveyClosed(Exception):\n    message = "Undersøkelsen er lukket."\n'


def house(tmp_path, page=PAGE):
    """A small place and its code."""
    code = tmp_path / "src" / "stemme"
    for path, text in {
        code / "surveys" / "templates" / "resident" / "start.html": page,
        code / "surveys" / "templates" / "staff" / "list.html": STAFF_PAGE,
        code / "surveys" / "errors.py": FACT,
        code / "surveys" / "cli.py": 'from x import lazy as _\nprint(_("Ferdig"))\n',
        tmp_path / "surveys" / "a.yaml": "id: a\ntitle: Trivsel\n",
        tmp_path / "dashboards" / "programme.yaml": "id: p\nfocus_areas: []\ntitle: Satsing\n",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return code


def write(tmp_path, code):
    for path, text in extract.texts(tmp_path, code).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def test_each_word_is_in_the_domain_of_those_who_read_it(tmp_path):
    """Staff words need fewer languages; a word residents read too is theirs; commands have none."""
    templates = extract.templates(tmp_path, house(tmp_path))

    found = {domain: [m.id for m in catalog if m.id] for domain, catalog in templates.items()}

    expected = {
        "resident": [
            "Undersøkelsen er lukket.",
            "Velkommen",
            ("%(num)s svar", "%(num)s svarene"),
        ],
        "staff": ["Åpne"],
        "surveys": ["Trivsel"],
        "programme": ["Satsing"],
    }
    assert expected == found


def test_a_second_run_changes_nothing(tmp_path):
    """No date, no line number, no order that wavers."""
    code = house(tmp_path)
    write(tmp_path, code)

    stale = [p for p, text in extract.texts(tmp_path, code).items() if p.read_text("utf-8") != text]

    assert [] == stale


def test_translations_survive_and_a_changed_source_starts_empty(tmp_path):
    """Stale entries go, nothing is guessed from a similar text, the review status stays."""
    code = house(tmp_path)
    write(tmp_path, code)
    po = tmp_path / "locales" / "pl" / "LC_MESSAGES" / "resident.po"
    text = po.read_text("utf-8").replace(
        'msgid "Velkommen"\nmsgstr ""', 'msgid "Velkommen"\nmsgstr "Witamy"'
    )
    po.write_text(text.replace("X-Review-Status: draft", "X-Review-Status: reviewed"), "utf-8")

    write(tmp_path, code)
    assert 'msgid "Velkommen"\nmsgstr "Witamy"' in po.read_text("utf-8")
    assert '"X-Review-Status: reviewed' in po.read_text("utf-8")

    house(tmp_path, page='{{ _("Velkommen!") }}')
    write(tmp_path, code)
    assert 'msgid "Velkommen!"\nmsgstr ""' in po.read_text("utf-8")
    assert "svarene" not in po.read_text("utf-8")


def test_a_new_catalogue_has_its_plural_forms_and_is_a_draft(tmp_path):
    """Arabic has six forms; every translation starts as one that nobody has reviewed."""
    code = house(tmp_path)
    write(tmp_path, code)

    text = (tmp_path / "locales" / "ar" / "LC_MESSAGES" / "resident.po").read_text("utf-8")

    assert "nplurals=6" in text
    assert 'msgstr[5] ""' in text
    assert '"X-Review-Status: draft' in text
