"""Survey files: YAML to a `Survey`, or every complaint about it with file and line."""

from stemme.i18n.source import Complaint
from stemme.surveys.files.reading import complaints_of_translations, load, load_text

__all__ = ["Complaint", "complaints_of_translations", "load", "load_text"]
