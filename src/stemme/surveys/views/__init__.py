"""What the templates show of a survey: pages of questions and the review, in one language."""

from stemme.surveys.views.questions import ItemView, Option, PageView, Shown, page_view
from stemme.surveys.views.review import Said, SaidOnPage, review_view

__all__ = [
    "ItemView",
    "Option",
    "PageView",
    "Said",
    "SaidOnPage",
    "Shown",
    "page_view",
    "review_view",
]
