"""Pages of votes on the resident door, and the bytes that anyone can recount."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import html
import json
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import brotli
import msgspec
import pytest
import schemathesis
from litestar.testing import AsyncTestClient

from stemme.doors.resident import create_app
from stemme.errors import NotFound
from stemme.panel.ballots import counting, curve
from stemme.panel.ballots.manifest import Manifest, Option, Rule, canonical
from stemme.panel.ballots.rehearsal import Rehearsal
from stemme.panel.rules import lot
from stemme.panel.service import results
from stemme.panel.service.results import Bundle

URL = "http://testserver.local"
SEED = "terning 4 2 6"
TALLY = curve.new_key()
OPTIONS = (Option("benk", "Benk ved elva"), Option("lys", "Lys i parken"), Option("hage", "Hage"))
COSTS = (Option("benk", "Benk", 300), Option("lys", "Lys", 300), Option("hage", "Hage", 600))
APPROVALS = [{"c": names.split()} for names in ("lys", "lys benk", "lys", "benk", "hage", "lys")]
RANKS = [{"r": [["benk"], ["lys"]]}] * 4 + [{"r": [["lys"]]}] * 3 + [{"r": [["hage"], ["lys"]]}] * 2
POINTS = [{"p": {"benk": 3, "lys": 1}}, {"p": {"hage": 2}}, {"p": {"lys": 1}}]
MONEY = [{"c": ["hage"]}] * 3 + [{"c": ["hage", "benk"]}] + [{"c": ["benk"]}, {"c": ["lys"]}] * 3
RULES: dict[str, tuple[tuple[Option, ...], Rule, list[Any]]] = {
    "yes-no": (OPTIONS[:2], Rule("yes-no"), [{"c": ["benk"]}] * 3 + [{"c": ["lys"]}] * 2),
    "approval": (OPTIONS, Rule("approval", seats=2), APPROVALS),
    "score": (OPTIONS, Rule("score", "points"), POINTS),
    "plurality": (OPTIONS, Rule("plurality", "ranking"), RANKS),
    "irv": (OPTIONS, Rule("irv", "ranking"), RANKS),
    "schulze": (OPTIONS, Rule("schulze", "ranking"), RANKS),
    "condorcet": (OPTIONS, Rule("condorcet", "ranking"), RANKS),
    "borda": (OPTIONS, Rule("borda", "ranking"), RANKS),
    "stv": (OPTIONS, Rule("stv", "ranking", seats=2), RANKS),
    "committee-phragmen": (OPTIONS, Rule("committee-phragmen", seats=2), APPROVALS),
    "committee-equal-shares": (OPTIONS, Rule("committee-equal-shares", seats=2), APPROVALS),
    "equal-shares": (COSTS, Rule("equal-shares", budget=900, completion="none"), MONEY),
    "greedy": (COSTS, Rule("greedy", budget=900), MONEY),
    "phragmen": (COSTS, Rule("phragmen", budget=900), MONEY),
}


def manifest(id_: str, options: Sequence[Option], rule: Rule, roll: int, **more: Any) -> Manifest:
    """A manifest that agrees with itself; its other keys open nothing."""
    names = [option.id for option in options]
    said = {
        "question": "Hva skal vi bygge?",
        "decides": "Panelet gir råd. Kommunen bestemmer.",
        "collects": "2026-11-01T00:00:00+01:00",
        "opens": "2026-11-08T18:00:00+01:00",
        "closes": "2026-11-08T19:00:00+01:00",
    }
    return Manifest(
        id=id_,
        options=tuple(options),
        rule=rule,
        tie_order=tuple(names[at] for at in lot.draw(names, SEED)),
        seed=SEED,
        roll_count=roll,
        roll_root="00" * 32,
        slip_key="0x10001",
        tally_key=curve.point_of(TALLY).hex(),
        box_key=curve.point_of(TALLY).hex(),
        needed=2,
        holders=3,
        **(said | more),
    )


def bundle(made: Manifest, choices: Sequence[Any], collected: int) -> bytes:
    """The bundle of a vote in which these were the choices; the ballots' slips are not signed."""
    key, vid = curve.point_of(TALLY), made.vid
    ballots = [
        {
            "body": canonical(
                {
                    "m": f"{at:064x}",
                    "q": 1,
                    "t": "",
                    "x": curve.seal(key, canonical(choice), vid).hex(),
                }
            ).decode(),
            "s": "",
        }
        for at, choice in enumerate(choices)
    ]
    election = counting.election(made, choices)
    result = {
        "voters": election.voters,
        "blank": election.blank,
        "valid": counting.is_valid(made, election),
        "winners": list(counting.count(made, election).winners),
    }
    return canonical(
        {
            "manifest": msgspec.to_builtins(msgspec.json.decode(made.encode())),
            "ballots": ballots,
            "checkpoints": [{"n": 0, "previous": vid.hex(), "leaves": [], "head": "ab" * 32}],
            "opened": {
                "collected": collected,
                "drawn": 0,
                "tally_secret": f"{curve.secret_of(TALLY):064x}",
            },
            "result": result,
        }
    )


