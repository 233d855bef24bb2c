"""Apertium: rule-based, offline, its processes kept open between segments.

A language pair ("mode") is a pipeline of small programs, described by one line of
shell in Apertium's `modes` folder. With `-z` each of them flushes at a NUL byte, so a
pipeline translates one segment after another without starting anew (Apertium wiki,
"NUL flush").
"""

import os
import re
import select
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from reviews.translation.engines.base import EngineError

MODES = Path("/usr/share/apertium/modes")
TIMEOUT = 30.0  # seconds for one segment
# Modes are named by two- or three-letter codes (ISO 639); ours are two-letter.
CODES = {"eng": "en", "spa": "es", "fra": "fr", "por": "pt", "cat": "ca", "ita": "it"}

# Characters with a meaning in Apertium's stream format ("Apertium stream format",
# section "Reserved characters").
RESERVED = re.compile(r"([\[\]{}^$/\\@<>])")
ADDRESS = r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]|www\.\S+[^\s.,;:!?)\]]|[\w.+-]+@[\w-]+\.[\w.-]*\w"
HANDLE = r"(?<!\w)[@#]\w+"


class Apertium:
    """The engine. Safe to use from several threads."""

    name = "Apertium"

    def __init__(self, modes: Path = MODES) -> None:
        self.modes = modes
        self._pipelines: dict[str, Pipeline] = {}
        self._lock = threading.Lock()

    def translate(
        self, segments: Sequence[str], source: str, target: str, keep: Sequence[str]
    ) -> list[str]:
        if shutil.which("lt-proc") is None or not self.modes.is_dir():
            raise EngineError(EngineError.MISSING)
        route = find_route(pairs(self.modes), source, target)
        if route is None:
            raise EngineError(EngineError.NO_PAIR)
        pattern = protected(keep)
        translated = list(segments)
        with self._lock:
            for mode in route:
                pipeline = self._pipeline(mode)
                translated = [translate_one(pipeline, text, pattern) for text in translated]
        return translated

    def _pipeline(self, mode: str) -> "Pipeline":
        pipeline = self._pipelines.get(mode)
        if pipeline is None or not pipeline.is_alive:
            pipeline = Pipeline((self.modes / f"{mode}.mode").read_text())
            self._pipelines[mode] = pipeline
        return pipeline


@cache
def pairs(modes: Path) -> dict[tuple[str, str], str]:
    """Return (source, target) → mode for the modes that are installed."""
    found = {}
    for path in sorted(modes.glob("*-*.mode")):
        codes = [CODES.get(code, code) for code in path.stem.split("-")]
        # Longer names are variants: es-pt_BR, eco-es-fr.
        if len(codes) == 2 and all(re.fullmatch(r"[a-z]{2}", code) for code in codes):
            found[codes[0], codes[1]] = path.stem
    return found


def find_route(
    known: dict[tuple[str, str], str], source: str, target: str
) -> tuple[str, ...] | None:
    """Return the modes that lead from one language to another, the fewest there are."""
    routes: deque[tuple[str, tuple[str, ...]]] = deque([(source, ())])
    seen = {source}
    while routes:
        language, route = routes.popleft()
        if language == target and route:
            return route
        for (start, end), mode in known.items():
            if start == language and end not in seen:
                seen.add(end)
                routes.append((end, (*route, mode)))
    return None


def protected(keep: Sequence[str]) -> re.Pattern[str]:
    """Return the pattern of what comes back as it was: addresses, handles, names."""
    names = sorted({name for name in keep if len(name) > 1}, key=len, reverse=True)
    words = [rf"(?<!\w){re.escape(name)}(?!\w)" for name in names]
    return re.compile("|".join([ADDRESS, HANDLE, *words]))


def translate_one(pipeline: "Pipeline", text: str, pattern: re.Pattern[str]) -> str:
    """Translate a segment; what `pattern` matches is kept from the pipeline."""
    stream = []
    end = 0
    for match in pattern.finditer(text):
        stream += [escape(text[end : match.start()]), f"[{escape(match[0])}]"]
        end = match.end()
    stream.append(escape(text[end:]))
    # Like apertium-destxt: a full stop of no width, so that the last word's sentence ends.
    answer = pipeline.ask("".join(stream) + ".[]")
    answer = answer.removesuffix("[]").removesuffix(".")
    answer = re.sub(r"\\(.)|[\[\]]", lambda found: found[1] or "", answer, flags=re.DOTALL)
    # A word that falls away leaves its space behind.
    if "  " not in text:
        answer = re.sub(" {2,}", " ", answer)
    return answer.strip()


def escape(text: str) -> str:
    return RESERVED.sub(r"\\\1", text.replace("\0", ""))


class Pipeline:
    """One mode's programs, running and waiting for the next segment."""

    def __init__(self, description: str) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", command(description)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, stream: str) -> str:
        """Return the pipeline's answer. Raises EngineError if it breaks or hangs."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        answer = bytearray()
        deadline = time.monotonic() + TIMEOUT
        try:
            process.stdin.write(stream.encode() + b"\0")
            process.stdin.flush()
            while not answer.endswith(b"\0"):
                left = deadline - time.monotonic()
                ready, _, _ = select.select([process.stdout], [], [], max(left, 0))
                part = os.read(process.stdout.fileno(), 65536) if ready else b""
                if not part:
                    raise EngineError(EngineError.FAILED, "no answer")
                answer += part
        except (OSError, EngineError) as error:
            self.close()
            raise EngineError(EngineError.FAILED, str(error)) from error
        return answer[:-1].decode("utf-8", "replace")

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
