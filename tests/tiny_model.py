"""A translation model made by hand: it reads a text letter by letter and
writes it again with its vowels changed. Everything about it is as in a real one: tokens,
attention, a decoder that stops at the end of a sentence.
"""

import io
import json
from pathlib import Path
from string import ascii_letters, digits

import ctranslate2
import numpy
import sentencepiece

LETTERS = ascii_letters + digits + ".,;:!?'\"()[]{}/@#&%$€*_~`<>-+=áéíóúñü"
SWAPPED = str.maketrans("aeiou", "eioua")
LONGEST = 2000  # tokens
# Each place is a direction of its own, nearly at right angles to the others.
DIRECTIONS = 128
STRONG = 40.0


def make(folder: Path, source: str, target: str) -> None:
    """Write a model into `folder` as Argos unpacks its packages."""
    folder.mkdir(parents=True)
    pieces = _train_tokenizer(folder / "sentencepiece.model")
    about = {"from_code": source, "to_code": target, "package_version": "1.0"}
    (folder / "metadata.json").write_text(json.dumps(about))
    spec = ctranslate2.specs.TransformerSpec.from_config(1, 1, pre_norm=True)
    vocabulary = ["<unk>", "<s>", "</s>", *pieces]
    _fill(spec, vocabulary)
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.add_source_eos = True
    spec.validate()
    (folder / "model").mkdir()
    spec.save(str(folder / "model"))


def _train_tokenizer(path: Path) -> list[str]:
    model = io.BytesIO()
    lines = [" ".join(LETTERS), LETTERS, "a b c"] * 20
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="char",
        vocab_size=len(set(LETTERS)) + 4,
        character_coverage=1.0,
        minloglevel=2,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
    )
    path.write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    pieces = [processor.id_to_piece(n) for n in range(processor.get_piece_size())]
    return [piece for piece in pieces if piece not in ("<unk>", "<s>", "</s>")]


def _fill(spec, vocabulary: list[str]) -> None:
    """Set the weights: the first dimensions tell the token, the others the place."""
    tokens, width = len(vocabulary), len(vocabulary) + DIRECTIONS
    zeros = numpy.zeros
    places = zeros((LONGEST, width), numpy.float32)
    directions = numpy.random.default_rng(1).normal(size=(LONGEST, DIRECTIONS))
    places[:, tokens:] = directions / numpy.linalg.norm(directions, axis=1, keepdims=True)
    one_hot = zeros((tokens, width), numpy.float32)
    one_hot[numpy.arange(tokens), numpy.arange(tokens)] = 1
    by_place = numpy.diag([0.0] * tokens + [1.0] * DIRECTIONS).astype(numpy.float32)
    by_token = numpy.diag([1.0] * tokens + [0.0] * DIRECTIONS).astype(numpy.float32)
    nothing = zeros((width, width), numpy.float32)

    def linear(layer, weight) -> None:
        layer.weight = weight
        layer.bias = zeros(weight.shape[0], numpy.float32)

    def norm(layer) -> None:
        layer.gamma = numpy.ones(width, numpy.float32)
        layer.beta = zeros(width, numpy.float32)

    def idle(attention, ffn) -> None:
        """Let layers pass on what they get."""
        norm(attention.layer_norm)
        linear(attention.linear[0], numpy.concatenate([nothing] * 3))
        linear(attention.linear[1], nothing)
        norm(ffn.layer_norm)
        linear(ffn.linear_0, nothing)
        linear(ffn.linear_1, nothing)

    for side, weight in ((spec.encoder, one_hot), (spec.decoder, numpy.zeros_like(one_hot))):
        embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        embeddings.weight = weight
        side.scale_embeddings = False
        side.position_encodings.encodings = places
        norm(side.layer_norm)
        idle(side.layer[0].self_attention, side.layer[0].ffn)
    look = spec.decoder.layer[0].attention
    norm(look.layer_norm)
    # At each place the decoder looks at the token that the source has there.
    linear(look.linear[0], by_place * STRONG)
    linear(look.linear[1], numpy.concatenate([by_place, by_token]))
    linear(look.linear[2], by_token * STRONG)
    written = zeros((tokens, width), numpy.float32)
    for number, piece in enumerate(vocabulary):
        other = piece.translate(SWAPPED) if len(piece) == 1 else piece
        written[vocabulary.index(other), number] = 1
    linear(spec.decoder.projection, written)
