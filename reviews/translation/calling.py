"""Translate batches of segments with engines, check the results and retry wrong ones.

Nothing here touches the database, so it can run in a thread of its own.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from reviews.translation import checks
from reviews.translation.engines import Engine, EngineError, EngineFailure, Style, engine
from reviews.translation.glossary import Glossary
from reviews.translation.memory import KnownTranslation
from reviews.translation.protection import (
    MARK,
    ProtectedSegment,
    fragments,
    mark,
    numbers_protected,
    restore,
)
from reviews.translation.resilience import FAILURES_TO_OPEN, Call, guarded
from reviews.translation.routes import Route
from reviews.translation.segments import LETTER

logger = logging.getLogger(__name__)


@dataclass
class Batch:
    """Segments to translate by one route with one glossary, and their results."""

    source: str
    target: str
    route: Route
    segments: list[ProtectedSegment]
    glossary: Glossary | None = None
    formal: bool = False
    # In the order of `segments`; None where a segment failed, with the cause in `failure`.
    results: list[KnownTranslation | None] = field(default_factory=list)
    failure: EngineError | None = None
    calls: list[Call] = field(default_factory=list)

    @property
    def characters(self) -> int:
        return sum(len(segment.text) for segment in self.segments)


def translate_batch(batch: Batch) -> None:
    """Translate a batch with the first of its engines that succeeds. Store errors in `failure`."""
    if batch.route.via:
        _translate_via(batch)
        return
    batch.results = [None] * len(batch.segments)
    for key in batch.route.engines:
        missing = [index for index, result in enumerate(batch.results) if result is None]
        try:
            _translate_missing(batch, engine(key), missing)
        except EngineError as error:
            logger.warning(
                "%s %s>%s: %s %s", key, batch.source, batch.target, error.code, error.detail
            )
            batch.failure = error
        if None not in batch.results:
            batch.failure = None
            return


def _translate_via(batch: Batch) -> None:
    """Translate in two legs through the route's pivot language, recorded as `via`.

    The glossary is for the outer language pair, so its terms are placeholders in both legs.
    """
    route, glossary = batch.route, batch.glossary
    masked = [with_placeholders(segment, glossary, inflectable=False) for segment in batch.segments]
    first = Batch(
        batch.source, route.via, Route(route.engines), with_originals(batch.segments, masked)
    )
    first.formal = batch.formal
    translate_batch(first)
    pivots = [(n, result) for n, result in enumerate(first.results) if result is not None]
    segments = [ProtectedSegment(pivot.text, first.segments[n].passages) for n, pivot in pivots]
    second = Batch(route.via, batch.target, Route(route.onward), segments, formal=batch.formal)
    translate_batch(second)
    batch.results = [None] * len(batch.segments)
    for (n, pivot), result in zip(pivots, second.results, strict=True):
        if result is not None:
            engines = ", ".join(dict.fromkeys((pivot.engine, result.engine)))
            text = restore(result.text, masked[n].passages)
            failed = _failed_checks(batch.segments[n], text, glossary)
            batch.results[n] = KnownTranslation(text, engines, route.via, failed=tuple(failed))
    batch.failure = second.failure or first.failure
    batch.calls = first.calls + second.calls


def _translate_missing(batch: Batch, by: Engine, indexes: list[int]) -> None:
    """Translate the segments at `indexes` with one engine, within its limits per call."""
    for portion in _portions(by, [(index, batch.segments[index]) for index in indexes]):
        try:
            _translate(batch, by, portion)
        except EngineError as error:
            if error.code != EngineFailure.FAILED or len(portion) == 1:
                raise
            # A single segment may cause the failure: translate the others without it.
            _translate_one_by_one(batch, by, portion)


def _translate_one_by_one(
    batch: Batch, by: Engine, portion: list[tuple[int, ProtectedSegment]]
) -> None:
    """Translate each segment in a call of its own.

    Raises the engine's error once the first `FAILURES_TO_OPEN` segments have all failed.
    """
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


def _portions(
    by: Engine, rows: list[tuple[int, ProtectedSegment]]
) -> Iterator[list[tuple[int, ProtectedSegment]]]:
    portion: list[tuple[int, ProtectedSegment]] = []
    size = 0
    for row in rows:
        length = len(row[1].text) + sum(map(len, row[1].passages))
        if portion and (len(portion) == by.max_segments or size + length > by.max_characters):
            yield portion
            portion, size = [], 0
        portion.append(row)
        size += length
    if portion:
        yield portion


def _translate(batch: Batch, by: Engine, portion: list[tuple[int, ProtectedSegment]]) -> None:
    """Translate and check segments; retry those with grave errors, protecting more each time."""
    glossary = batch.glossary
    style = Style(batch.formal)
    if glossary is not None and by.knows_glossaries:
        style = Style(batch.formal, glossary.inflectable(), glossary.state)

    def ask(segments: Sequence[ProtectedSegment]) -> list[str]:
        return guarded(by, segments, batch.source, batch.target, style, batch.calls)

    def store(index: int, segment: ProtectedSegment, text: str) -> bool:
        """Store a segment's result. Return whether it has a grave error."""
        failed = _failed_checks(segment, text, glossary)
        batch.results[index] = KnownTranslation(text, by.label, failed=tuple(failed))
        return bool(checks.GRAVE.intersection(failed))

    masked = [(s, with_placeholders(s, glossary, by.knows_glossaries)) for _index, s in portion]
    texts = _translate_masked(ask, masked)
    wrong = [row for row, text in zip(portion, texts, strict=True) if store(*row, text)]
    if not wrong:
        return
    masked = [(s, numbers_protected(with_placeholders(s, glossary, False))) for _index, s in wrong]
    texts = _translate_masked(ask, masked)
    for (index, segment), (_s, with_numbers), text in zip(wrong, masked, texts, strict=True):
        if store(index, segment, text):
            store(index, segment, _translate_fragments(ask, with_numbers))


