"""A real HTTP server on this machine that serves one file, well or badly, keeping the requests."""

import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from voiceguide.content.model_catalogue import CatalogueModel


def model_zip(files: Mapping[str, bytes] | None = None) -> bytes:
    """An archive as vosk's are: one folder with the model in it; about 200 kB by itself."""
    noise = hashlib.shake_128(b"model").digest(200_000)  # does not compress, so size is the same
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (files or {"vosk-model/am/final.mdl": noise}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def catalogue_model(body: bytes, address: str, name: str = "small-en-us") -> CatalogueModel:
    """A catalogue's entry that is right for these bytes."""
    checksum = hashlib.sha256(body).hexdigest()
    return CatalogueModel(name, "A model.", "Apache-2.0", address, checksum, len(body))


class ModelServer:
    """Serves `body`; the other attributes say in what way it does not behave."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.etag = '"one"'
        self.knows_ranges = True
        self.cut_after: int | None = None
        self.status: int | None = None
        self.redirect_to = ""
        self.raw: bytes | None = None
        self.wrong_range = False
        self.says_length = True
        self.go_on: threading.Event | None = None
        self.requests: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/model.zip"

    def model(self) -> CatalogueModel:
        return catalogue_model(self.body, self.address)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.go_on is not None:
            self.go_on.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.requests.append({key.lower(): value for key, value in self.headers.items()})
                owner.answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        if self.raw is not None:
            handler.wfile.write(self.raw)
        elif self.redirect_to:
            handler.send_response(302)
            handler.send_header("Location", self.redirect_to)
            handler.end_headers()
        elif self.status is not None:
            handler.send_error(self.status)
        else:
            self._send_file(handler)

    def _send_file(self, handler: BaseHTTPRequestHandler) -> None:
        start = self._asked_start(handler)
        if start >= len(self.body) > 0:
            handler.send_response(416)
            handler.send_header("Content-Range", f"bytes */{len(self.body)}")
            handler.end_headers()
            return
        handler.send_response(206 if start else 200)
        if start:
            shown = start + 1 if self.wrong_range else start
            handler.send_header(
                "Content-Range", f"bytes {shown}-{len(self.body) - 1}/{len(self.body)}"
            )
        if self.says_length:
            handler.send_header("Content-Length", str(len(self.body) - start))
        if self.etag:
            handler.send_header("ETag", self.etag)
        handler.end_headers()
        self._send_body(handler, self.body[start : self.cut_after])

    def _asked_start(self, handler: BaseHTTPRequestHandler) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        is_same_file = handler.headers.get("If-Range", self.etag) == self.etag
        return int(asked.group(1)) if asked and self.knows_ranges and is_same_file else 0

    def _send_body(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        half = len(body) // 2 if self.go_on is not None else len(body)
        try:
            handler.wfile.write(body[:half])
            if self.go_on is not None:
                handler.wfile.flush()
                self.go_on.wait(timeout=30)
                handler.wfile.write(body[half:])
        except OSError:
            return  # the client has gone, as some tests want
