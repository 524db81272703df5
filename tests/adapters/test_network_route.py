"""The way to a network is asked for without using it."""

import socket

import pytest

from voiceguide.adapters.network_route import has_route


def test_a_way_is_found_and_nothing_is_sent() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.0)

        assert has_route(*listening.getsockname())
        with pytest.raises(BlockingIOError):
            listening.recv(1)


def test_without_a_way_there_is_none() -> None:
    assert not has_route("255.255.255.255"), "a broadcast that was not asked for"
