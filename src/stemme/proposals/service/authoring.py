"""What an author does with the secret link: sees how it stands, answers, invites, withdraws."""

from __future__ import annotations

import secrets

import asyncpg
from msgspec import Struct

from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.programme.service import thread
from stemme.programme.service.thread import Answered
from stemme.proposals import store
from stemme.proposals.model import Own, OwnComment, Proposal, Question, Version
from stemme.proposals.service.reading import origin_of
from stemme.surveys.service.answering import receipt_of


class TooLate(StemmeError):
    """The round takes no changes any more, or the proposal is gone."""

    status = 410
    message = _("Fristen er ute. Forslaget kan ikke endres nå.")


class TooManyInvitations(StemmeError):
    """Ten invitations wait already."""

    status = 409
    message = _("Vi har fått mye på en gang. Prøv igjen i morgen.")


class Mine(Struct, frozen=True):
    """All that an author sees of the proposal."""

    own: Own
    versions: list[Version]
    questions: list[Question]
    wishes: list[tuple[Proposal, bool]]
    """Another proposal, and whether joining is that one's wish."""
    others: list[Proposal]
    """Shown proposals that this one could be joined with."""
    answers: list[Answered]

    @property
    def shown(self) -> bool:
        """Whether everyone can read a version of it."""
        return any(one.state == "shown" for one in self.versions)


async def find(pool: asyncpg.Pool, slug: str, token: bytes) -> Mine | OwnComment:
    """Give what a secret link leads to: a proposal or a comment; raises NotFound."""
    receipt = receipt_of(token)
    async with pool.acquire() as conn:
        own = await store.find_own(conn, slug, receipt)
        if own is None:
            comment = await store.find_own_comment(conn, slug, receipt)
            if comment is None:
                raise NotFound
            return comment
        shown = {one.id: one for one in await store.list_proposals(conn, slug)}
        wishes = await store.list_own_wishes(conn, slug, receipt)
        answers = await thread.list_answers(conn, origin=origin_of(slug))
        return Mine(
            own,
            await store.list_own_versions(conn, slug, receipt),
            await store.list_own_questions(conn, slug, receipt),
            [(shown[id_], theirs) for id_, theirs in wishes if id_ in shown],
            [one for one in shown.values() if one.state == "live" and one.id != own.id],
            [one for one in answers if any(said.ref == str(own.id) for said in one.inputs)],
        )


async def answer(pool: asyncpg.Pool, slug: str, token: bytes, question: int, text: str) -> None:
    """Answer a question of the office; raises TooLate."""
    async with pool.acquire() as conn:
        if not await store.answer_question(conn, slug, receipt_of(token), question, text):
            raise TooLate


async def invite(pool: asyncpg.Pool, slug: str, token: bytes) -> bytes:
    """Give the code of an invitation for one more author; raises TooLate, TooManyInvitations."""
    code = secrets.token_bytes(16)
    async with pool.acquire() as conn:
        said = await store.invite_author(conn, slug, receipt_of(token), receipt_of(code))
    if said == "full":
        raise TooManyInvitations
    if said != "stored":
        raise TooLate
    return code


async def invited_to(pool: asyncpg.Pool, slug: str, code: bytes) -> tuple[str, str] | None:
    """Give language and title of the proposal that an unused invitation is for."""
    async with pool.acquire() as conn:
        return await store.find_invited(conn, slug, receipt_of(code))


async def join(pool: asyncpg.Pool, slug: str, code: bytes, token: bytes) -> bool:
    """Become an author, once an invitation; False where it was used or comes too late."""
    async with pool.acquire() as conn:
        said = await store.join_proposal(conn, slug, receipt_of(code), receipt_of(token))
    return said in ("stored", "repeated")


async def wish_merge(pool: asyncpg.Pool, slug: str, token: bytes, other: int) -> None:
    """Wish to be one with another; both wishing it makes them one. Raises TooLate."""
    async with pool.acquire() as conn:
        if await store.wish_merge(conn, slug, receipt_of(token), other) == "closed":
            raise TooLate


async def withdraw(pool: asyncpg.Pool, slug: str, token: bytes) -> str:
    """Leave what others are authors of too, else delete every word of it; raises TooLate."""
    async with pool.acquire() as conn:
        said = await store.withdraw(conn, slug, receipt_of(token))
    if said == "closed":
        raise TooLate
    return said


async def withdraw_comment(pool: asyncpg.Pool, slug: str, token: bytes) -> None:
    """Delete one's own comment; raises NotFound."""
    async with pool.acquire() as conn:
        if not await store.withdraw_comment(conn, slug, receipt_of(token)):
            raise NotFound
