"""A text comes back from every engine in the shape that it had, with all that is not words."""

import re
from collections import Counter, defaultdict

import pytest

from responses.models import Response
from reviews.models import Review
from reviews.translation import translator
from reviews.translation.checks import numbers
from reviews.translation.plans import plans
from reviews.translation.protection import protect, restore
from reviews.translation.segments import LONGEST, split
from reviews.translation.translator import compose
from tests.benchmarks.texts import MAPPINGS
from tests.factories import ReviewFactory
from tests.reviews.engines import ALL, engine_of, needs_apertium, use
from tests.reviews.importing_helpers import import_reviews
from tests.reviews.test_real_dumps import FACTS

NESTED = """What I like:

  - The *planner* is good.
    * It shows 12 weeks at a glance
      1. even on a phone
  - **Nothing** gets lost!

> And as they say: "it works."

"""
MIXED = "The app 很好用，我喜欢。It costs 5 € 😀 and работает well. مرحبا بكم في التطبيق"
RIGHT_TO_LEFT = (
    "التطبيق رائع جدا. أنا أستخدمه كل يوم!\n\n- سريع\n- سهل، انظر https://nimbo.example/ar"
)
LONG = ("We have used it for 3 years and it has never let us down, not even once. " * 140)[:10_000]
NO_STOPS = ("word and another, " * 600)[:10_000]
CODE = "Run `nimbo --sync`:\n\n```\nnimbo --sync.  All\n  5 files\n```\nThen it works."
AWKWARD = {
    "nested lists": NESTED,
    "right to left": RIGHT_TO_LEFT,
    "mixed scripts": MIXED,
    "a long paragraph": LONG,
    "a paragraph without an end": NO_STOPS,
    "one word of any length": "x" * 3_000,
    "empty lines": "One.\n\n\n\n   \nTwo.\r\n\r\nThree.\n",
    "only white space": " \n\t\n ",
    "only emoji": "😀😀 👨‍👩‍👧 🇪🇸 1️⃣",
    "emoji round words": "😀 Good!! 😍😍\n🚀 It is fast 🚀",
    "code": CODE,
    "addresses": "Ask a.b+c@nimbo.example or @nimbo, #help, www.nimbo.example/x?y=1&z=[2], (https://n.example).",
    "marks of ours": "\ue000 stands \ue005 here [X0X] and {0} <x id='1'/>",
    "markup": "<p>It is <b>very</b> slow &amp; old</p> 5 < 6 > 4",
    "figures": "Up 25% to $1,200.50 at 10:30 on 2024-05-01, v2.3.1, 3 GB, 4K, COVID-19, 1st, ½.",
    "control characters": "A\u200bB \u202eright\u202c and\x0bdown",
}  # fmt: skip
URL = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w[\w.-]*\w|```.*?```|`[^`]+`|<[^>]+>", re.DOTALL
)
PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50]")


def frame(text: str) -> list[tuple[str, bool]]:
    """Return what begins each line, and whether anything follows."""
    lines = re.split(r"\r\n|[\n\x0b]", text)
    return [
        (re.match(r"[\s>*•-]*(?:\d+\. )?", line)[0].rstrip("*"), bool(line.strip()))
        for line in lines
    ]


@pytest.fixture(scope="module", params=ALL)
def engine(request, tmp_path_factory):
    with engine_of(request.param, tmp_path_factory.mktemp("engine")) as (found, _server):
        yield found


@pytest.mark.django_db
@pytest.mark.parametrize("name", AWKWARD)
def test_every_shape_comes_back_from_every_engine(engine, monkeypatch, name):
    use(monkeypatch, engine.key, engine)
    text = AWKWARD[name]
    review = ReviewFactory.build(title="", overall=text, language="en")
    monkeypatch.setattr(Review, "vendor_id", 1)
    monkeypatch.setattr(Review, "protected_names", lambda _self: ["Nimbo Desk"])
    planned = plans([review], "es")
    work = translator.translate(planned, "es")
    composed = compose(planned[0], work)
    assert composed.failure == ""
    result = composed.texts.get("overall", text)
    assert frame(result) == frame(text)
    assert URL.findall(result) == URL.findall(text)
    assert sorted(PICTURES.findall(result)) == sorted(PICTURES.findall(text))
    assert numbers(result) == numbers(text)
    assert result.count("**") == text.count("**")


@pytest.mark.parametrize("text", [*AWKWARD.values(), "", "One.", "See Dr. Smith e.g. here. Good"])
def test_a_text_is_its_parts_joined(text):
    pieces = split(text)
    assert "".join(piece.text for piece in pieces) == text
    assert all(len(piece.text) <= LONGEST for piece in pieces if piece.is_segment)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("Fine.\n😀 100 %\n—\nSo so.", ["Fine.", "So so."]),
        ("See Dr. Smith e.g. here. Good", ["See Dr. Smith e.g. here.", "Good"]),
        ('He said "no." Then left (really.) Yes', ['He said "no."', "Then left (really.)", "Yes"]),
        ("很好。喜欢！", ["很好。", "喜欢！"]),
        ("- one\n  2) two", ["one", "two"]),
    ],
)
def test_sentences_and_items_are_segments(text, segments):
    assert [piece.text for piece in split(text) if piece.is_segment] == segments


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("See https://a.example/b?c=1. Now", ["https://a.example/b?c=1"]),
        ("Nimbo Desk costs 5 GB", ["Nimbo Desk", "5 GB"]),
        ("on iOS17 at 10:30, the 1st", ["iOS17", "10:30"]),
        ("@ana and a_b are _here_", ["@ana", "_", "_"]),
        ("5 stars for 3 years", []),
    ],
)
def test_what_is_protected(text, kept):
    segment = protect(text, ("Nimbo Desk",))
    assert list(segment.passages) == kept
    assert restore(segment.text, segment.passages) == text


# What a reader would call an address, an emoji, a number: by patterns of the test's own.
SEEN = {
    "addresses": re.compile(
        r"(?:https?://|www\.)[^\s,;]*[\w/]|[^\s@:()<>,;\"]+@[\w-]+\.[a-zA-Z.]*[a-zA-Z]"
    ),
    "emoji": re.compile(
        "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u231a\u23f0]"
    ),
    "numbers": re.compile(r"[0-9]+(?:[.,][0-9]+)*"),
}
WAYS = {"en": "es", "es": "en", "fr": "es", "pt": "es"}


@needs_apertium
@pytest.mark.django_db
def test_nothing_that_is_no_word_is_lost_in_the_real_dumps(shared_data, monkeypatch):
    """All texts of all dumps: those in languages that Apertium lacks pass for English."""
    monkeypatch.setattr(translator, "paragraph_language", lambda _text, language: language)
    for name, (mapping, *_facts) in FACTS.items():
        import_reviews(shared_data / name, **({"mapping": MAPPINGS / mapping} if mapping else {}))
    subjects = [
        *Review.objects.select_related("product__vendor"),
        *Response.objects.select_related("review__product__vendor"),
    ]
    by_way = defaultdict(list)
    for subject in subjects:
        subject.language = subject.language if subject.language in WAYS else "en"
        by_way[WAYS[subject.language]].append(subject)
    found = Counter()
    for target, of_way in by_way.items():
        for start in range(0, len(of_way), 500):
            some = of_way[start : start + 500]
            planned = plans(some, target)
            work = translator.translate(planned, target)
            for subject, each in zip(some, planned, strict=True):
                composed = compose(each, work)
                assert composed.failure == ""
                for name, text in subject.texts().items():
                    found["texts"] += 1
                    count_kept(found, text, composed.texts[name])
    assert found["texts"] > 13_000
    assert found["addresses"] > 100
    assert found["emoji"] > 1_000
    assert found["numbers"] > 3_000


def count_kept(found: Counter, text: str, result: str) -> None:
    for kind, pattern in SEEN.items():
        there = Counter(pattern.findall(text))
        found[kind] += there.total()
        lost = there - Counter(pattern.findall(result))
        assert not lost, (kind, lost, text, result)
