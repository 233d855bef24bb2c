"""A configurable engine, and helpers that translate texts in tests."""

from reviews.models import Review, TranslationJob
from reviews.translation import jobs, service
from reviews.translation.engines import EngineError
from tests.engine_servers import swapped
from tests.factories import ProductFactory, ReviewFactory, moderator


class Fake:
    """An engine whose behavior each test configures; everything around it is real."""

    max_segments, max_characters, parallel, knows_glossaries = 50, 5_000, 4, False

    def __init__(self, key="apertium", pairs=(("en", "es"),), does=swapped):
        self.key = self.label = key
        self._pairs, self.does, self.seen, self.styles = set(pairs), does, [], []

    def pairs(self):
        return self._pairs

    def translate(self, segments, source, target, style):
        self.seen += [segment.text for segment in segments]
        self.styles.append(style)
        return [self.does(segment.text) for segment in segments]


def translated(title, target="es", **more):
    review = ReviewFactory(title=title, **more)
    return translate_now(subject=review, target=target)


def failing(code):
    def fail(_text):
        raise EngineError(code)

    return fail


def translate_now(*, subject, target):
    """Translate in this process and return the translation, done or failed."""
    translation = service.request_translation(subject=subject, target=target, queue=False)
    service.run_translation(translation, subject)
    translation.refresh_from_db()
    return translation


def make(count: int, **more) -> list[Review]:
    """Return new reviews, each with a sentence of its own and two that all share."""
    product = more.pop("product", None) or ProductFactory()
    return [
        ReviewFactory(
            product=product, title=f"Number {n} of them.", overall="It is slow. Really.", **more
        )
        for n in range(count)
    ]


def chosen(target="es") -> TranslationJob:
    """Return an estimated job for all reviews."""
    return jobs.choose(reviews=Review.objects.all(), target=target, actor=moderator())