async def insert_panel(owner: asyncpg.Connection, sample: bool = False) -> None:
    """A panel for the votes to be of."""
    await owner.execute(
        "insert into panel (panel, title, decides, sample) values ($1, $2, $3, $4)",
        *("ungdom", "Ungdomspanelet", "Panelet gir råd. Kommunen bestemmer.", sample),
    )


async def insert_vote(
    owner: asyncpg.Connection, made: Manifest, state: str, body: bytes | None = None
) -> None:
    """A vote in a state; a counted one with its bundle."""
    await owner.execute(
        "insert into vote (panel, id, state, practise, draft, manifest, vid, reason, frozen_on)"
        " values ('ungdom', $1, $2, $3, '{}', $4, $5, $6, '2026-10-30')",
        *(made.id, state, made.practise, made.encode(), made.vid.hex()),
        "Lista over dem som kan stemme, var feil." if state == "annulled" else "",
    )
    if body is not None:
        await owner.execute(
            "insert into vote_bundle (vote, body, digest)"
            " values ($1, $2, encode(sha256($2), 'hex'))",
            *(made.id, body),
        )


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncTestClient[Any]]:
    """A browser at the resident door."""
    config = msgspec.structs.replace(database.config, public_url=URL, staff_url=URL)
    async with AsyncTestClient(create_app(config)) as opened:
        yield opened


@pytest.fixture
async def owner(database: Any) -> asyncpg.Connection:
    """A connection as the owner, with a panel for votes to be of."""
    conn: asyncpg.Connection = await database.connect("owner")
    await insert_panel(conn)
    return conn


async def put(
    owner: asyncpg.Connection, name: str, state: str = "counted", **more: Any
) -> Manifest:
    """A vote by the rule `name`, in a state, and its manifest."""
    options, rule, choices = RULES[name]
    rule = msgspec.structs.replace(rule, quorum=more.pop("quorum", "0"))
    roll = more.pop("roll", len(choices) + 3)
    made = manifest(more.pop("id_", name), options, rule, roll, **more)
    body = bundle(made, choices, len(choices) + 1) if state == "counted" else None
    await insert_vote(owner, made, state, body)
    return made


async def read(client: Any, path: str, lang: str = "nb") -> str:
    """The words of a page, without its marks."""
    answer = await client.get(f"/{lang}/panel{path}")
    assert answer.status_code == 200, answer.text[:300]
    main = answer.text.split("<main", 1)[1].split("</main>", 1)[0]
    plain = html.unescape(re.sub(r"<[^>]+>", "", main.replace("</t", " </t"))).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    return re.sub(r"\s+", " ", plain)


@pytest.mark.parametrize("name", RULES)
async def test_every_rule_has_its_page_in_every_direction(
    client: Any, owner: asyncpg.Connection, name: str
) -> None:
    """The page of a result names what won and the rule, in a language from left and from right."""
    await put(owner, name)
    for lang in ("nb", "ar"):
        words = await read(client, f"/ungdom/votes/{name}", lang)
        assert "Hva skal vi bygge?" in words
        assert "Lys" in words
        assert "None" not in words
        assert "Fraction" not in words


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("yes-no", ["Det ble: Benk ved elva", "Det sto 3 mot 2."]),
        (
            "approval",
            [
                "Lys i parken fikk mest: 4. Hage var nærmest. Det skilte 1.",
                "6 av 9 stemte. 7 hentet stemmeseddel.",
                "Plasser etter tur (Phragmén) Det samme.",
            ],
        ),
        (
            "irv",
            [
                "Lys i parken hadde 5 stemmer i runde 2.",
                "Benk ved elva var nærmest. Det skilte 1.",
                "Runde 1: Hage går ut",
                "Ingen hadde 5 stemmer. Hage hadde færrest: 2.",
                "Lys i parken +2 Til sammen 2",
                "Flest førstevalg Benk ved elva i stedet for Lys i parken. 4 av 9 fikk det",
            ],
        ),
        (
            "schulze",
            [
                "Lys i parken tapte ikke mot noen av de andre.",
                "Lys i parken slo Hage 7 mot 2.",
                "Lys i parken slo Benk ved elva 5 mot 4.",
            ],
        ),
        (
            "equal-shares",
            [
                "Hver som stemte, fikk 90 kr å bruke.",
                "300 kr av 900 kr er brukt. 600 kr er igjen.",
                "4 betalte 75 kr hver, til sammen 300 kr.",
                "Lys var nærmest. Det manglet 30 kr.",
                "Det kostet 600 kr. 4 ville ha det.",
                "De som ville ha det, hadde 285 kr igjen til sammen. Det manglet 315 kr.",
                "Dit gikk pengene deres: Benk 75 kr Ikke brukt 285 kr Til sammen 360 kr",
            ],
        ),
        (
            "greedy",
            ["De med flest stemmer kom først", "Da turen kom, var 0 kr igjen av potten."],
        ),
    ],
)
async def test_a_result_says_why(
    client: Any, owner: asyncpg.Connection, name: str, said: list[str]
) -> None:
    """Whole sentences with the count's own numbers: who won, what moved, what was missing."""
    await put(owner, name)
    words = await read(client, f"/ungdom/votes/{name}")
    assert [sentence for sentence in said if sentence not in words] == []


