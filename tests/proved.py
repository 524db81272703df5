"""Where a test leaves a line for the end of the run."""

import pytest

PROVED: pytest.StashKey[list[str]] = pytest.StashKey()
