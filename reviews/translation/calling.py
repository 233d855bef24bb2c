"""Calling an engine: which one, guarded how, and what is done when its answer is wrong.

Nothing here touches the database, so it runs in a thread beside what does.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from reviews.translation import checks, shared
from reviews.translation.engines import PASSING, Engine, EngineError, EngineFailure, Style, engine
from reviews.translation.glossary import Glossary
from reviews.translation.memory import Known
from reviews.translation.protection import (
    MARK,
    Segment,
    fragments,
    mark,
    numbers_protected,
    restore,
)
from reviews.translation.routes import Route
from reviews.translation.segments import LETTER

logger = logging.getLogger(__name__)

# The circuit breaker: so many failures in a row, and an engine is left alone for a while.
FAILURES_TO_OPEN = 3
LEFT_ALONE = 30  # seconds
COUNTED = 300  # seconds that a failure counts

ATTEMPTS = 2  # beside those that an engine's own connection makes
BACKOFF = 0.4  # seconds, doubled each time, with jitter
# How long a call may hold its place, and how long one is waited for.
JITTER = random.SystemRandom()
SLOT = 90  # seconds
QUEUE = 20.0  # seconds


class Call(NamedTuple):
    """What one call of an engine cost."""

    engine: str
    segments: int
    characters: int
    seconds: float
    failure: str = ""
    detail: str = ""


@dataclass
class Batch:
    """Segments to translate in one way, and what became of them."""

    source: str
    target: str
    route: Route
    segments: list[Segment]
    glossary: Glossary | None = None
    formal: bool = False
    # In the order of `segments`; None where it failed, `failure` says why.
    found: list[Known | None] = field(default_factory=list)
    failure: EngineError | None = None
    calls: list[Call] = field(default_factory=list)

    @property
    def characters(self) -> int:
        return sum(len(segment.text) for segment in self.segments)


def carry_out(batch: Batch) -> None:
    """Translate a batch by the first of its engines that can. Failures are noted, not raised."""
    if batch.route.via:
        _over_a_third_language(batch)
        return
    batch.found = [None] * len(batch.segments)
    for key in batch.route.engines:
        missing = [place for place, known in enumerate(batch.found) if known is None]
        try:
            _carry_out(batch, engine(key), missing)
        except EngineError as error:
            logger.warning(
                "%s %s>%s: %s %s", key, batch.source, batch.target, error.code, error.detail
            )
            batch.failure = error
        if None not in batch.found:
            batch.failure = None
            return


def _over_a_third_language(batch: Batch) -> None:
    """Translate in two legs; the result says over which language."""
    way = batch.route
    first = Batch(batch.source, way.via, Route(way.engines), batch.segments, formal=batch.formal)
    carry_out(first)
    reached = [(n, known) for n, known in enumerate(first.found) if known is not None]
    segments = [Segment(known.text, batch.segments[n].kept) for n, known in reached]
    second = Batch(way.via, batch.target, Route(way.onward), segments, batch.glossary, batch.formal)
    carry_out(second)
    batch.found = [None] * len(batch.segments)
    for (n, half), known in zip(reached, second.found, strict=True):
        if known is not None:
            failed = checks.failed(batch.segments[n], known.text)
            engines = dict.fromkeys((half.engine, known.engine))
            batch.found[n] = Known(known.text, ", ".join(engines), way.via, failed=tuple(failed))
    batch.failure = second.failure or first.failure
    batch.calls = first.calls + second.calls


def _carry_out(batch: Batch, by: Engine, places: list[int]) -> None:
    """Have one engine translate what is missing, in calls of a size that it takes."""
    for portion in _portions(by, [(place, batch.segments[place]) for place in places]):
        try:
            _translate(batch, by, portion)
        except EngineError as error:
            if error.code != EngineFailure.FAILED or len(portion) == 1:
                raise
            # One segment may be what it breaks on: the others need not suffer.
            _one_by_one(batch, by, portion)


def _one_by_one(batch: Batch, by: Engine, portion: list[tuple[int, Segment]]) -> None:
    """Translate segments each alone. Raises the engine's error if none of the first goes."""
    failed = 0
    for number, row in enumerate(portion):
        try:
            _translate(batch, by, [row])
        except EngineError as error:
            if error.code != EngineFailure.FAILED:
                raise
            failed += 1
            batch.failure = error
            if failed == number + 1 >= FAILURES_TO_OPEN:
                raise


def _portions(by: Engine, rows: list[tuple[int, Segment]]) -> Iterator[list[tuple[int, Segment]]]:
    portion: list[tuple[int, Segment]] = []
    size = 0
    for row in rows:
        length = len(row[1].text) + sum(map(len, row[1].kept))
        if portion and (len(portion) == by.most or size + length > by.most_characters):
            yield portion
            portion, size = [], 0
        portion.append(row)
        size += length
    if portion:
        yield portion