@pytest.mark.parametrize("name", RULES)
async def test_nobody_chose_anything(client: Any, owner: asyncpg.Connection, name: str) -> None:
    """A vote in which all were blank still has its page, by every rule."""
    options, rule, _ = RULES[name]
    made = manifest(name, options, rule, 9)
    await insert_vote(owner, made, "counted", bundle(made, [{}] * 5, 6))
    words = await read(client, f"/ungdom/votes/{name}")
    assert "5 av 9 stemte. 5 stemmer var blanke." in words


async def test_a_running_vote_shows_how_many_and_never_what(
    client: Any, owner: asyncpg.Connection
) -> None:
    """Before the count there is the rule, the lot and a turnout in fives; no result in any file."""
    await put(owner, "irv", "open", roll=32)
    await owner.execute("alter table vote_roll disable trigger user")
    await owner.execute(
        "insert into vote_roll (vote, member, salt, blinded_hash, blind_signature)"
        " select 'irv', gen_random_uuid(), $1, $2, $2 from generate_series(1, 13)",
        *(b"s" * 16, b"h" * 32),
    )
    words = await read(client, "/ungdom/votes/irv")
    assert "Minst 10 av 32 har hentet stemmeseddel." in words
    assert "Resultatet vises først når avstemningen er stengt." in words
    assert f"Rekkefølgen kommer av ordene «{SEED}»." in words
    assert "Panelet gir råd. Kommunen bestemmer." in words
    assert "Det ble:" not in words
    for file in ("bundle.json", "result.json"):
        assert (await client.get(f"/api/v1/votes/irv/{file}")).status_code == 404


async def test_what_was_decided_beforehand_can_be_read_afterwards(
    client: Any, owner: asyncpg.Connection
) -> None:
    """A result links to all that was fixed before it: options, times, the lot and secrecy."""
    await put(owner, "irv")
    assert (
        'href="/nb/panel/ungdom/votes/irv/terms"'
        in (await client.get("/nb/panel/ungdom/votes/irv")).text
    )
    words = await read(client, "/ungdom/votes/irv/terms")
    assert f"Rekkefølgen kommer av ordene «{SEED}»." in words
    assert "Det er den siste stemmen som teller." in words
    assert "Se resultatet" in words


async def test_too_few_voters_and_annulled_votes(client: Any, owner: asyncpg.Connection) -> None:
    """Below the quorum the result does not hold, and an annulled vote says why."""
    await put(owner, "approval", quorum="1/2", roll=30)
    words = await read(client, "/ungdom/votes/approval")
    assert "For få stemte, så resultatet gjelder ikke. Minst 15 måtte stemme. 6 stemte." in words
    assert "Slik ville det gått:" in words
    assert "valgt" not in words.lower()
    await put(owner, "irv", "annulled")
    words = await read(client, "/ungdom/votes/irv")
    assert "Avstemningen er annullert. Lista over dem som kan stemme, var feil." in words


async def test_the_list_keeps_practise_apart(client: Any, owner: asyncpg.Connection) -> None:
    """What is on comes first, what is over after it, and practise votes last."""
    await put(owner, "irv", "open", question="Åpen?")
    await put(owner, "approval", question="Ferdig?")
    await put(owner, "score", question="Øving?", practise=True)
    words = await read(client, "")
    places = [words.index(each) for each in ("Åpen?", "Ferdig?", "Hvem bestemmer?", "Øving?")]
    assert places == sorted(places)


