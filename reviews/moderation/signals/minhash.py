"""MinHash of a text: similar texts share bands of it.

One permutation hashing with densification by rotation (Li, Owen, Zhang, "One Permutation
Hashing", NIPS 2012; Shrivastava, Li, "Densifying One Permutation Hashing via Rotation", ICML
2014): one hash a shingle instead of one for each of the minhash's places.
"""

import re
import unicodedata
import zlib

SHINGLE = 5  # characters
BINS = 64
ROWS = 4  # places of the minhash that a band holds
BANDS = BINS // ROWS
SHORTEST = 40  # characters: shorter texts are alike by chance
LONGEST = 4000
OTHER = re.compile(r"[\W_]+")
MIX = 0x9E3779B1  # 2³² divided by the golden ratio spreads what CRC-32 leaves in rows


def folded(text: str) -> str:
    """Return a text in lower case, accents gone."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def plain(text: str) -> str:
    """Return a text's letters and digits, case, accents and marks gone."""
    return OTHER.sub(" ", folded(text[: 2 * LONGEST])).strip()[:LONGEST]


def bands(text: str) -> list[int]:
    """Return the bands of a text's minhash as 63-bit numbers; none for a short text."""
    letters = plain(text)
    if len(letters) < SHORTEST:
        return []
    data = letters.encode()
    crc = zlib.crc32
    shingles = {crc(data[at : at + SHINGLE]) for at in range(len(data) - SHINGLE + 1)}
    lowest: list[int | None] = [None] * BINS
    for shingle in shingles:
        value = shingle * MIX & 0xFFFFFFFF
        place, rest = value & (BINS - 1), value >> 6
        known = lowest[place]
        if known is None or rest < known:
            lowest[place] = rest
    filled = _densified(lowest)
    return [
        zlib.crc32(repr((band, filled[band * ROWS : (band + 1) * ROWS])).encode()) << 31
        | (sum(filled[band * ROWS : (band + 1) * ROWS]) & 0x7FFFFFFF)
        for band in range(BANDS)
    ]


def _densified(lowest: list[int | None]) -> list[int]:
    """Fill each empty place from the next filled one, offset by the distance."""
    filled = []
    for place in range(BINS):
        step = 0
        while (value := lowest[(place + step) % BINS]) is None:
            step += 1
        filled.append(value + step * (1 << 26))
    return filled
