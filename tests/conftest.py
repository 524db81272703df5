"""Options of the test suite, and what its run tells at the end."""

import pytest

from tests.proved import PROVED


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="rewrite the golden transcripts as they are today"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[PROVED] = []


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash[PROVED]:
        terminalreporter.write_line(line)


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten rather than compared."""
    return bool(request.config.getoption("--accept"))
