"""What a browser posts, as answers: one problem a question, and the raw text kept to show again."""

from stemme.surveys.forms.fields import Fields, fields_on, page_of, posted_fields, travels
from stemme.surveys.forms.reading import Reading, explain, read
from stemme.surveys.forms.written import LONGEST_RAW, begin_with, clean_text, value_of

__all__ = [
    "LONGEST_RAW",
    "Fields",
    "Reading",
    "begin_with",
    "clean_text",
    "explain",
    "fields_on",
    "page_of",
    "posted_fields",
    "read",
    "travels",
    "value_of",
]