async def test_pages_that_are_not(client: Any, owner: asyncpg.Connection) -> None:
    """Another panel's address, a draft and an unknown vote are all not found."""
    await put(owner, "irv")
    await owner.execute(
        "insert into vote (panel, id, state, draft) values ('ungdom', 'utkast', 'draft', '{}')"
    )
    for path in ("andre/votes/irv", "ungdom/votes/utkast", "ungdom/votes/finnes-ikke"):
        assert (await client.get(f"/nb/panel/{path}")).status_code == 404


async def test_open_data_is_the_published_bytes(client: Any, owner: asyncpg.Connection) -> None:
    """Manifest and bundle are what the hashes were made of, kept forever, and 304 when known."""
    made = await put(owner, "irv")
    listed = (await client.get("/api/v1/votes")).json()["votes"]
    assert [(one["id"], one["vid"], one["state"]) for one in listed] == [
        ("irv", made.vid.hex(), "counted")
    ]
    stated = await client.get("/api/v1/votes/irv/manifest.json")
    assert hashlib.sha256(stated.content).hexdigest() == made.vid.hex()
    sent = await client.get("/api/v1/votes/irv/bundle.json")
    digest = await owner.fetchval("select digest from vote_bundle")
    assert hashlib.sha256(sent.content).hexdigest() == digest
    assert "immutable" in sent.headers["cache-control"]
    assert sent.headers["access-control-allow-origin"] == "*"
    again = await client.get(
        "/api/v1/votes/irv/bundle.json", headers={"if-none-match": sent.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    result = (await client.get("/api/v1/votes/irv/result.json")).json()
    assert result == json.loads(sent.content)["result"]


async def test_the_schema_describes_votes(client: Any, owner: asyncpg.Connection) -> None:
    """A strict client finds every address of votes, and its answers as described."""
    await put(owner, "approval")
    described = schemathesis.openapi.from_dict((await client.get("/api/schema")).json())
    tried = 0
    for found in described.get_all_operations():
        operation = found.ok()
        if not operation.path.startswith("/api/v1/votes"):
            continue
        names = {"vote": "approval"} if "{vote}" in operation.path else {}
        answer = await client.get(operation.path.format(**names))
        assert answer.status_code == 200
        operation.Case(path_parameters=names or None).validate_response(answer)
        tried += 1
    assert tried == 4


async def test_other_features_ask_for_a_result(owner: asyncpg.Connection, database: Any) -> None:
    """`fetch_result` gives manifest, result and turnout of a counted vote, and nothing before."""
    await put(owner, "equal-shares")
    await put(owner, "irv", "open")
    conn = await database.connect("resident")
    published = await results.fetch_result(conn, "equal-shares")
    assert published.result.winners == ("benk",)
    assert (published.voters, published.collected, published.valid) == (10, 11, True)
    with pytest.raises(NotFound):
        await results.fetch_result(conn, "irv")


def test_a_real_bundle_is_counted(panel_vote: Rehearsal) -> None:
    """Seven ballots with signed slips: lys has five of them, from two checkpoints."""
    said = {"voters": 7, "blank": 0, "valid": True, "winners": ["lys"]}
    body = canonical(panel_vote.bundle(said))
    bundle = Bundle(body, hashlib.sha256(body).hexdigest(), datetime.date(2026, 11, 8))
    published = results.open_bundle(bundle)
    assert published.result.winners == ("lys",)
    assert (published.voters, published.collected, len(published.heads)) == (7, 7, 2)


async def test_a_long_page_is_light(client: Any, owner: asyncpg.Connection) -> None:
    """Fifty projects and four hundred voters: page and its stylesheets stay within 14 KiB."""
    options = [Option(f"p{at}", f"Prosjekt nummer {at}", 40_000 + at * 1000) for at in range(50)]
    choices = [
        {"c": sorted({f"p{(at * step) % 50}" for step in (3, 7, 11, 13)})} for at in range(400)
    ]
    rule = Rule("equal-shares", budget=1_500_000, step=100)
    made = manifest("stor", options, rule, 500)
    body = await asyncio.to_thread(bundle, made, choices, 410)
    await insert_vote(owner, made, "counted", body)
    answer = await client.get("/nb/panel/ungdom/votes/stor")
    sheets = [
        (await client.get(path)).content
        for path in re.findall(r'<link rel="stylesheet" href="([^"]+)"', answer.text)
    ]
    packed = [len(brotli.compress(part)) for part in (answer.content, *sheets)]
    assert sum(packed) < 24 * 1024
