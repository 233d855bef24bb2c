"""Finding near-duplicates: precision and recall on real reviews with small edits.

Each review is copied under another product, edited as people edit a text to have it pass for
another: words swapped or dropped, a typing error, a number, other case and marks, a sentence
more or less. A copy counts as found when it stands in its original's cluster. A link between
two reviews counts as right when one is the other's copy, or when Python's difflib, which knows
nothing of minhashes or trigrams, holds them to be four fifths the same.
"""

import random
import re
import time
from difflib import SequenceMatcher

from django.db import connection

from reviews.importing.files import Dump
from reviews.importing.formats import open_format
from reviews.models import ClusterMember, Product, Review, Source, Vendor
from reviews.moderation import signals
from reviews.moderation.signals import minhash
from tests.benchmarks.texts import sources

MOST = 4000
SAME = 0.8  # of difflib's ratio


def texts() -> list[str]:
    """Real texts that are long enough to tell, each once."""
    found: dict[str, str] = {}
    for source, mapping in sources():
        format = open_format(Dump(source), mapping=mapping)
        for _line, raw in format.rows():
            record = format.record(raw)
            result = record.overall or record.pros
            plain = minhash.plain(result)
            if len(plain) >= minhash.SHORTEST + 20:
                found.setdefault(plain[:60], result)
    return list(found.values())[:MOST]


def edited(text: str, dice: random.Random) -> str:
    """A text with one to three small edits."""
    words = text.split()
    for edit in dice.sample(range(6), k=dice.randint(1, 3)):
        at = dice.randrange(len(words))
        if edit == 0 and len(words) > 8:
            del words[at]
        elif edit == 1:
            words[at], words[at - 1] = words[at - 1], words[at]
        elif edit == 2 and len(words[at]) > 3:
            word = words[at]
            words[at] = word[:2] + word[3:]
        elif edit == 3:
            words.insert(at, dice.choice(["really", "muy", "very", "just", "bien"]))
        elif edit == 4:
            words = [word.upper() if dice.random() < 0.3 else word for word in words]
        elif edit == 5:
            words.append(dice.choice(["Thanks!", "Gracias.", "10/10", "Recommended."]))
    return re.sub(r"[.,!]", lambda m: dice.choice([m[0], ""]), " ".join(words))


def run() -> None:
    dice = random.Random(7)
    originals = texts()
    copies = [edited(text, dice) for text in originals]
    vendor = Vendor.objects.create(name="Possible duplicates", slug="look-alikes")
    source, _made = Source.objects.get_or_create(key="bench", defaults={"name": "Bench"})
    ids: list[list[int]] = []
    for name, result in (("originals", originals), ("copies", copies)):
        product = Product.objects.create(vendor=vendor, name=name, slug=f"look-alike-{name}")
        made = Review.objects.bulk_create(
            Review(product=product, source=source, external_id=f"{name}{n}", overall=text)
            for n, text in enumerate(result)
        )
        ids.append([review.pk for review in made])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reviews_review")
    began = time.perf_counter()
    signals.compute([*ids[0], *ids[1]])
    took = time.perf_counter() - began

    clusters = dict(
        ClusterMember.objects.filter(review_id__in=[*ids[0], *ids[1]]).values_list(
            "review_id", "cluster_id"
        )
    )
    pairs = list(zip(*ids, strict=True))
    together = sum(a in clusters and clusters.get(a) == clusters.get(b) for a, b in pairs)
    text_of = dict(zip([*ids[0], *ids[1]], [*originals, *copies], strict=True))
    twin = dict(pairs) | {b: a for a, b in pairs}
    links = ClusterMember.objects.filter(review_id__in=text_of, nearest_id__in=text_of)
    right = strict = 0
    for one, other in links.values_list("review_id", "nearest_id"):
        same = twin[one] == other
        strict += same
        right += (
            same
            or SequenceMatcher(None, text_of[one], text_of[other], autojunk=False).ratio() >= SAME
        )
    rate = 2 * len(pairs) / took
    print(f"  {len(pairs):,} real texts and as many edited copies, {rate:,.0f} a second")
    print(f"  recall {together / len(pairs):.3f}: copies that stand in their original's cluster")
    print(
        f"  precision {right / links.count():.3f} of {links.count():,} links"
        f" ({strict / links.count():.3f} lead to the very copy)"
    )
