"""GetApp: the text of a product's review page, as copied from a browser.

A page is a sequence of blocks. Each has facts of the reviewer (each optional), the
line that names the review's source, the rated criteria (their stars are lost in the
text), a title, the date, and sections, the last of which may be the vendor's response.
Some labels are glued to the text before them, and text has lines of its own that
begin with a dash, so facts are found backwards from the source line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from reviews.importing import vocabulary
from reviews.importing.files import Dump, UnusableFile
from reviews.importing.formats.base import About, Format, RawRow
from reviews.importing.formats.trustpilot import known
from reviews.importing.mapping import Mapping
from reviews.importing.records import Record
from reviews.importing.values import RowError, date, recommendation

REJECT_MARK = "#rejected "


@dataclass(frozen=True)
class Labels:
    """A page's labels in one language."""

    language: str
    industry: str
    company_size: str
    used: str
    used_for: str  # between frequency and duration
    source: str
    overall_rating: str
    criteria: dict[str, str]
    recommendation: str
    reviewed: str
    pros: str
    cons: str
    alternatives: str
    choosing: str  # followed by the product's name
    previous: str
    switching: str  # followed by the product's name
    response: str  # a pattern with the vendor's name in its group
    total: str  # a pattern with the claimed total in its group
    dates: str = ""  # "dmy" where the language has one order


LABELS = (
    Labels(
        language="es",
        industry="Sector",
        company_size="Tamaño de la empresa",
        used="Software usado",
        used_for=" durante ",
        source="Fuente de la reseña",
        overall_rating="Calificación general",
        criteria={
            "Relación calidad-precio": "value_for_money",
            "Facilidad de uso": "ease_of_use",
            "Asistencia al cliente": "customer_support",
            "Funcionalidad": "functionality",
            "Funcionalidades": "functionality",
        },
        recommendation="Probabilidad de recomendación",
        reviewed="Revisado el",
        pros="Puntos a favor",
        cons="Puntos en contra",
        alternatives="Alternativas consideradas",
        choosing="Razones para elegir",
        previous="Software anterior",
        switching="Razones para cambiar a",
        response=r"Respuesta de (.+?)(?: ·)? Traducir (?:a|al) .+",
        total=r"Opiniones de ([\d.,]+)",
        dates="dmy",
    ),
    Labels(
        language="en",
        industry="Industry",
        company_size="Company size",
        used="Used",
        used_for=" for ",
        source="Review Source",
        overall_rating="Overall rating",
        criteria={
            "Value for money": "value_for_money",
            "Ease of use": "ease_of_use",
            "Customer support": "customer_support",
            "Functionality": "functionality",
        },
        recommendation="Likelihood to recommend",
        reviewed="Reviewed on",
        pros="Pros",
        cons="Cons",
        alternatives="Alternatives considered",
        choosing="Reasons for choosing",
        previous="Previous software",
        switching="Reasons for switching to",
        response=r"Response from (.+?)(?: ·)? Translate to .+",
        total=r"Reviews of ([\d.,]+)",
    ),
)


@dataclass
class Block:
    """One review's lines: the facts before its source line, and all after it."""

    line: int
    facts: list[str]
    body: list[str] = field(default_factory=list)


