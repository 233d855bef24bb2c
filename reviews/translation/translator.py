"""Texts into another language: parted, looked up, sent to an engine, put together again.

One review on a reader's request and ten thousand in a job go the same way; a job only lets
the engine work beside the rest.
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
    """A segment that the memory does not have, and the vendors in whose texts it stands."""

    segment: ProtectedSegment
    vendors: list[int]
    is_formal: bool
    glossary: Glossary | None


class Group(NamedTuple):
    """A batch, the keys of its segments, and what was reserved for it by budget."""

    batch: Batch
    keys: list[Key]
    reserved: Counter[str]


@dataclass
class Work:
    """What is to be translated for some plans, and what is known of it."""

    plans: list[Plan]
    target: str
    known: dict[Key, KnownTranslation] = field(default_factory=dict)
    missing: dict[Key, Missing] = field(default_factory=dict)
    # Segments whose paragraph is in another language than their text.
    elsewhere: dict[Key, Key] = field(default_factory=dict)
    # The vendor's budget that each is paid from.
    payers: dict[Key, str] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    failures: dict[Key, EngineError] = field(default_factory=dict)
    claim: Claim = field(default_factory=lambda: Claim((), ""))

    @property
    def calls(self) -> list[Call]:
        return [call for group in self.groups for call in group.batch.calls]


def look_up(planned: list[Plan], target: str, soon: Collection[Key] = ()) -> Work:
    """Look up what the memory knows. `soon` are segments that are being translated now."""
    work = Work(planned, target)
    wanted = {part.key for each in planned for part in each.segments()}
    work.known = memory.recall(wanted, target)
    work.known |= {key: _as_it_is(key) for key in wanted if key.language == target}
    unknown = wanted.difference(work.known, soon)
    if unknown:
        _tell_paragraphs_apart(work, unknown)
        for each in planned:
            for found in each.segments():
                key = work.elsewhere.get(found.key, found.key)
                if key in work.known or key in soon:
                    continue
                if key not in work.missing:
                    segment = ProtectedSegment(key.text, found.passages)
                    glossary = each.glossary if key.version else None
                    work.missing[key] = Missing(segment, [], each.is_formal, glossary)
                if each.vendor_id not in work.missing[key].vendors:
                    work.missing[key].vendors.append(each.vendor_id)
    work.claim = Claim(work.missing, target)
    return work


def _tell_paragraphs_apart(work: Work, unknown: set[Key]) -> None:
    """Find the paragraphs that are in another language than their text."""
    for each in work.plans:
        paragraphs: dict[int, list[PlannedSegment]] = defaultdict(list)
        for found in each.segments():
            paragraphs[found.paragraph].append(found)
        for segments in paragraphs.values():
            if any(found.key in unknown for found in segments):
                own = segments[0].key.language
                language = paragraph_language(" ".join(f.source for f in segments), own)
                if language != own:
                    for key in [found.key for found in segments]:
                        work.elsewhere[key] = Key(language, key.text, NO_TERMS)
    if work.elsewhere:
        others = set(work.elsewhere.values())
        work.known |= memory.recall(others, work.target)
        work.known |= {key: _as_it_is(key) for key in others if key.language == work.target}


def _as_it_is(key: Key) -> KnownTranslation:
    return KnownTranslation(key.text, "")


def recall_again(work: Work) -> None:
    """Look up what somebody else may have had translated before the claim was ours."""
    if work.missing:
        work.known |= memory.recall(work.missing, work.target)
        work.missing = {key: m for key, m in work.missing.items() if key not in work.known}


def arrange(work: Work) -> None:
    """Make batches of what is missing, for engines that have the pair, within the budgets."""
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
            way = route(language, work.target)
            batch = Batch(language, work.target, way, segments, rows[0].glossary, formal)
            batch.route, reserved = _reserve_for_engines(way, batch.characters)
        except EngineError as error:
            work.failures |= dict.fromkeys(keys, error)
            for scope, characters in _by_payer(work, keys).items():
                spending.give_back(scope, characters)
            continue
        reserved.update(_by_payer(work, keys))
        work.groups.append(Group(batch, keys, reserved))


def _reserve_for_vendors(work: Work) -> None:
    """Find who pays for each segment: the first vendor that has it in a text, and the budget."""
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
    counted: Counter[str] = Counter()
    for key in keys:
        counted[work.payers[key]] += len(key.text)
    return counted


def _reserve_for_engines(way: Route, characters: int) -> tuple[Route, Counter[str]]:
    """Return the route over engines that have budget. Raises EngineError if a leg has none."""
    reserved: Counter[str] = Counter()

    def afforded(engines: tuple[str, ...]) -> tuple[str, ...]:
        able = [key for key in engines if spending.reserve(spending.engine_scope(key), characters)]
        for key in able:
            reserved[spending.engine_scope(key)] += characters
        return tuple(able)

    found = way._replace(engines=afforded(way.engines), onward=afforded(way.onward))
    if not found.engines or (way.via and not found.onward):
        for scope, unused in reserved.items():
            spending.give_back(scope, unused)
        raise EngineError(EngineFailure.BUDGET)
    return found, reserved


def translate_groups(work: Work) -> None:
    """Have the engines translate. It touches no database."""
    for group in work.groups:
        translate_batch(group.batch)


def finish(work: Work) -> None:
    """Remember what was translated, settle the budgets, and let others have the segments."""
    _settle(work)
    # Only now, when whoever waited can find them.
    work.claim.release()


@transaction.atomic
def _settle(work: Work) -> None:
    fresh: dict[Key, KnownTranslation] = {}
    for batch, keys, reserved in work.groups:
        used = Counter[str]()
        # Nothing was found where the engine's turn never came.
        found = batch.results or [None] * len(keys)
        for key, known in zip(keys, found, strict=True):
            if known is not None:
                fresh[key] = known
                used[work.payers[key]] += len(key.text)
            else:
                work.failures[key] = batch.failure or EngineError(EngineFailure.FAILED)
        for engine, characters in spending.spent(batch.calls).items():
            used[spending.engine_scope(engine)] += characters
        for scope, characters in reserved.items():
            spending.give_back(scope, characters - used[scope])
    memory.remember(fresh, work.target)
    spending.note(work.calls)
    work.known |= fresh


def translate(planned: list[Plan], target: str) -> Work:
    """Translate in this thread, from memory what it has."""
    work = look_up(planned, target)
    if work.missing:
        work.claim.acquire()
        try:
            recall_again(work)
            arrange(work)
            translate_groups(work)
            finish(work)
        finally:
            work.claim.release()
    return work


class Composed(NamedTuple):
    """A translation as it is stored, or why there is none."""

    texts: dict[str, str]
    segments: dict[str, list[dict[str, Any]]]
    engine: str = ""
    via: str = ""
    origin: str = TranslationOrigin.MACHINE
    failed: tuple[str, ...] = ()
    failure: str = ""


def compose(each: Plan, work: Work) -> Composed:
    """Put a subject's segments together again in the shape of its texts."""
    texts: dict[str, str] = {}
    segments: dict[str, list[dict[str, Any]]] = {}
    engines: dict[str, None] = {}
    vias: dict[str, None] = {}
    failed: dict[str, None] = {}
    origins: set[str] = set()
    for name, parts in each.fields.items():
        said: list[str] = []
        rows: list[dict[str, Any]] = []
        for found in parts:
            if isinstance(found, str):
                said.append(found)
                continue
            key = work.elsewhere.get(found.key, found.key)
            known = work.known.get(key)
            if known is None:
                error = work.failures.get(key)
                code = error.code if error else EngineFailure.FAILED
                return Composed({}, {}, failure=code)
            text = restore(known.text, found.passages)
            said.append(text)
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
        texts[name] = "".join(said)
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
