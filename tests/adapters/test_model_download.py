import dataclasses
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.model_server import ModelServer, catalogue_model, model_zip
from voiceguide.adapters.model_download import fetch
from voiceguide.content.model_catalogue import CatalogueModel
from voiceguide.errors import ExitCode, ModelError

BODY = model_zip()
HALF = len(BODY) // 2


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(BODY) as running:
        yield running


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "small-en-us.zip.part"


def silent(_here: int, _total: int) -> None:
    """Report to nobody."""


def interrupt_at_half(here: int, total: int) -> None:
    if here >= total // 2:
        raise KeyboardInterrupt


def inexact(model: CatalogueModel, size_bytes: int) -> CatalogueModel:
    return dataclasses.replace(model, size_bytes=size_bytes, size_is_exact=False)


def test_the_whole_file_arrives_and_progress_grows_to_its_size(
    server: ModelServer, part: Path
) -> None:
    reports: list[tuple[int, int]] = []
    fetch(server.model(), part, lambda here, total: reports.append((here, total)))

    assert part.read_bytes() == BODY
    assert reports == sorted(reports)
    assert reports[0] == (0, len(BODY))
    assert reports[-1] == (len(BODY), len(BODY))


def test_a_part_that_is_here_is_not_sent_again(server: ModelServer, part: Path) -> None:
    part.write_bytes(BODY[:HALF])
    reports: list[int] = []
    fetch(server.model(), part, lambda here, _total: reports.append(here))

    assert part.read_bytes() == BODY
    assert server.requests[0]["range"] == f"bytes={HALF}-"
    assert reports[0] == HALF


def test_after_ctrl_c_the_part_stays_and_the_next_call_goes_on_from_there(
    server: ModelServer, part: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        fetch(server.model(), part, interrupt_at_half)
    kept = part.stat().st_size
    fetch(server.model(), part, silent)

    assert HALF <= kept < len(BODY)
    assert server.requests[1]["range"] == f"bytes={kept}-"
    assert server.requests[1]["if-range"] == '"one"'
    assert part.read_bytes() == BODY


def test_a_file_that_changed_since_the_first_part_is_sent_anew(
    server: ModelServer, part: Path
) -> None:
    server.body = bytes(len(BODY))
    with pytest.raises(KeyboardInterrupt):
        fetch(server.model(), part, interrupt_at_half)
    server.body, server.etag = BODY, '"two"'
    fetch(server.model(), part, silent)

    assert part.read_bytes() == BODY


def test_a_weak_etag_is_not_used_for_going_on(server: ModelServer, part: Path) -> None:
    server.etag = 'W/"one"'
    with pytest.raises(KeyboardInterrupt):
        fetch(server.model(), part, interrupt_at_half)
    fetch(server.model(), part, silent)

    assert "range" in server.requests[1]
    assert "if-range" not in server.requests[1]


def test_a_spoilt_version_note_is_not_sent_as_a_header(server: ModelServer, part: Path) -> None:
    part.write_bytes(BODY[:HALF])
    part.with_name(part.name + ".version").write_text('"x"\r\nEvil: yes')
    fetch(server.model(), part, silent)

    assert "if-range" not in server.requests[0]
    assert "evil" not in server.requests[0]


def test_a_server_without_ranges_sends_all_and_the_part_is_replaced(
    server: ModelServer, part: Path
) -> None:
    server.knows_ranges = False
    part.write_bytes(b"x" * HALF)
    fetch(server.model(), part, silent)

    assert part.read_bytes() == BODY


def test_a_longer_part_leaves_nothing_behind_what_is_sent_anew(
    server: ModelServer, part: Path
) -> None:
    server.knows_ranges = False
    part.write_bytes(BODY + b"more")
    fetch(inexact(server.model(), len(BODY) - 500), part, silent)

    assert part.read_bytes() == BODY


def test_a_whole_part_is_only_checked_without_the_network(part: Path) -> None:
    part.write_bytes(BODY)
    fetch(catalogue_model(BODY, "https://nowhere.invalid/model.zip"), part, silent)

    assert part.read_bytes() == BODY


def test_a_whole_part_of_a_roughly_known_size_is_found_whole(
    server: ModelServer, part: Path
) -> None:
    part.write_bytes(BODY)
    fetch(inexact(server.model(), len(BODY) + 500), part, silent)

    assert part.read_bytes() == BODY
    assert len(server.requests) == 1


def test_a_part_larger_than_the_file_is_thrown_away(server: ModelServer, part: Path) -> None:
    part.write_bytes(BODY + b"more")
    fetch(server.model(), part, silent)

    assert part.read_bytes() == BODY


def test_a_part_longer_than_a_roughly_known_file_is_fetched_anew(
    server: ModelServer, part: Path
) -> None:
    part.write_bytes(BODY + b"more")
    fetch(inexact(server.model(), len(BODY)), part, silent)

    assert part.read_bytes() == BODY
    assert "range" not in server.requests[1]


def test_a_server_that_does_not_say_the_length_is_believed_by_the_checksum(
    server: ModelServer, part: Path
) -> None:
    server.says_length = False
    fetch(inexact(server.model(), len(BODY) + 500), part, silent)

    assert part.read_bytes() == BODY


def test_wrong_bytes_are_deleted_and_said(server: ModelServer, part: Path) -> None:
    model = dataclasses.replace(server.model(), sha256="0" * 64)

    with pytest.raises(ModelError, match="its checksum is wrong") as caught:
        fetch(model, part, silent)

    assert list(part.parent.iterdir()) == []
    assert caught.value.exit_code is ExitCode.MODEL_OR_VOICE_MISSING


def test_a_connection_that_ends_early_keeps_the_part(server: ModelServer, part: Path) -> None:
    server.cut_after = HALF

    with pytest.raises(ModelError, match=f"ended after {HALF} of {len(BODY)} bytes"):
        fetch(server.model(), part, silent)

    assert part.read_bytes() == BODY[:HALF]


@pytest.mark.parametrize("other", [BODY + b"more", BODY[:-1]])
def test_a_file_of_another_size_is_refused_before_it_is_loaded(
    other: bytes, server: ModelServer, part: Path
) -> None:
    model = server.model()
    server.body = other

    with pytest.raises(ModelError, match=f"{len(BODY)} are expected"):
        fetch(model, part, silent)

    assert not part.exists()


def test_an_endless_file_is_cut_off(server: ModelServer, part: Path) -> None:
    model = inexact(server.model(), len(BODY) // 4)
    server.says_length = False

    with pytest.raises(ModelError, match="the file has changed"):
        fetch(model, part, silent)

    assert part.stat().st_size < len(BODY)


def test_another_range_than_asked_for_is_refused(server: ModelServer, part: Path) -> None:
    part.write_bytes(BODY[:HALF])
    server.wrong_range = True

    with pytest.raises(ModelError, match="another part of the file"):
        fetch(server.model(), part, silent)

    assert not part.exists()


@pytest.mark.parametrize("status", [403, 404, 416, 500, 503])
def test_an_http_error_is_one_sentence_and_keeps_the_part(
    status: int, server: ModelServer, part: Path
) -> None:
    part.write_bytes(BODY[:HALF] if status != 416 else b"")
    server.status = status

    with pytest.raises(ModelError, match=rf"127\.0\.0\.1 answered {status} \(") as caught:
        fetch(server.model(), part, silent)

    assert "\n" not in str(caught.value)
    assert part.exists()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"hello\x1b[2J\r\n\r\n", id="not HTTP"),
        pytest.param(b"", id="closed at once"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nab", id="cut chunk"
        ),
    ],
)
def test_a_broken_answer_is_one_sentence(raw: bytes, server: ModelServer, part: Path) -> None:
    server.raw = raw

    with pytest.raises(ModelError, match=r"The connection to 127\.0\.0\.1 broke") as caught:
        fetch(server.model(), part, silent)

    assert str(caught.value).isprintable()


