"""Facts about taking part that end in a page of their own."""

from __future__ import annotations

from stemme.errors import StemmeError
from stemme.i18n import lazy as _


class FormUnreadable(StemmeError):
    """What was posted is not a form of ours."""

    status = 415
    message = _("Skjemaet kom ikke fram slik det skulle.")
