"""Business hours: when a response is due that may take a number of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MAX_DAYS = 3 * 366  # a vendor without office hours in three years is taken to have none


@dataclass(frozen=True)
class Calendar:
    """A vendor's week. `hours`: weekday, Monday "0" → from and to as "09:00".

    Without any hours the office is always open. A day that ends before it begins, as in
    "22:00" to "06:00", ends on the next.
    """

    zone: ZoneInfo
    hours: Mapping[str, Collection[str]]
    holidays: Collection[date] = ()

    def opening(self, day: date) -> tuple[datetime, datetime] | None:
        """Return when the office opens and closes on a day, None if it is closed all day."""
        hours = self.hours.get(str(day.weekday()))
        if not hours or day in self.holidays:
            return None
        begin, end = (datetime.combine(day, time.fromisoformat(at), self.zone) for at in hours)
        if end <= begin:
            end = datetime.combine(day + timedelta(days=1), end.time(), self.zone)
        # In UTC, so that hours which the clock skips or repeats are counted correctly.
        return begin.astimezone(UTC), end.astimezone(UTC)

    def after(self, start: datetime, length: timedelta) -> datetime:
        """Return the time at which `length` of office time has passed since `start`."""
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
