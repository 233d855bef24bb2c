"""Import and export of glossaries and the memory: CSV, TBX and TMX.

TBX is ISO 30042:2019, dialect TBX-Basic, style DCA; files of the 2008 edition (`martif`) can be
read, too. TMX is version 1.4b.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring, iterparse
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from reviews.choices import TermKind, TranslationOrigin
from reviews.formula_guard import guarded, is_guarded
from reviews.language import base_language
from reviews.models import MemorySegment
from reviews.storable_text import storable
from reviews.translation import memory
from reviews.translation.corrections import with_marks
from reviews.translation.glossary import NO_TERMS
from reviews.translation.memory import Key, KnownTranslation
from reviews.translation.protection import FIRST, MARK, ProtectedSegment, mark, protect
from reviews.translation.terms import Entry

COLUMNS = ("source_language", "target_language", "term", "kind", "translation")
LONGEST = 200  # characters of a term
MAX_TERMS = 10_000  # terms of a file
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
DEPRECATED = {"deprecatedTerm-admn-sts", "deprecatedTerm"}


class UnreadableFile(Exception):
    """The file can't be used; the message explains why and what to do."""


# ── Glossaries ────────────────────────────────────────────────────────────────


def glossary_csv(entries: Iterable[Entry]) -> str:
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(COLUMNS)
    writer.writerows([guarded(cell) for cell in entry] for entry in entries)
    return output.getvalue()


def read_glossary(name: str, raw: bytes) -> list[Entry]:
    """Return the terms of a CSV or TBX file. Raises UnreadableFile."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(
            _("The file is not encoded in UTF-8. Save it as UTF-8 and try again.")
        ) from None
    is_xml = text.lstrip().startswith("<") or name.lower().endswith((".tbx", ".xml"))
    entries = _read_tbx(text) if is_xml else _read_csv(text)
    if not entries:
        raise UnreadableFile(_("No terms were found in the file."))
    if len(entries) > MAX_TERMS:
        raise UnreadableFile(
            _("The file has more than %(most)s terms. Split it into smaller files.")
            % {"most": MAX_TERMS}
        )
    return entries


def _read_csv(text: str) -> list[Entry]:
    reader = csv.DictReader(io.StringIO(text))
    missing = set(COLUMNS[:3]) - set(reader.fieldnames or ())
    if missing:
        raise UnreadableFile(
            _("The first line must contain the column names: %(columns)s. Missing: %(missing)s.")
            % {"columns": ", ".join(COLUMNS), "missing": ", ".join(sorted(missing))}
        )
    try:
        rows = list(reader)
    except csv.Error as error:
        raise UnreadableFile(
            _("The file is not a valid CSV file: %(error)s.") % {"error": error}
        ) from None
    return [
        _entry(number, *(_cell(row.get(name)) for name in COLUMNS))
        for number, row in enumerate(rows, 2)
    ]


def _cell(value: str | None) -> str:
    """Return a cell's text without the guard that keeps spreadsheets from running formulas."""
    cell = (value or "").strip()
    return cell[1:] if is_guarded(cell) else cell


def _entry(line: int, source: str, target: str, term: str, kind: str, wording: str) -> Entry:
    kind = kind or (TermKind.TRANSLATE if wording else TermKind.KEEP)
    entry = Entry(
        base_language(source), base_language(target), storable(term), kind, storable(wording)
    )
    problem = ""
    if not entry.source_language or not entry.target_language:
        problem = _("a language is missing or is not a code such as en or es")
    elif entry.source_language == entry.target_language:
        problem = _("both languages are the same")
    elif not entry.term or len(entry.term) > LONGEST or len(entry.translation) > LONGEST:
        problem = _(
            "the term is missing, or the term or its translation is longer than 200 characters"
        )
    elif kind not in TermKind.values:
        problem = _("the “kind” column must be translate, keep or forbid")
    elif kind != TermKind.KEEP and not entry.translation:
        problem = _("the translation is missing")
    if problem:
        raise UnreadableFile(
            _("Line %(line)s: %(problem)s. Nothing was imported.")
            % {"line": line, "problem": problem}
        )
    return entry


