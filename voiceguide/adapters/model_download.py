"""Fetch a model's archive. This is the only module of the program that may use a network.

What has arrived stays in a `.part` file, and the next call goes on from there: HTTP's Range says
from where, If-Range makes a changed file start afresh. The checksum has the last word on both.
Import this module inside the function that needs it: urllib takes long to load.
"""

import hashlib
import http.client
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from voiceguide.content.model_catalogue import CatalogueModel
from voiceguide.errors import ModelError

Report = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes expected in all."""

TIMEOUT_SECONDS = 30.0  # without a single byte; a slow line may take as long as it takes

_CHUNK_BYTES = 1 << 16
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_AGAIN = "What has arrived is kept: run the same command again."


def fetch(
    model: CatalogueModel, part: Path, report: Report, timeout_seconds: float = TIMEOUT_SECONDS
) -> None:
    """Bring `part` up to the model's whole archive and check it.

    Raises:
        ModelError: it did not work. `part` stays for the next try unless its bytes are wrong.
    """
    _check_address(model.address)
    with _saying_disk_errors(part):
        if not (model.size_is_exact and _size(part) == model.size_bytes):
            _load(model, part, report, timeout_seconds)
        _check_bytes(model, part)


def forget(part: Path) -> None:
    """Remove a part file and the note of its version."""
    part.unlink(missing_ok=True)
    _version_file(part).unlink(missing_ok=True)


def _load(model: CatalogueModel, part: Path, report: Report, timeout_seconds: float) -> None:
    with _saying_network_errors(model):
        response = _open(model, part, timeout_seconds)
    if response is None:
        return
    with response:
        start = _start(response, part)
        total = _total(response, start, model)
        _note_version(response, part)
        with part.open("r+b" if start else "wb", buffering=0) as file:
            file.seek(start)
            _copy(model, response, file, report)
    if _size(part) < (total or 0):
        arrived = f"{_size(part)} of {total} bytes"
        raise ModelError(f"The connection for {model.name} ended after {arrived}. {_AGAIN}")


def _open(model: CatalogueModel, part: Path, timeout_seconds: float) -> Any | None:
    """The response with the rest of the archive, or None where nothing is left to send."""
    opener = urllib.request.build_opener(_SafeRedirects())
    try:
        return opener.open(_request(model, part), timeout=timeout_seconds)
    except urllib.error.HTTPError as error:
        with error:
            if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not _size(part):
                raise
            if error.headers.get("Content-Range") == f"bytes */{_size(part)}":
                return None
    forget(part)
    return opener.open(_request(model, part), timeout=timeout_seconds)


def _request(model: CatalogueModel, part: Path) -> urllib.request.Request:
    headers = {"User-Agent": "voiceguide", "Accept-Encoding": "identity"}
    if start := _size(part):
        headers["Range"] = f"bytes={start}-"
        if version := _noted_version(part):
            headers["If-Range"] = version
    return urllib.request.Request(model.address, headers=headers)  # noqa: S310 - `fetch` checked it


def _start(response: Any, part: Path) -> int:
    """Where the response's first byte belongs. A server without Range sends all, from 0.

    Raises:
        ModelError: the server sends another part than it was asked for.
    """
    if response.status != http.HTTPStatus.PARTIAL_CONTENT:
        return 0
    start = _size(part)
    if not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        forget(part)
        raise ModelError("The server sent another part of the file than asked for: try again.")
    return start


def _total(response: Any, start: int, model: CatalogueModel) -> int | None:
    """How many bytes the whole archive has by the server's word; None where it gives none.

    Raises:
        ModelError: that can't be the archive in the catalogue.
    """
    length = response.headers.get("Content-Length") or ""
    if not re.fullmatch("[0-9]{1,15}", length):
        return None
    total = start + int(length)
    if total > model.most_bytes or (model.size_is_exact and total != model.size_bytes):
        raise _other_file(model, total)
    return total


def _copy(model: CatalogueModel, response: Any, file: IO[bytes], report: Report) -> None:
    here = file.tell()
    report(here, model.size_bytes)
    for chunk in _chunks(model, response):
        file.write(chunk)
        here += len(chunk)
        if here > model.most_bytes:
            raise _other_file(model, here)
        report(here, model.size_bytes)


def _chunks(model: CatalogueModel, response: Any) -> Iterator[bytes]:
    with _saying_network_errors(model):
        while chunk := response.read1(_CHUNK_BYTES):
            yield chunk


def _check_bytes(model: CatalogueModel, part: Path) -> None:
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != model.sha256:
        forget(part)
        raise ModelError(
            f"What arrived for {model.name} is not the published file (its checksum is wrong): "
            "it has been deleted; try again, and over another network if this comes back."
        )


def _check_address(address: str, asked_by: str = "") -> None:
    """Only https; plain http on this very machine, and not sent there by another.

    Raises:
        ModelError: the address is of another kind.
    """
    if urllib.parse.urlsplit(address).scheme == "https":
        return
    if not _is_own_machine(address) or not _is_own_machine(asked_by or address):
        raise ModelError(f"{address} is not fetched: a model's address must begin with https://.")


def _is_own_machine(address: str) -> bool:
    parts = urllib.parse.urlsplit(address)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Redirects are followed only to where a model may come from."""

    def redirect_request(self, req: urllib.request.Request, *rest: Any) -> Any:
        _check_address(rest[-1], asked_by=req.full_url)
        return super().redirect_request(req, *rest)


@contextmanager
def _saying_network_errors(model: CatalogueModel) -> Iterator[None]:
    host = urllib.parse.urlsplit(model.address).hostname
    try:
        yield
    except urllib.error.HTTPError as error:
        raise ModelError(
            f"{host} answered {error.code} ({_reason(error)}) for {model.name}: try again later, "
            "or unpack the model yourself and name its folder with --model."
        ) from None
    except TimeoutError:
        raise ModelError(f"{host} sends nothing any more. {_AGAIN}") from None
    except urllib.error.URLError as error:
        raise ModelError(
            f"{host} can't be reached ({_reason(error)}): look to the network. {_AGAIN}"
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise ModelError(f"The connection to {host} broke ({_reason(error)}). {_AGAIN}") from None


def _reason(error: BaseException) -> str:
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    said = getattr(inner, "strerror", None) or str(inner)
    # The text may be the server's own: nothing of it may steer the terminal.
    plain = " ".join("".join(mark if mark.isprintable() else " " for mark in said).split())
    return plain[:80] or type(inner).__name__


@contextmanager
def _saying_disk_errors(part: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelError(f"{part} can't be written: {error.strerror or error}.") from None


def _other_file(model: CatalogueModel, total: int) -> ModelError:
    return ModelError(
        f"The server has {total} bytes for {model.name} where {model.size_bytes} are expected: "
        "the file has changed, and a newer voiceguide may know it."
    )


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _version_file(part: Path) -> Path:
    return part.with_name(part.name + ".version")


def _note_version(response: Any, part: Path) -> None:
    """Keep what If-Range needs: a strong ETag, or the date of the last change."""
    etag = response.headers.get("ETag") or ""
    version = etag if etag.startswith('"') else response.headers.get("Last-Modified") or ""
    _version_file(part).write_text(version, encoding="latin-1")


def _noted_version(part: Path) -> str:
    file = _version_file(part)
    version = file.read_text(encoding="latin-1") if file.exists() else ""
    return version if re.fullmatch("[ -~]*", version) else ""  # it becomes a header of a request
