"""Apertium: rule-based, offline, its processes kept open between segments.

A language pair ("mode") is a pipeline of small programs, described by one line of
shell in Apertium's `modes` folder. With `-z` each of them flushes at a NUL byte (Apertium
wiki, "NUL flush"): so a batch goes in at one end while its first segments come out at the
other, and all the programs work at once.
"""

import os
import re
import select
import shutil
import signal
import subprocess
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from reviews.translation.engines.base import EngineError, EngineFailure, Style
from reviews.translation.protection import MARK, ProtectedSegment

MODES = "/usr/share/apertium/modes"
TIMEOUT = 30.0  # seconds without any answer
# Modes are named by two- or three-letter codes (ISO 639); ours are two-letter.
CODES = {"eng": "en", "spa": "es", "fra": "fr", "por": "pt", "cat": "ca", "ita": "it"}

# Characters with a meaning in Apertium's stream format ("Apertium stream format",
# section "Reserved characters").
RESERVED = re.compile(r"([\[\]{}^$/\\@<>])")
ANSWER = re.compile(r"\\(.)|[\[\]]", re.DOTALL)


class Apertium:
    """The engine. Safe to use from several threads."""

    key = "apertium"
    label = "Apertium"
    most = 400
    most_characters = 60_000
    parallel = 2
    knows_glossaries = False

    def __init__(self, options: dict[str, Any]) -> None:
        self.modes = Path(options.get("modes") or MODES)
        self._pipelines: dict[str, Pipeline] = {}
        self._lock = threading.Lock()

    def pairs(self) -> set[tuple[str, str]]:
        if shutil.which("lt-proc") is None or not self.modes.is_dir():
            raise EngineError(EngineFailure.MISSING)
        return set(installed(self.modes))

    def translate(
        self, segments: Sequence[ProtectedSegment], source: str, target: str, style: Style
    ) -> list[str]:
        mode = installed(self.modes).get((source, target))
        if mode is None:
            raise EngineError(EngineFailure.NO_PAIR)
        with self._lock:
            pipeline = self._pipelines.get(mode)
            if pipeline is None or not pipeline.is_alive:
                pipeline = Pipeline((self.modes / f"{mode}.mode").read_text())
                self._pipelines[mode] = pipeline
            answers = pipeline.ask([to_stream(segment.text) for segment in segments])
        return [
            in_its_case(segment.text, from_stream(answer))
            for segment, answer in zip(segments, answers, strict=True)
        ]


@cache
def installed(modes: Path) -> dict[tuple[str, str], str]:
    """Return (source, target) → mode for the modes that are installed."""
    found = {}
    for path in sorted(modes.glob("*-*.mode")):
        codes = [CODES.get(code, code) for code in path.stem.split("-")]
        # Longer names are variants: es-pt_BR, eco-es-fr.
        if len(codes) == 2 and all(re.fullmatch(r"[a-z]{2}", code) for code in codes):
            found[codes[0], codes[1]] = path.stem
    return found


def to_stream(text: str) -> str:
    """Return a segment in Apertium's stream format, its marks as blanks that stay."""
    stream = MARK.sub(r"[\g<0>]", RESERVED.sub(r"\\\1", text))
    # Like apertium-destxt: a full stop of no width, so that the last word's sentence ends.
    return stream + ".[]"


def from_stream(answer: str) -> str:
    answer = answer.removesuffix("[]").removesuffix(".")
    answer = ANSWER.sub(lambda found: found[1] or "", answer)
    # A word that falls away leaves its space behind.
    return re.sub(" {2,}", " ", answer).strip()


# A mark, and the letter that follows.
OPENING = re.compile(rf"({MARK.pattern}\s*)(\w)")


def in_its_case(text: str, answer: str) -> str:
    """Take the capital off a word behind a mark that opens a segment, where the text has none.

    Apertium does not see what the mark stands for: to it, the next word begins the sentence.
    """
    before, after = OPENING.match(text), OPENING.match(answer)
    if before and after and before[2].islower():
        return f"{after[1]}{after[2].lower()}{answer[after.end() :]}"
    return answer


class Pipeline:
    """One mode's programs, running and waiting for the next segments."""

    def __init__(self, description: str) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", command(description)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in = self._process.stdin.fileno()
        self._out = self._process.stdout.fileno()
        # What does not fit into the pipe waits here, so that nobody waits for each other.
        os.set_blocking(self._in, False)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, segments: Sequence[str]) -> list[str]:
        """Return the pipeline's answers. Raises EngineError if it breaks or hangs."""
        waiting = memoryview(b"".join(segment.encode() + b"\0" for segment in segments))
        answer = bytearray()
        ended = 0
        try:
            while ended < len(segments):
                ready, free, _ = select.select(
                    [self._out], [self._in] if waiting else [], [], TIMEOUT
                )
                if not ready and not free:
                    raise EngineError(EngineFailure.FAILED, "no answer in time")
                if free:
                    waiting = waiting[os.write(self._in, waiting[:65536]) :]
                if ready:
                    part = os.read(self._out, 65536)
                    if not part:
                        raise EngineError(EngineFailure.FAILED, "the programs ended")
                    ended += part.count(0)
                    answer += part
        except (OSError, EngineError) as error:
            self.close()
            raise EngineError(EngineFailure.FAILED, str(error)) from error
        return answer.decode("utf-8", "replace").split("\0")[: len(segments)]

    def close(self) -> None:
        """End the programs; the next segment starts them anew."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()


def command(description: str) -> str:
    """Return a mode's line of shell with every program flushing at NUL.

    $1 is how unknown words are shown (-n: as they are), $2 an option of the tagger.
    """
    programs = []
    for part in description.strip().replace("$1", "-n").replace("$2", "").split("|"):
        program, _space, options = part.strip().partition(" ")
        programs.append(f"{program} -z {options}")
    return " | ".join(programs)
