"""The calendar on the wall: local date and time, for what a person reads or counts in days.

It jumps - summer time, travel, a clock set right - so nothing is measured with it; durations are
`MonotonicClock`'s.
"""

from datetime import UTC, date, datetime


class LocalClock:
    """The system's local time."""

    def now(self) -> datetime:
        """The present moment in the local zone."""
        return datetime.now(UTC).astimezone()

    def today(self) -> date:
        """The present local date."""
        return self.now().date()
