"""Business hours: when an answer is due that may take so many of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MAX_DAYS = 3 * 366  # looked ahead: who has no office hours in three years has none


@dataclass(frozen=True)
class Calendar:
    """A vendor's week. `hours`: weekday, Monday "0" → from and to as "09:00".

    Without any hours it is open round the clock. A day that ends before it begins, as in
    "22:00" to "06:00", ends on the next.
    """

    zone: ZoneInfo
    hours: Mapping[str, Collection[str]]
    holidays: Collection[date] = ()

    def opening(self, day: date) -> tuple[datetime, datetime] | None:
        """Return from when until when a day's office is open, None where it is closed."""
        said = self.hours.get(str(day.weekday()))
        if not said or day in self.holidays:
            return None
        begin, end = (datetime.combine(day, time.fromisoformat(at), self.zone) for at in said)
        if end <= begin:
            end = datetime.combine(day + timedelta(days=1), end.time(), self.zone)
        # Counted as instants: an hour that the clock skips or repeats is none, or one more.
        return begin.astimezone(UTC), end.astimezone(UTC)

    def after(self, start: datetime, length: timedelta) -> datetime:
        """Return the instant at which so much office time has gone by since `start`."""
        if not self.hours:
            return start + length
        first = start.astimezone(self.zone).date() - timedelta(days=1)
        for ahead in range(MAX_DAYS):
            opening = self.opening(first + timedelta(days=ahead))
            if opening is None or opening[1] <= start:
                continue
            begin = max(opening[0], start)
            if begin + length <= opening[1]:
                return begin + length
            length -= opening[1] - begin
        return start + length


UTC = ZoneInfo("UTC")