def _translate(batch: Batch, by: Engine, portion: list[tuple[int, Segment]]) -> None:
    """Translate, check, and try anew what went gravely wrong, each time with more taken out."""
    glossary = batch.glossary
    style = Style(batch.formal)
    if glossary is not None and by.knows_glossaries:
        style = Style(batch.formal, glossary.bendable(), glossary.state)

    def ask(segments: Sequence[Segment]) -> list[str]:
        return guarded(batch, by, segments, style)

    def dressed(segment: Segment, bendable: bool) -> Segment:
        return segment if glossary is None else glossary.dress(segment, bendable)

    def store(place: int, segment: Segment, text: str) -> bool:
        """Keep an answer, and tell whether it is gravely wrong."""
        forbidden = glossary.forbidden(segment.text) if glossary else ()
        failed = checks.failed(segment, text, forbidden)
        batch.found[place] = Known(text, by.label, failed=tuple(failed))
        return bool(checks.GRAVE.intersection(failed))

    bare = [(place, segment, with_marks(segment)) for place, segment in portion]
    texts = _attempt(ask, [(s, dressed(b, by.knows_glossaries)) for _place, s, b in bare])
    wrong = [row for row, text in zip(bare, texts, strict=True) if store(row[0], row[1], text)]
    if not wrong:
        return
    tight = [(s, numbers_protected(dressed(b, False))) for _place, s, b in wrong]
    texts = _attempt(ask, tight)
    for (place, segment, _bare), (_s, tightly), text in zip(wrong, tight, texts, strict=True):
        if store(place, segment, text):
            store(place, segment, _by_fragments(ask, tightly))


def with_marks(segment: Segment) -> Segment:
    """Return a segment whose marks stand for themselves: what is dressed further comes back so."""
    return Segment(segment.text, tuple(mark(n) for n in range(len(segment.kept))))


def _attempt(
    ask: Callable[[Sequence[Segment]], list[str]], rows: list[tuple[Segment, Segment]]
) -> list[str]:
    """Translate dressed segments, and take the dress off again: terms and figures put back.

    The engine is shown what the marks stand for.
    """
    shown = [
        Segment(d.text, tuple(restore(kept, s.kept) for kept in d.kept)) if d.kept else d
        for s, d in rows
    ]
    answers = zip(ask(shown), rows, strict=True)
    return [restore(text, dressed.kept) for text, (_segment, dressed) in answers]


def _by_fragments(ask: Callable[[Sequence[Segment]], list[str]], dressed: Segment) -> str:
    """Translate what lies between marks, each alone: whatever the engine does, they stay."""
    parts = fragments(dressed)
    places = [
        place
        for place, part in enumerate(parts)
        if not MARK.fullmatch(part) and LETTER.search(part) is not None
    ]
    answers = ask([Segment(parts[place].strip()) for place in places]) if places else []
    for place, answer in zip(places, answers, strict=True):
        part = parts[place]
        answer = MARK.sub("", answer).strip()
        if not answer or checks.numbers(answer):
            answer = part.strip()
        before, after = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
        parts[place] = f"{before}{answer}{after}"
    return restore("".join(parts), dressed.kept)


# ── Guards ────────────────────────────────────────────────────────────────────


def guarded(batch: Batch, by: Engine, segments: Sequence[Segment], style: Style) -> list[str]:
    """Call an engine: unless it is left alone, when it has a place free, and again if it fails.

    Raises EngineError.
    """
    for attempt in range(ATTEMPTS):
        if shared.get(f"engine-open:{by.key}"):
            raise EngineError(EngineFailure.DOWN, "left alone after failures")
        started = time.perf_counter()
        characters = sum(len(segment.text) for segment in segments)
        try:
            with slot(by):
                started = time.perf_counter()
                texts = by.translate(segments, batch.source, batch.target, style)
        except EngineError as error:
            seconds = time.perf_counter() - started
            batch.calls.append(
                Call(by.key, len(segments), characters, seconds, error.code, error.detail[:300])
            )
            note_failure(by.key, error)
            if error.code not in PASSING or attempt + 1 == ATTEMPTS:
                raise
            time.sleep(BACKOFF * 2**attempt * JITTER.uniform(0.5, 1.5))
        else:
            seconds = time.perf_counter() - started
            batch.calls.append(Call(by.key, len(segments), characters, seconds))
            shared.forget(f"engine-failures:{by.key}")
            return texts
    raise AssertionError("unreachable")


def note_failure(key: str, error: EngineError) -> None:
    """Count a failure; after some in a row the engine is left alone."""
    if error.code not in PASSING:
        return
    if shared.count(f"engine-failures:{key}", COUNTED) >= FAILURES_TO_OPEN:
        shared.put(f"engine-open:{key}", True, LEFT_ALONE)


def close(key: str) -> None:
    """Let an engine be called again at once."""
    shared.forget(f"engine-open:{key}", f"engine-failures:{key}")


def is_open(key: str) -> bool:
    return bool(shared.get(f"engine-open:{key}"))


@contextmanager
def slot(by: Engine) -> Iterator[None]:
    """Hold one of the places that an engine has over all processes. Raises EngineError."""
    until = time.monotonic() + QUEUE
    while True:
        name = next(
            (name for n in range(by.parallel)
             if shared.take(name := f"engine-slot:{by.key}:{n}", SLOT)),
            None,
        )  # fmt: skip
        if name is not None:
            break
        if time.monotonic() > until:
            raise EngineError(EngineFailure.BUSY, "no place free")
        time.sleep(JITTER.uniform(0.02, 0.1))
    try:
        yield
    finally:
        shared.forget(name)
