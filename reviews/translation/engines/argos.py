"""Argos Translate's models, run by CTranslate2 in this process (an optional dependency).

The models' folder has a folder per model, as Argos unpacks its packages: `metadata.json` with
`from_code` and `to_code`, `sentencepiece.model`, and `model/` (argos-translate, "Package
format"). Nothing is downloaded: the operator installs the models.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from reviews.translation.engines.base import (
    EngineError,
    EngineFailure,
    Style,
    with_tokens,
    without_tokens,
)
from reviews.translation.protection import ProtectedSegment

# A translation is cut off at this multiple of the tokens of the longest original.
LONGEST = 2


class Argos:
    key = "argos"
    label = "Argos"
    max_segments = 32
    max_characters = 16_000
    parallel = 1
    knows_glossaries = False

    def __init__(self, options: dict[str, Any]) -> None:
        self.folder = Path(options["models"])
        self._loaded: dict[tuple[str, str], tuple[Any, Any]] = {}

    @cached_property
    def _models(self) -> dict[tuple[str, str], Path]:
        models = {}
        for path in sorted(self.folder.glob("*/metadata.json")):
            try:
                metadata = json.loads(path.read_text())
                models[metadata["from_code"], metadata["to_code"]] = path.parent
            except (ValueError, KeyError, TypeError) as error:
                raise EngineError(EngineFailure.FAILED, f"{path}: {error}") from error
        return models

    def pairs(self) -> set[tuple[str, str]]:
        return set(self._models)

    def translate(
        self, segments: Sequence[ProtectedSegment], source: str, target: str, style: Style
    ) -> list[str]:
        tokenizer, translator = self._load(source, target)
        try:
            tokens = [tokenizer.encode(with_tokens(s.text), out_type=str) for s in segments]
            results = translator.translate_batch(
                tokens,
                beam_size=2,
                max_decoding_length=LONGEST * max(map(len, tokens)) + 20,
                replace_unknowns=True,
            )
            texts = [tokenizer.decode(result.hypotheses[0]) for result in results]
        except (RuntimeError, ValueError) as error:
            raise EngineError(EngineFailure.FAILED, str(error)) from error
        return [without_tokens(text) for text in texts]

    def _load(self, source: str, target: str) -> tuple[Any, Any]:
        folder = self._models.get((source, target))
        if folder is None:
            raise EngineError(EngineFailure.NO_PAIR)
        if (source, target) not in self._loaded:
            try:
                from ctranslate2 import Translator
                from sentencepiece import SentencePieceProcessor
            except ImportError as error:
                raise EngineError(EngineFailure.MISSING, str(error)) from error
            try:
                self._loaded[source, target] = (
                    SentencePieceProcessor(model_file=str(folder / "sentencepiece.model")),
                    Translator(str(folder / "model"), device="cpu"),
                )
            except (RuntimeError, OSError) as error:
                raise EngineError(EngineFailure.FAILED, str(error)) from error
        return self._loaded[source, target]
