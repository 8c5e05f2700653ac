"""How to cite a release: its address for ever, in words, as BibTeX and as DataCite has it."""

from __future__ import annotations

import datetime
from typing import Annotated

from msgspec import Meta, Struct

from stemme.dashboards.service import open_release
from stemme.dashboards.service.open_release import Note, Place, Sample

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
_LICENCE_ID = "CC-BY-4.0"


class Name(Struct, frozen=True, rename="camel"):
    """Who made it; an office, not a person."""

    name: str
    name_type: str = "Organizational"


class Publisher(Struct, frozen=True):
    name: str
    lang: str = "nb"


class Title(Struct, frozen=True):
    title: str


class Identifier(Struct, frozen=True, rename="camel"):
    alternate_identifier: str
    alternate_identifier_type: str


class Types(Struct, frozen=True, rename="camel"):
    resource_type_general: str = "Dataset"
    resource_type: str = "Survey results"


class Rights(Struct, frozen=True, rename="camel"):
    rights: str = LICENCE
    rights_uri: str = LICENCE_URL
    rights_identifier: str = _LICENCE_ID


class Date(Struct, frozen=True, rename="camel"):
    date: str
    date_type: str = "Issued"


class DataCite(Struct, frozen=True, rename="camel"):
    """What DataCite 4 asks of a dataset, but for the DOI, which an archive gives."""

    creators: list[Name]
    titles: list[Title]
    publisher: Publisher
    publication_year: int
    types: Types
    dates: list[Date]
    language: str
    version: str
    url: str
    alternate_identifiers: list[Identifier]
    rights_list: list[Rights]


class Citation(Struct, frozen=True):
    """How to cite a release. Its title is the one it was published under, in every language."""

    survey: str
    wave: int
    sample: Sample
    note: Note
    title: str
    released_on: datetime.date
    digest: Annotated[str, Meta(description="SHA-256 of what was published, in hexadecimal.")]
    url: Annotated[str, Meta(description="Gives these numbers and no others, for ever.")]
    licence: str
    licence_url: str
    text: Annotated[str, Meta(description="In the manner of APA.")]
    bibtex: str
    datacite: DataCite


def url_of(place: Place) -> str:
    """Give the address that names a release by its content."""
    return f"{place.url}/{open_release.short(place.results)}"


def cite(place: Place) -> Citation:
    """Give every form of the citation of a release."""
    results, programme = place.results, place.programme
    title, url, day = results.dashboard.title, url_of(place), results.released_on
    named = f"{title} (eksempelsvar, ikke ekte)" if results.sample else title
    kind = f"runde {results.key.wave}, {open_release.short(results)}"
    return Citation(
        survey=results.key.survey,
        wave=results.key.wave,
        sample=results.sample,
        note=place.note,
        title=named,
        released_on=day,
        digest=results.release.digest,
        url=url,
        licence=LICENCE,
        licence_url=LICENCE_URL,
        text=(
            f"{programme.municipality}. ({day.year}). {named} ({kind}) [Datasett]. "
            f"{programme.title}. {url}"
        ),
        bibtex=_bibtex(place, named, url),
        datacite=_datacite(place, named, url),
    )


def _bibtex(place: Place, title: str, url: str) -> str:
    results, programme = place.results, place.programme
    fields = {
        "author": f"{{{_tex(programme.municipality)}}}",
        "title": _tex(title),
        "year": str(results.released_on.year),
        "date": results.released_on.isoformat(),
        "publisher": _tex(programme.title),
        "version": open_release.short(results),
        "url": url,
        "note": f"{LICENCE}. SHA-256 {results.release.digest}",
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@dataset{{{results.key.survey}-{results.key.wave},\n{lines}\n}}\n"


def _tex(text: str) -> str:
    """Text in which no sign means anything to TeX."""
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(sign, f"\\{sign}" if sign in "&%$#_{}" else sign) for sign in text)


def _datacite(place: Place, title: str, url: str) -> DataCite:
    results, programme = place.results, place.programme
    return DataCite(
        creators=[Name(programme.municipality)],
        titles=[Title(title)],
        publisher=Publisher(programme.title),
        publication_year=results.released_on.year,
        types=Types(),
        dates=[Date(results.released_on.isoformat())],
        language="nb",
        version=open_release.short(results),
        url=url,
        alternate_identifiers=[Identifier(results.release.digest, "SHA-256")],
        rights_list=[Rights()],
    )