def test_a_server_that_falls_silent_is_given_up(server: ModelServer, part: Path) -> None:
    server.go_on = threading.Event()

    with pytest.raises(ModelError, match="sends nothing any more"):
        fetch(server.model(), part, silent, timeout_seconds=0.2)

    assert part.read_bytes() == BODY[:HALF]


def test_an_unreachable_server_is_one_sentence(part: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(ModelError, match=r"can't be reached \(Connection refused\)"):
        fetch(catalogue_model(BODY, f"http://127.0.0.1:{port}/model.zip"), part, silent)


def test_a_folder_that_is_not_writable_is_one_sentence(server: ModelServer, tmp_path: Path) -> None:
    part = tmp_path / "missing" / "model.part"

    with pytest.raises(ModelError, match=r"model\.part can't be written: No such file"):
        fetch(server.model(), part, silent)


def test_a_redirect_is_followed(server: ModelServer, part: Path) -> None:
    with ModelServer(b"") as first:
        first.redirect_to = server.address
        fetch(catalogue_model(BODY, first.address), part, silent)

    assert part.read_bytes() == BODY


@pytest.mark.parametrize(
    "target", ["http://models.invalid/model.zip", "ftp://models.invalid/m.zip", "file:///etc/hosts"]
)
def test_a_redirect_away_from_https_is_refused(
    target: str, server: ModelServer, part: Path
) -> None:
    server.redirect_to = target

    with pytest.raises(ModelError, match=r"must begin with https://|answered 302"):
        fetch(server.model(), part, silent)

    assert not part.exists()


@pytest.mark.parametrize(
    "address",
    [
        "http://models.invalid/model.zip",
        "http://127.0.0.1.models.invalid/model.zip",
        "http://127.0.0.1@models.invalid/model.zip",
        "file:///etc/hosts",
        "ftp://127.0.0.1/model.zip",
    ],
)
def test_only_https_is_fetched_except_from_this_machine(address: str, part: Path) -> None:
    with pytest.raises(ModelError, match=r"must begin with https://"):
        fetch(catalogue_model(BODY, address), part, silent)


def test_a_redirect_from_afar_to_this_machine_is_refused() -> None:
    from voiceguide.adapters.model_download import _check_address  # noqa: PLC0415

    with pytest.raises(ModelError, match=r"must begin with https://"):
        _check_address("http://127.0.0.1/model.zip", asked_by="https://alphacephei.com/m.zip")
