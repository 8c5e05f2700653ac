"""Static files: read once at start, named by their content, never changed under their name."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator
from pathlib import Path

import brotli
import msgspec
from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from stemme.errors import NotFound
from stemme.web.encoding import accepted

_SOURCES = Path(__file__).parent / "static"
_FOREVER = b"public, max-age=31536000, immutable"
_ASK_AGAIN = b"no-cache"
_SMALL = 64 * 1024
_DENSE = frozenset({".woff2", ".png", ".jpg", ".webp"})
"""Compressed already."""


class Asset(msgspec.Struct, frozen=True):
    """One file as it goes over the wire, in every encoding it gains from."""

    kind: bytes
    bodies: dict[str | None, bytes]
    tag: str


class Assets:
    """The files by their name in the address, and the way from a logical name to that one."""

    def __init__(self, manifest: dict[str, str], files: dict[str, Asset]) -> None:
        self._manifest = manifest
        self._files = files

    def url(self, name: str) -> str:
        """The address of a file by its logical name, such as `style.css`."""
        return f"/assets/{self._manifest.get(name, name)}"

    def has(self, name: str) -> bool:
        """Whether set-up has made the file."""
        return name in self._manifest

    def find(self, name: str) -> tuple[Asset, bytes] | None:
        """The file of that name and how long it may be kept; a logical name must be asked again."""
        if name in self._files:
            return self._files[name], _FOREVER
        real = self._manifest.get(name)
        return None if real is None else (self._files[real], _ASK_AGAIN)


def load(build: Path) -> Assets:
    """The compiled files of set-up, or our plain sources where there are none."""
    folder = build / "static"
    if (folder / "manifest.json").exists():
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=dict[str, str])
        return Assets(manifest, {file: _compiled(folder / file) for file in manifest.values()})
    files: dict[str, Asset] = {}
    manifest = {}
    for name, raw in _plain_sources():
        digest = hashlib.sha256(raw).hexdigest()[:12]
        stem, _, suffix = name.rpartition(".")
        manifest[name] = f"{stem}.{digest}.{suffix}"
        files[manifest[name]] = _asset(name, raw, None)
    return Assets(manifest, files)


def _plain_sources() -> Iterator[tuple[str, bytes]]:
    """Our own files, with the style sheet of each door instead of its parts."""
    parts = ("theme.css", "app.css")
    for name in ("style.css", "staff.css"):
        yield name, b"\n".join((_SOURCES / part).read_bytes() for part in parts)
    for path in sorted(_SOURCES.iterdir()):
        if path.name not in parts and path.is_file():
            yield path.name, path.read_bytes()


def _compiled(path: Path) -> Asset:
    compressed = path.with_name(f"{path.name}.br")
    return _asset(
        path.name, path.read_bytes(), compressed.read_bytes() if compressed.exists() else None
    )


def _asset(name: str, raw: bytes, compressed: bytes | None) -> Asset:
    bodies: dict[str | None, bytes] = {None: raw}
    if Path(name).suffix not in _DENSE:
        if len(raw) < _SMALL:
            bodies["gzip"] = gzip.compress(raw, 9, mtime=0)
        bodies["br"] = compressed or brotli.compress(raw, quality=11 if len(raw) < _SMALL else 5)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return Asset(f"{kind}{charset}".encode(), bodies, hashlib.sha256(raw).hexdigest()[:16])


@asgi("/assets", is_mount=True, copy_scope=False)
async def serve_asset(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    """Answer from memory, with 304 for what the browser has already."""
    assets: Assets = scope["litestar_app"].state.site.assets
    found = assets.find(scope["path"].strip("/").rsplit("/", 1)[-1])
    if found is None or scope.get("method") != "GET":
        raise NotFound
    asset, keep = found
    request = dict(scope["headers"])
    wanted = accepted(request.get(b"accept-encoding", b"").decode("latin-1"))
    if wanted == "gzip" and "gzip" not in asset.bodies and "br" in asset.bodies:
        # A large file is made smaller when it is first asked for, not while the door opens.
        asset.bodies["gzip"] = gzip.compress(asset.bodies[None], 6, mtime=0)
    encoding = wanted if wanted in asset.bodies else None
    body = asset.bodies[encoding]
    tag = f'"{asset.tag}{"-" + encoding if encoding else ""}"'.encode()
    headers = [(b"cache-control", keep), (b"etag", tag), (b"vary", b"Accept-Encoding")]
    status = 200
    if tag in (part.strip() for part in request.get(b"if-none-match", b"").split(b",")):
        status, body = 304, b""
    else:
        headers += [(b"content-type", asset.kind), (b"content-length", str(len(body)).encode())]
        if encoding:
            headers.append((b"content-encoding", encoding.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


handlers: list[ASGIRouteHandler] = [serve_asset]
