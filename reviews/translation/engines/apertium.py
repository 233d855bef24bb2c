"""Apertium: rule-based, offline, its processes kept open between segments.

A language pair ("mode") is a pipeline of small programs, described by one line of
shell in Apertium's `modes` folder. With `-z` each program flushes at a NUL byte (Apertium wiki,
"NUL flush"), so a batch goes in while its first segments come out, and all programs run at once.
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
TIMEOUT = 30.0  # seconds without any output
# Modes are named by two- or three-letter codes (ISO 639); we use two letters.
CODES = {"eng": "en", "spa": "es", "fra": "fr", "por": "pt", "cat": "ca", "ita": "it"}

# Characters with a meaning in Apertium's stream format ("Apertium stream format",
# section "Reserved characters").
RESERVED = re.compile(r"([\[\]{}^$/\\@<>])")
ESCAPED = re.compile(r"\\(.)|[\[\]]", re.DOTALL)


class Apertium:
    """The engine. Safe to use from several threads."""

    key = "apertium"
    label = "Apertium"
    max_segments = 400
    max_characters = 60_000
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
            outputs = pipeline.translate([to_stream(segment.text) for segment in segments])
        return [
            restore_case(segment.text, from_stream(output))
            for segment, output in zip(segments, outputs, strict=True)
        ]


@cache
def installed(modes: Path) -> dict[tuple[str, str], str]:
    """Return (source, target) → mode for the modes that are installed."""
    modes_by_pair = {}
    for path in sorted(modes.glob("*-*.mode")):
        codes = [CODES.get(code, code) for code in path.stem.split("-")]
        # Longer names are variants: es-pt_BR, eco-es-fr.
        if len(codes) == 2 and all(re.fullmatch(r"[a-z]{2}", code) for code in codes):
            modes_by_pair[codes[0], codes[1]] = path.stem
    return modes_by_pair


def to_stream(text: str) -> str:
    """Return a segment in Apertium's stream format, with its marks as blanks that are preserved."""
    stream = MARK.sub(r"[\g<0>]", RESERVED.sub(r"\\\1", text))
    # Like apertium-destxt: an invisible full stop, so that the last sentence ends.
    return stream + ".[]"


def from_stream(output: str) -> str:
    """Return the text of a pipeline's output for one segment."""
    output = output.removesuffix("[]").removesuffix(".")
    output = ESCAPED.sub(lambda match: match[1] or "", output)
    # A dropped word leaves its space behind.
    return re.sub(" {2,}", " ", output).strip()


# A mark, and the letter that follows.
OPENING = re.compile(rf"({MARK.pattern}\s*)(\w)")


def restore_case(text: str, translation: str) -> str:
    """Lowercase the word after a mark that opens a segment, if it is lowercase in the original.

    Apertium does not see the passage behind the mark and takes the next word as the first.
    """
    before, after = OPENING.match(text), OPENING.match(translation)
    if before and after and before[2].islower():
        return f"{after[1]}{after[2].lower()}{translation[after.end() :]}"
    return translation


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
        # Non-blocking: writing on into a full pipe would deadlock with unread output.
        os.set_blocking(self._in, False)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def translate(self, segments: Sequence[str]) -> list[str]:
        """Return the output for each segment. Raises EngineError if the pipeline fails or hangs."""
        unsent = memoryview(b"".join(segment.encode() + b"\0" for segment in segments))
        output = bytearray()
        received = 0
        try:
            while received < len(segments):
                ready, free, _ = select.select(
                    [self._out], [self._in] if unsent else [], [], TIMEOUT
                )
                if not ready and not free:
                    raise EngineError(EngineFailure.FAILED, "no output in time")
                if free:
                    unsent = unsent[os.write(self._in, unsent[:65536]) :]
                if ready:
                    part = os.read(self._out, 65536)
                    if not part:
                        raise EngineError(EngineFailure.FAILED, "the programs ended")
                    received += part.count(0)
                    output += part
        except (OSError, EngineError) as error:
            self.close()
            raise EngineError(EngineFailure.FAILED, str(error)) from error
        return output.decode("utf-8", "replace").split("\0")[: len(segments)]

    def close(self) -> None:
        """Kill the programs. The next batch starts a new pipeline."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()


def command(description: str) -> str:
    """Return a mode's shell command with every program flushing at NUL.

    $1 controls how unknown words are shown (-n: unmarked), $2 is an option of the tagger.
    """
    programs = []
    for part in description.strip().replace("$1", "-n").replace("$2", "").split("|"):
        program, _space, options = part.strip().partition(" ")
        programs.append(f"{program} -z {options}")
    return " | ".join(programs)