class GetAppPage(Format):
    name = "getapp_page"
    source = ("getapp", "GetApp")
    rejects_as = "page"

    def __init__(self, dump: Dump, mapping: Mapping | None = None) -> None:
        super().__init__(dump, mapping)
        labels = find_labels(dump)
        if labels is None:
            raise UnusableFile(
                _("%(file)s is not a GetApp page: it has no line that starts a review.")
                % {"file": dump.name}
            )
        self.labels = labels
        self.product = next((line.strip() for line in dump.lines() if line.strip()), "")

    @classmethod
    def recognises(cls, dump: Dump) -> bool:
        return not dump.is_workbook and find_labels(dump) is not None

    def about(self) -> About:
        vendor, claimed = "", None
        for line in self.dump.lines():
            if not vendor and (response := re.fullmatch(self.labels.response, line.strip())):
                vendor = response[1]
            if claimed is None and (total := re.fullmatch(self.labels.total, line.strip())):
                claimed = int(re.sub(r"[.,]", "", total[1]))
        return About(product=self.product, vendor=vendor, claimed_total=claimed)

    def rows(self) -> Iterator[RawRow]:
        block: Block | None = None
        pending: list[str] = []
        first = 1
        for number, line in enumerate(self.dump.lines(), 1):
            if line.startswith(REJECT_MARK):
                continue
            if line.strip() != self.labels.source:
                if not pending:
                    first = number
                pending.append(line)
                continue
            rest, facts = self._split_facts(pending)
            if block is not None:
                block.body += rest
                yield self._row(block)
            block = Block(first + len(pending) - len(facts), facts)
            pending = []
        if block is not None:
            block.body += pending
            yield self._row(block)

    def _split_facts(self, lines: list[str]) -> tuple[list[str], list[str]]:
        """Split the lines before a source line into the former text and the facts."""
        lines = list(lines)
        facts: list[str] = []
        if lines and lines[-1].strip() == "-":
            lines.pop()
        for label in (
            f"{self.labels.used} ",
            f"{self.labels.company_size}:",
            f"{self.labels.industry}:",
        ):
            if not lines:
                break
            before, mark, fact = lines[-1].rpartition(f"- {label}")
            if not mark:
                continue
            facts.insert(0, f"- {label}{fact}".strip())
            lines.pop()
            if before.strip():
                lines.append(before)  # the fact was glued to the text before it
                break
        return lines, facts

    def _row(self, block: Block) -> RawRow:
        lines = [*block.facts, self.labels.source, *block.body]
        return RawRow(block.line, {"text": "\n".join(lines).rstrip()})

    # ── A record ──────────────────────────────────────────────────────────────
    def record(self, raw: dict[str, Any]) -> Record:
        labels = self.labels
        lines: list[str] = raw["text"].split("\n")
        at = lines.index(labels.source)
        words = self._facts(lines[:at])
        rated, score, title, at = self._head(lines, at + 1)
        if at >= len(lines):
            raise RowError("reviewed_on", "", _("the review has no date"))
        date_text = lines[at].strip().removeprefix(labels.reviewed).strip()
        reviewed_on = date(date_text, "reviewed_on", labels.dates)
        sections = self._sections(lines[at + 1 :])
        used, _for, duration = words.get("used", "").partition(labels.used_for)
        return Record(
            title=title,
            overall=sections.get("overall", ""),
            pros=sections.get("pros", ""),
            cons=sections.get("cons", ""),
            alternatives=items(sections.get("alternatives", "")),
            reasons_for_choosing=sections.get("choosing", ""),
            previous_software=items(sections.get("previous", "")),
            reasons_for_switching=sections.get("switching", ""),
            rated_criteria=rated,
            recommendation=score,
            reviewed_on=reviewed_on,
            usage_frequency=vocabulary.frequency(used),
            usage_duration=vocabulary.duration(duration),
            industry=vocabulary.industry(words.get("industry", "")),
            company_size=vocabulary.company_size(words.get("company_size", "")),
            source_values=known(
                {
                    "industry": words.get("industry"),
                    "company_size": words.get("company_size"),
                    "frequency": used,
                    "duration": duration,
                }
            ),
            reply=sections.get("response", ""),
            reply_author=sections.get("response_by", ""),
        )

    def _facts(self, lines: list[str]) -> dict[str, str]:
        facts = {}
        for line in lines:
            for name, label in (
                ("industry", f"- {self.labels.industry}:"),
                ("company_size", f"- {self.labels.company_size}:"),
                ("used", f"- {self.labels.used} "),
            ):
                if line.startswith(label):
                    facts[name] = line.removeprefix(label).strip()
        return facts

    def _head(self, lines: list[str], at: int) -> tuple[list[str], float | None, str, int]:
        """Return rated criteria, recommendation, title, and where the date stands."""
        rated: list[str] = []
        score = None
        title: list[str] = []
        while at < len(lines):
            line = lines[at].strip()
            if line.startswith(self.labels.reviewed):
                break
            name = line.removeprefix("- ")
            if line == self.labels.overall_rating and not title:
                rated.append("overall")
            elif line.startswith("- ") and name in self.labels.criteria:
                rated.append(self.labels.criteria[name])
            elif line.startswith(f"- {self.labels.recommendation}"):
                score_text = name.removeprefix(self.labels.recommendation)
                score = recommendation(score_text.partition("/")[0])
            elif line:
                title.append(line)
            at += 1
        return rated, score, "\n".join(title), at

    def _sections(self, lines: list[str]) -> dict[str, str]:
        labels = self.labels
        choosing = f"{labels.choosing} {self.product}"
        switching = f"{labels.switching} {self.product}"
        sections: dict[str, list[str]] = {"overall": []}
        response_by = ""
        now = "overall"
        for line in lines:
            bare = line.strip()
            response = re.fullmatch(labels.response, bare)
            if now == "response":
                sections[now].append(line)
            elif response:
                now, response_by = "response", response[1]
                sections[now] = []
            elif bare in (labels.pros, labels.cons, labels.alternatives):
                now = {labels.pros: "pros", labels.cons: "cons"}.get(bare, "alternatives")
                sections[now] = []
            elif bare.endswith(choosing):
                sections[now].append(line.rstrip().removesuffix(choosing))
                now = "choosing"
                sections[now] = []
            elif bare.endswith(switching):
                sections[now].append(line.rstrip().removesuffix(switching))
                now = "switching"
                sections[now] = []
            elif bare.endswith(labels.previous) and (
                bare == labels.previous or now in ("alternatives", "choosing")
            ):
                sections[now].append(line.rstrip().removesuffix(labels.previous))
                now = "previous"
                sections[now] = []
            else:
                sections[now].append(line)
        texts = {name: "\n".join(part).strip() for name, part in sections.items()}
        return texts | {"response_by": response_by}


def find_labels(dump: Dump) -> Labels | None:
    """Return the labels of a page's language, None if it is not such a page."""
    sample = dump.sample()
    for labels in LABELS:
        if re.search(rf"^{re.escape(labels.source)}\s*$", sample, re.MULTILINE) and (
            labels.reviewed in sample
        ):
            return labels
    return None


def items(section: str) -> list[str]:
    """Return the names that a section lists, one a line or separated by commas."""
    return [name.strip() for name in re.split(r"\n|, ", section) if name.strip()]
