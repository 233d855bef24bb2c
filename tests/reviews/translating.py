"""An engine of which a test says what it does, and how tests have texts translated."""

from reviews.translation import service
from reviews.translation.engines import EngineError
from tests.engine_servers import swapped
from tests.factories import ReviewFactory


class Fake:
    """An engine of which a test says what it does; everything round it is real."""

    most, most_characters, parallel, knows_glossaries = 50, 5_000, 4, False

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
    return service.translate_now(subject=review, target=target)


def failing(code):
    def fail(_text):
        raise EngineError(code)

    return fail
