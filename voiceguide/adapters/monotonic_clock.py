"""The machine's clock."""

import time


class MonotonicClock:
    """Seconds that never jump; satisfies `ports.Clock`."""

    def now(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()
