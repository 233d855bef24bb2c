"""Translate texts: look up their segments, have engines translate the rest, and compose.

One review on a reader's request and ten thousand in a job take the same steps; a job only runs
the engine in parallel.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction

from reviews.choices import TranslationOrigin
from reviews.language import paragraph_language
from reviews.translation import memory, spending
from reviews.translation.calling import Batch, translate_batch
from reviews.translation.engines import EngineError, EngineFailure
from reviews.translation.glossary import NO_TERMS, Glossary
from reviews.translation.memory import Claim, Key, KnownTranslation
from reviews.translation.plans import Plan, PlannedSegment
from reviews.translation.protection import ProtectedSegment, restore
from reviews.translation.resilience import Call
from reviews.translation.routes import Route, route


class Missing(NamedTuple):
    """A segment that the memory lacks, and the vendors in whose texts it occurs."""

    segment: ProtectedSegment
    vendors: list[int]
    is_formal: bool
    glossary: Glossary | None


class Group(NamedTuple):
    """A batch, the keys of its segments, and the characters reserved for it by budget."""

    batch: Batch
    keys: list[Key]
    reserved: Counter[str]


@dataclass
class Work:
    """The segments of some plans: known translations, and what is left to translate."""

    plans: list[Plan]
    target: str
    known: dict[Key, KnownTranslation] = field(default_factory=dict)
    missing: dict[Key, Missing] = field(default_factory=dict)
    # Segments whose paragraph is in another language than their text, with that language.
    relabelled: dict[Key, Key] = field(default_factory=dict)
    # The scope of the vendor's budget that pays for each segment.
    payers: dict[Key, str] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    failures: dict[Key, EngineError] = field(default_factory=dict)
    claim: Claim = field(default_factory=lambda: Claim((), ""))

    @property
    def calls(self) -> list[Call]:
        return [call for group in self.groups for call in group.batch.calls]


def look_up(planned: list[Plan], target: str, soon: Collection[Key] = ()) -> Work:
    """Look up segments in the memory. `soon` are segments that are already being translated."""
    work = Work(planned, target)
    keys = {segment.key for plan in planned for segment in plan.segments()}
    work.known = memory.recall(keys, target)
    work.known |= {key: _untranslated(key) for key in keys if key.language == target}
    unknown = keys.difference(work.known, soon)
    if unknown:
        _detect_paragraph_languages(work, unknown)
        for plan in planned:
            for planned_segment in plan.segments():
                key = work.relabelled.get(planned_segment.key, planned_segment.key)
                if key in work.known or key in soon:
                    continue
                if key not in work.missing:
                    segment = ProtectedSegment(key.text, planned_segment.passages)
                    glossary = plan.glossary if key.version else None
                    work.missing[key] = Missing(segment, [], plan.is_formal, glossary)
                if plan.vendor_id not in work.missing[key].vendors:
                    work.missing[key].vendors.append(plan.vendor_id)
    work.claim = Claim(work.missing, target)
    return work


def _detect_paragraph_languages(work: Work, unknown: set[Key]) -> None:
    """Find the paragraphs that are in another language than their text."""
    for plan in work.plans:
        paragraphs: dict[int, list[PlannedSegment]] = defaultdict(list)
        for segment in plan.segments():
            paragraphs[segment.paragraph].append(segment)
        for segments in paragraphs.values():
            if any(segment.key in unknown for segment in segments):
                text_language = segments[0].key.language
                paragraph = " ".join(segment.source for segment in segments)
                language = paragraph_language(paragraph, text_language)
                if language != text_language:
                    for key in [segment.key for segment in segments]:
                        work.relabelled[key] = Key(language, key.text, NO_TERMS)
    if work.relabelled:
        others = set(work.relabelled.values())
        work.known |= memory.recall(others, work.target)
        work.known |= {key: _untranslated(key) for key in others if key.language == work.target}


def _untranslated(key: Key) -> KnownTranslation:
    return KnownTranslation(key.text, "")


def recall_again(work: Work) -> None:
    """Look up segments again that another process may have translated before our claim."""
    if work.missing:
        work.known |= memory.recall(work.missing, work.target)
        work.missing = {key: m for key, m in work.missing.items() if key not in work.known}


def make_batches(work: Work) -> None:
    """Group missing segments into batches for engines with the pair, within the budgets."""
    _reserve_for_vendors(work)
    grouped: dict[tuple[Any, ...], list[Key]] = defaultdict(list)
    for key, missing in work.missing.items():
        if key in work.payers:
            grouped[key.language, missing.is_formal, id(missing.glossary)].append(key)
        else:
            work.failures[key] = EngineError(EngineFailure.VENDOR_BUDGET)
    for (language, formal, _glossary), keys in grouped.items():
        rows = [work.missing[key] for key in keys]
        segments = [row.segment for row in rows]
        try:
            path = route(language, work.target)
            batch = Batch(language, work.target, path, segments, rows[0].glossary, formal)
            batch.route, reserved = _reserve_for_engines(path, batch.characters)
        except EngineError as error:
            work.failures |= dict.fromkeys(keys, error)
            for scope, characters in _by_payer(work, keys).items():
                spending.release(scope, characters)
            continue
        reserved.update(_by_payer(work, keys))
        work.groups.append(Group(batch, keys, reserved))


def _reserve_for_vendors(work: Work) -> None:
    """Reserve each segment from the first vendor with it in a text whose budget suffices."""
    waiting = {key: list(missing.vendors) for key, missing in work.missing.items()}
    while waiting:
        by_vendor: dict[int, list[Key]] = defaultdict(list)
        for key, vendors in waiting.items():
            by_vendor[vendors[0]].append(key)
        for vendor, keys in by_vendor.items():
            scope = spending.vendor_scope(vendor)
            if spending.reserve(scope, sum(len(key.text) for key in keys)):
                work.payers |= dict.fromkeys(keys, scope)
            else:
                for key in keys:
                    waiting[key].pop(0)
        waiting = {k: vendors for k, vendors in waiting.items() if vendors and k not in work.payers}


def _by_payer(work: Work, keys: Iterable[Key]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for key in keys:
        totals[work.payers[key]] += len(key.text)
    return totals


def _reserve_for_engines(path: Route, characters: int) -> tuple[Route, Counter[str]]:
    """Return the route with the engines that have budget. Raises EngineError if a leg has none."""
    reserved: Counter[str] = Counter()

    def affordable(engines: tuple[str, ...]) -> tuple[str, ...]:
        within_budget = [
            key for key in engines if spending.reserve(spending.engine_scope(key), characters)
        ]
        for key in within_budget:
            reserved[spending.engine_scope(key)] += characters
        return tuple(within_budget)

    reduced = path._replace(engines=affordable(path.engines), onward=affordable(path.onward))
    if not reduced.engines or (path.via and not reduced.onward):
        for scope, unused in reserved.items():
            spending.release(scope, unused)
        raise EngineError(EngineFailure.BUDGET)
    return reduced, reserved


def translate_groups(work: Work) -> None:
    """Have the engines translate all batches. Touches no database."""
    for group in work.groups:
        translate_batch(group.batch)


def finish(work: Work) -> None:
    """Remember the results, settle the budgets and release the claim."""
    _settle(work)
    # Only now, when processes that wait for the segments can find them in the memory.
    work.claim.release()


@transaction.atomic
def _settle(work: Work) -> None:
    fresh: dict[Key, KnownTranslation] = {}
    for batch, keys, reserved in work.groups:
        used = Counter[str]()
        # A batch that no engine was called for has no results.
        results = batch.results or [None] * len(keys)
        for key, result in zip(keys, results, strict=True):
            if result is not None:
                fresh[key] = result
                used[work.payers[key]] += len(key.text)
            else:
                work.failures[key] = batch.failure or EngineError(EngineFailure.FAILED)
        for engine, characters in spending.spent(batch.calls).items():
            used[spending.engine_scope(engine)] += characters
        for scope, characters in reserved.items():
            spending.release(scope, characters - used[scope])
    memory.remember(fresh, work.target)
    spending.record_calls(work.calls)
    work.known |= fresh


def translate(planned: list[Plan], target: str) -> Work:
    """Translate in this thread what the memory lacks."""
    work = look_up(planned, target)
    if work.missing:
        work.claim.acquire()
        try:
            recall_again(work)
            make_batches(work)
            translate_groups(work)
            finish(work)
        finally:
            work.claim.release()
    return work


class Composed(NamedTuple):
    """A translation to store, or the `failure` that prevented it."""

    texts: dict[str, str]
    segments: dict[str, list[dict[str, Any]]]
    engine: str = ""
    via: str = ""
    origin: str = TranslationOrigin.MACHINE
    failed: tuple[str, ...] = ()
    failure: str = ""


def compose(plan: Plan, work: Work) -> Composed:
    """Put translated segments together in the structure of the subject's texts."""
    texts: dict[str, str] = {}
    segments: dict[str, list[dict[str, Any]]] = {}
    engines: dict[str, None] = {}
    vias: dict[str, None] = {}
    failed: dict[str, None] = {}
    origins: set[str] = set()
    for name, parts in plan.fields.items():
        translated: list[str] = []
        rows: list[dict[str, Any]] = []
        for part in parts:
            if isinstance(part, str):
                translated.append(part)
                continue
            key = work.relabelled.get(part.key, part.key)
            known = work.known.get(key)
            if known is None:
                error = work.failures.get(key)
                code = error.code if error else EngineFailure.FAILED
                return Composed({}, {}, failure=code)
            text = restore(known.text, part.passages)
            translated.append(text)
            row: dict[str, Any] = {"text": text}
            if known.failed:
                row["failed"] = list(known.failed)
                failed |= dict.fromkeys(known.failed)
            if known.origin == TranslationOrigin.HUMAN:
                row["human"] = True
            rows.append(row)
            if known.engine:
                engines[known.engine] = None
            if known.engine or known.origin == TranslationOrigin.HUMAN:
                origins.add(known.origin)
            if known.via:
                vias[known.via] = None
        texts[name] = "".join(translated)
        segments[name] = rows
    origin = TranslationOrigin.MACHINE
    if TranslationOrigin.HUMAN in origins:
        origin = (
            TranslationOrigin.EDITED
            if TranslationOrigin.MACHINE in origins
            else TranslationOrigin.HUMAN
        )
    return Composed(
        texts, segments, ", ".join(engines)[:100], ", ".join(vias)[:35], origin, tuple(failed)
    )
