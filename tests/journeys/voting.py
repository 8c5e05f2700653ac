"""A roll, a box and a public door for the voting page, in memory, with lines that can be cut."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import msgspec
from playwright.sync_api import BrowserContext, Route

from stemme import i18n
from stemme.config import load
from stemme.panel.ballots import blind, box, curve, slip
from stemme.panel.ballots.manifest import Manifest, Option, Rule
from stemme.panel.ballots.rehearsal import Rehearsal
from stemme.panel.page import Pages
from stemme.web import assets, pages

STAFF, BOX, SITE = "https://panel.example", "https://box.example", "https://site.example"
CSRF = "0123"
OPEN_TO_ALL = {"access-control-allow-origin": "*"}


class Place:
    """One vote, one member, and everything that can go wrong between them."""

    def __init__(self, signer: blind.SigningKey, rule: Rule, **said: Any) -> None:
        self.vote = Rehearsal(signer, rule, 5)
        self.manifest: Manifest = msgspec.structs.replace(self.vote.manifest, **said)
        self.state = "open"
        self.signed: dict[str, str] = {}
        self.ballots: list[slip.Ballot] = []
        self.chain: list[box.Checkpoint] = []
        self.locker: str | None = None
        self.down: set[str] = set()
        self.asked: list[str] = []
        self.public = self.manifest.encode()
        self.lies = False
        self.drops = 0
        self.loses_slip = 0
        self.signed_out = False
        self.member = "a"
        self.pages = Pages(site())

    @property
    def vid(self) -> str:
        return self.manifest.vid.hex()

    def serve(self, context: BrowserContext) -> None:
        """Answer for all three doors in a browser; every request is noted."""
        context.route("https://**/*", self._answer)

    def checkpoint(self) -> None:
        """The box commits itself to what it has."""
        known = {leaf for one in self.chain for leaf in one.leaves}
        fresh = [one.leaf() for one in self.ballots if one.leaf() not in known]
        self.chain.append(box.extend(self.manifest.vid, self.chain, fresh))

    def choices(self) -> list[Any]:
        """What was cast, opened with the tally key, in the order it came."""
        return [
            json.loads(
                curve.open_sealed(
                    self.vote.tally,
                    bytes.fromhex(json.loads(one.body)["x"]),
                    self.manifest.vid,
                )
            )
            for one in self.ballots
        ]

    def _answer(self, route: Route) -> None:
        request, url = route.request, urlsplit(route.request.url)
        host = f"{url.scheme}://{url.netloc}"
        self.asked.append(f"{request.method} {host}{url.path}")
        if host in self.down:
            route.abort("connectionfailed")
            return
        body = request.post_data or ""
        status, sent = {STAFF: self._staff, BOX: self._box, SITE: self._site}[host](
            request.method, url.path, body, request.headers
        )
        if self._loses(request.method, host):
            # Taken and kept, but the answer is lost on its way.
            route.abort("connectionreset")
            return
        if isinstance(sent, tuple):
            page, headers = sent
            route.fulfill(status=status, body=page, headers=headers)
            return
        headers = OPEN_TO_ALL if host != STAFF else {}
        text = sent if isinstance(sent, str | bytes) else json.dumps(sent)
        route.fulfill(status=status, body=text, headers=headers)

    def _loses(self, method: str, host: str) -> bool:
        if method == "POST" and host == BOX and self.drops:
            self.drops -= 1
            return True
        if method == "POST" and host == STAFF and self.loses_slip:
            self.loses_slip -= 1
            return True
        return False

    def _staff(self, method: str, path: str, body: str, headers: dict[str, str]) -> Any:
        _, first, *rest = path.split("/")
        if rest[-1] == "sign-in":
            return 200, "<p>Logg inn"
        if self.signed_out and path.startswith("/panel/api/"):
            return 401, {}
        if rest[0] == "panel":
            page = self.pages.page(first, rest[1])
            policy = {"content-security-policy": page.policy, "content-type": "text/html"}
            return 200, (page.body, policy)
        if path == "/panel/api/me":
            return 200, self._me()
        what = path.rsplit("/", 1)[1]
        if what == "manifest":
            return 200, self.manifest.encode()
        if method != "GET" and headers.get("x-csrf-token") != CSRF:
            return 403, {}
        return self._slip(body) if what == "slip" else self._locker(method, body)

    def _me(self) -> dict[str, Any]:
        vote = {
            "id": self.manifest.id, "vid": self.vid, "state": self.state,
            "question": self.manifest.question, "collected": bool(self.signed),
            "practise": self.manifest.practise, "collects": self.manifest.collects,
            "opens": self.manifest.opens, "closes": self.manifest.closes,
        }  # fmt: skip
        return {"id": self.member, "role": "member", "panel": "unge", "csrf": CSRF, "votes": [vote]}

    def _slip(self, body: str) -> Any:
        blinded = json.loads(body)["blinded"]
        if self.state not in ("frozen", "open"):
            return 410, {}
        if self.signed and blinded not in self.signed:
            return 409, {"collected": True}
        made = blind.sign(self.vote.signer, bytes.fromhex(blinded)).hex()
        self.signed[blinded] = made
        return 200, {"signed": made[::-1] if self.lies else made}

    def _locker(self, method: str, body: str) -> Any:
        if method == "PUT":
            self.locker = body
            return 204, ""
        return (404, "") if self.locker is None else (200, self.locker)

    def _box(self, _method: str, path: str, body: str, _headers: dict[str, str]) -> Any:
        if path.endswith("/manifest"):
            return 200, self.manifest.encode()
        if path.endswith("/checkpoints"):
            return 200, msgspec.json.encode(self.chain)
        if self.state != "open":
            return (425 if self.state == "frozen" else 410), {}
        read = json.loads(body)
        ballot = slip.Ballot(read["body"], read["s"])
        box.check(self.manifest, ballot)
        if ballot not in self.ballots:
            self.ballots.append(ballot)
        made = box.promise(self.vote.box_key, self.manifest.vid, ballot, self.manifest.closes)
        return 200, {"leaf": made.leaf, "by": made.by, "signature": made.signature}

    def _site(self, _method: str, path: str, _body: str, _headers: dict[str, str]) -> Any:
        if path.endswith("manifest.json"):
            return 200, self.public
        if path.endswith("bundle.json"):
            return 200, {"checkpoints": msgspec.to_builtins(self.chain)}
        return 404, {}


def options(*titles: str) -> dict[str, Any]:
    """What a manifest says of options with these titles."""
    made = tuple(Option(f"o{at}", title) for at, title in enumerate(titles))
    return {"options": made, "tie_order": tuple(one.id for one in made)}


def site() -> pages.Site:
    """A staff door as far as its pages need it."""
    config = load({"STAFF_URL": STAFF, "BOX_URL": BOX, "PUBLIC_URL": SITE})
    i18n.use(config)
    return pages.Site(
        config=config, door="staff", name="Torstrand", languages=("nb",),
        assets=assets.load(config.build), environment=pages.environment(),
    )  # fmt: skip