def _failed_checks(segment: ProtectedSegment, text: str, glossary: Glossary | None) -> list[str]:
    return checks.failed(segment, text, glossary.forbidden(segment.text) if glossary else ())


def with_placeholders(
    segment: ProtectedSegment, glossary: Glossary | None, inflectable: bool
) -> ProtectedSegment:
    """Return a segment with its glossary terms replaced by placeholders.

    Marks that it already had are passages of the result. With `inflectable`, terms to translate
    are left for the engine.
    """
    marked = with_marks(segment)
    return marked if glossary is None else glossary.mask(marked, inflectable)


def with_marks(segment: ProtectedSegment) -> ProtectedSegment:
    """Return a segment whose passages are its own marks.

    Restoring a further masked copy of it then gives the segment's text with these marks.
    """
    return ProtectedSegment(segment.text, tuple(mark(n) for n in range(len(segment.passages))))


def with_originals(
    segments: Sequence[ProtectedSegment], masked: Sequence[ProtectedSegment]
) -> list[ProtectedSegment]:
    """Return masked segments whose passages are the original texts, for engines to read."""
    return [
        ProtectedSegment(m.text, tuple(restore(passage, s.passages) for passage in m.passages))
        if m.passages
        else m
        for s, m in zip(segments, masked, strict=True)
    ]


def _translate_masked(
    ask: Callable[[Sequence[ProtectedSegment]], list[str]],
    rows: list[tuple[ProtectedSegment, ProtectedSegment]],
) -> list[str]:
    """Translate (segment, masked segment) rows and put terms and numbers back into the results."""
    masked = [m for _segment, m in rows]
    texts = ask(with_originals([segment for segment, _m in rows], masked))
    return [restore(text, m.passages) for text, m in zip(texts, masked, strict=True)]


def _translate_fragments(
    ask: Callable[[Sequence[ProtectedSegment]], list[str]], masked: ProtectedSegment
) -> str:
    """Translate the text between marks piece by piece, so that the engine cannot lose a mark."""
    parts = fragments(masked)
    indexes = [
        index
        for index, part in enumerate(parts)
        if not MARK.fullmatch(part) and LETTER.search(part) is not None
    ]
    texts = ask([ProtectedSegment(parts[index].strip()) for index in indexes]) if indexes else []
    for index, text in zip(indexes, texts, strict=True):
        part = parts[index]
        text = MARK.sub("", text).strip()
        if not text or checks.numbers(text):
            text = part.strip()
        before, after = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
        parts[index] = f"{before}{text}{after}"
    return restore("".join(parts), masked.passages)
