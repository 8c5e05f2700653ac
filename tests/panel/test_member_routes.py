"""Every address for members asks who comes, but for the few that say themselves why not."""

from __future__ import annotations

import re

from stemme.config import load
from stemme.doors.staff import create_app
from stemme.panel.doorkeeper import is_for_members
from stemme.staff.doorkeeper import OPEN_TO_ALL

WITHOUT_SIGN_IN = {
    "/{lang}/panel/sign-in",  # The way in,
    "/{lang}/panel/sign-out",  # which needs the form's token,
    "/panel/card",  # and where a card leads.
    "/{lang}/panel/vote",  # The same bytes for everybody; what is personal comes by /panel/api.
    "/{lang}/panel/phone",
    "/{lang}/panel/key",
    "/panel/page-hashes.txt",
}
VALUES = {"lang": "nb", "vote": "ingen", "member": "0" * 32}


def address(pattern):
    """An address of the pattern; parts that we do not know are a word."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: VALUES.get(found[1], "1"), pattern)


async def test_nobody_gets_past_without_a_session(room):
    """A stranger is led to the way in, or told 401; with a form's token too."""
    browser = room.browser()
    token = await browser.token("/nb/panel/sign-in")
    let_in = []
    for pattern, methods in create_app(load({})).route_handler_method_map.items():
        plain = re.sub(r":\w+", "", pattern)
        if not is_for_members(address(pattern)) or plain in WITHOUT_SIGN_IN:
            continue
        for method, handler in methods.items():
            if method not in ("GET", "POST", "PUT") or handler.opt.get(OPEN_TO_ALL):
                continue
            headers = {"x-csrf-token": token}
            answer = await browser.client.request(method, address(pattern), headers=headers)
            way_in = answer.headers.get("location", "").endswith("/panel/sign-in")
            if answer.status_code != 401 and not (answer.status_code == 303 and way_in):
                let_in.append((method, pattern, answer.status_code))
    assert [] == let_in


async def test_members_read_their_pages_in_every_script(room):
    """The list of votes and the roll are whole pages in a language from right to left too."""
    vote = await room.freeze()
    browser = await room.sign_in("Medlem 1", "ar")
    for path in ("/ar/panel/votes", f"/ar/panel/votes/{vote.id}"):
        page = await browser.get(path)
        assert (200, True) == (page.status_code, 'dir="rtl"' in page.text)
    leader = await room.sign_in("Leder", "ar")
    assert 404 == (await leader.get("/ar/panels/unge")).status_code
    assert 404 == (await browser.get("/nb/panel/votes/annen")).status_code