def glossary_tbx(entries: Iterable[Entry]) -> str:
    """Return a glossary as TBX: a concept for each term."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<tbx style="dca" type="TBX-Basic" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2">\n'
        "<tbxHeader><fileDesc><sourceDesc><p>Opina</p></sourceDesc></fileDesc></tbxHeader>\n"
        "<text><body>\n"
    ]
    for number, entry in enumerate(entries, 1):
        wording = entry.term if entry.kind == TermKind.KEEP else entry.translation
        note = (
            '<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote>'
            if entry.kind == TermKind.FORBID
            else ""
        )
        lines.append(
            f'<conceptEntry id="c{number}">'
            f"<langSec xml:lang={quoteattr(entry.source_language)}><termSec>"
            f"<term>{escape(entry.term)}</term></termSec></langSec>"
            f"<langSec xml:lang={quoteattr(entry.target_language)}><termSec>"
            f"<term>{escape(wording)}</term>{note}</termSec></langSec></conceptEntry>\n"
        )
    lines.append("</body></text></tbx>\n")
    return "".join(lines)


def _read_tbx(text: str) -> list[Entry]:
    try:
        root = fromstring(text.encode())
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise UnreadableFile(
            _("The file is not a valid TBX file: %(error)s.") % {"error": error}
        ) from None
    entries = []
    for number, concept in enumerate(_named(root, "conceptEntry", "termEntry"), 1):
        sections = []
        for section in _named(concept, "langSec", "langSet"):
            language = section.get(LANGUAGE, "")
            for part in _named(section, "termSec", "tig", "ntig"):
                term = next(iter(_named(part, "term")), None)
                notes = {(note.text or "").strip() for note in _named(part, "termNote")}
                if term is not None:
                    text = "".join(term.itertext()).strip()
                    sections.append((language, text, bool(notes & DEPRECATED)))
        for language, wording, is_deprecated in sections[1:]:
            source, term_text, _is_deprecated = sections[0]
            kind = (
                TermKind.FORBID
                if is_deprecated
                else TermKind.KEEP
                if wording == term_text
                else TermKind.TRANSLATE
            )
            entries.append(_entry(number, source, language, term_text, kind, wording))
    return entries


def _named(element: Any, *names: str) -> list[Any]:
    """Return the descendants of an element with one of some names, in any namespace."""
    return [e for e in element.iter() if isinstance(e.tag, str) and e.tag.split("}")[-1] in names]


# ── The memory ────────────────────────────────────────────────────────────────


class Unit(NamedTuple):
    """A segment in two languages, its protected passages as marks."""

    source_language: str
    source: str
    target_language: str
    target: str
    is_human: bool


def memory_tmx(source: str, target: str) -> Iterator[str]:
    """Yield the memory of a language pair as pieces of a TMX file."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4"><header creationtool="Opina" '
        'creationtoolversion="1" segtype="sentence" o-tmf="Opina" adminlang="en" '
        f'srclang={quoteattr(source)} datatype="plaintext"/>\n<body>\n'
    )
    rows = MemorySegment.objects.filter(
        source_language=source, target_language=target, glossary_version=b""
    ).order_by("pk")
    for row in rows.iterator(chunk_size=2000):
        yield (
            f'<tu><prop type="x-origin">{row.origin}</prop>'
            f"<tuv xml:lang={quoteattr(source)}><seg>{_seg(row.source_text)}</seg></tuv>"
            f"<tuv xml:lang={quoteattr(target)}><seg>{_seg(row.target_text)}</seg></tuv></tu>\n"
        )
    yield "</body></tmx>\n"


def _seg(text: str) -> str:
    """Return a segment as TMX, with its marks as placeholders."""
    clean = "".join(char for char in text if char >= " " or char in "\t\n")
    return MARK.sub(lambda m: f'<ph x="{ord(m[0]) - FIRST}"/>', escape(clean))


def read_tmx(file: IO[bytes], most: int) -> list[Unit]:
    """Return the units of a TMX file, from the first language of each to each of the others.

    Raises UnreadableFile, also for more than `most` units.
    """
    units: list[Unit] = []
    try:
        for _event, element in iterparse(file, events=("end",)):
            if element.tag != "tu":
                continue
            variants = [
                (base_language(tuv.get(LANGUAGE) or tuv.get("lang") or ""), _plain(tuv))
                for tuv in element.iter("tuv")
            ]
            origin = {prop.text for prop in element.iter("prop") if prop.get("type") == "x-origin"}
            is_human = TranslationOrigin.MACHINE not in origin
            units += [
                Unit(*variants[0], language, text, is_human)
                for language, text in variants[1:]
                if variants[0][0] and language and variants[0][1].strip() and text.strip()
            ]
            element.clear()
            if len(units) > most:
                raise UnreadableFile(
                    _("The file has more than %(most)s translations. Split it into smaller files.")
                    % {"most": most}
                )
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise UnreadableFile(
            _("The file is not a valid TMX file: %(error)s.") % {"error": error}
        ) from None
    if not units:
        raise UnreadableFile(_("No translations were found in the file."))
    return units


@transaction.atomic
def import_units(units: Sequence[Unit], *, actor: User) -> None:
    """Store units in the memory.

    Human translations replace what is there; machine translations only fill gaps.
    """
    human: dict[str, dict[Key, str]] = defaultdict(dict)
    machine: dict[str, dict[Key, KnownTranslation]] = defaultdict(dict)
    for unit in units:
        # Our own files have marks already; others have plain addresses and numbers.
        is_ours = MARK.search(unit.source) is not None
        source = ProtectedSegment(unit.source) if is_ours else protect(unit.source)
        target = with_marks(unit.target, source.passages)
        key = Key(unit.source_language, source.text, NO_TERMS)
        if sorted(MARK.findall(source.text)) == sorted(MARK.findall(target)):
            if unit.is_human:
                human[unit.target_language][key] = target
            else:
                machine[unit.target_language][key] = KnownTranslation(target, "TMX")
    for language, corrections in human.items():
        memory.correct(corrections, language, author=actor)
    for language, known in machine.items():
        memory.remember(known, language)


def _plain(tuv: Any) -> str:
    """Return a segment's text, with our placeholders as marks and others as their content."""
    segment = next(tuv.iter("seg"), None)
    if segment is None:
        return ""
    texts = [segment.text or ""]
    for child in segment:
        number = child.get("x", "")
        if child.tag == "ph" and number.isdecimal() and len(number) < 4 and not child.text:
            texts.append(mark(int(number)))
        else:
            texts.append("".join(child.itertext()))
        texts.append(child.tail or "")
    return storable("".join(texts))
