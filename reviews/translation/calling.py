"""Calling an engine: which one, guarded how, and what is done when its answer is wrong.

Nothing here touches the database, so it runs in a thread beside what does.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from reviews.translation import checks
from reviews.translation.engines import Engine, EngineError, EngineFailure, Style, engine
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
from reviews.translation.resilience import FAILURES_TO_OPEN, Call, guarded
from reviews.translation.routes import Route
from reviews.translation.segments import LETTER

logger = logging.getLogger(__name__)


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
    """Translate in two legs; the result says over which language.

    The glossary's terms are of the first language and the last: they stay out of both legs.
    """
    way, glossary = batch.route, batch.glossary
    dressed = [
        with_placeholders(segment, glossary, inflectable=False) for segment in batch.segments
    ]
    first = Batch(batch.source, way.via, Route(way.engines), shown(batch.segments, dressed))
    first.formal = batch.formal
    carry_out(first)
    reached = [(n, known) for n, known in enumerate(first.found) if known is not None]
    half_way = [Segment(known.text, first.segments[n].kept) for n, known in reached]
    second = Batch(way.via, batch.target, Route(way.onward), half_way, formal=batch.formal)
    carry_out(second)
    batch.found = [None] * len(batch.segments)
    for (n, half), known in zip(reached, second.found, strict=True):
        if known is not None:
            engines = ", ".join(dict.fromkeys((half.engine, known.engine)))
            text = restore(known.text, dressed[n].kept)
            failed = _failed(batch.segments[n], text, glossary)
            batch.found[n] = Known(text, engines, way.via, failed=tuple(failed))
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
        style = Style(batch.formal, glossary.inflectable(), glossary.state)

    def ask(segments: Sequence[Segment]) -> list[str]:
        return guarded(by, segments, batch.source, batch.target, style, batch.calls)

    def store(place: int, segment: Segment, text: str) -> bool:
        """Keep an answer, and tell whether it is gravely wrong."""
        failed = _failed(segment, text, glossary)
        batch.found[place] = Known(text, by.label, failed=tuple(failed))
        return bool(checks.GRAVE.intersection(failed))

    loose = [(s, with_placeholders(s, glossary, by.knows_glossaries)) for _place, s in portion]
    texts = _attempt(ask, loose)
    wrong = [row for row, text in zip(portion, texts, strict=True) if store(*row, text)]
    if not wrong:
        return
    tight = [(s, numbers_protected(with_placeholders(s, glossary, False))) for _place, s in wrong]
    texts = _attempt(ask, tight)
    for (place, segment), (_s, tightly), text in zip(wrong, tight, texts, strict=True):
        if store(place, segment, text):
            store(place, segment, _by_fragments(ask, tightly))


def _failed(segment: Segment, text: str, glossary: Glossary | None) -> list[str]:
    return checks.failed(segment, text, glossary.forbidden(segment.text) if glossary else ())


def with_placeholders(segment: Segment, glossary: Glossary | None, inflectable: bool) -> Segment:
    """Return a segment with its terms taken out; its own marks stand for themselves."""
    bare = with_marks(segment)
    return bare if glossary is None else glossary.dress(bare, inflectable)


def with_marks(segment: Segment) -> Segment:
    """Return a segment whose marks stand for themselves: what is dressed further comes back so."""
    return Segment(segment.text, tuple(mark(n) for n in range(len(segment.kept))))


def shown(segments: Sequence[Segment], dressed: Sequence[Segment]) -> list[Segment]:
    """Return dressed segments as an engine is shown them: with what their marks stand for."""
    return [
        Segment(d.text, tuple(restore(kept, s.kept) for kept in d.kept)) if d.kept else d
        for s, d in zip(segments, dressed, strict=True)
    ]


def _attempt(
    ask: Callable[[Sequence[Segment]], list[str]], rows: list[tuple[Segment, Segment]]
) -> list[str]:
    """Translate dressed segments, and take the dress off again: terms and figures put back."""
    dressed = [d for _segment, d in rows]
    answers = ask(shown([segment for segment, _d in rows], dressed))
    return [restore(text, d.kept) for text, d in zip(answers, dressed, strict=True)]


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
