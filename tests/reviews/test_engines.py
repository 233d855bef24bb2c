"""Engines: what they are sent, what they answer, and what becomes of their failures."""

import pytest

from reviews.translation import resilience
from reviews.translation.engines import EngineError, Style
from reviews.translation.engines import http as engine_http
from reviews.translation.engines.apertium import Apertium
from reviews.translation.protection import protect, restore
from tests.engine_servers import swapped
from tests.reviews.engines import ALL, SERVED, engine_of, needs_apertium

PLAIN = Style()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(engine_http, "READ", 0.5)
    monkeypatch.setattr("urllib3.util.retry.Retry.get_backoff_time", lambda _self: 0.01)


@pytest.fixture(params=ALL)
def any_engine(request, tmp_path):
    with engine_of(request.param, tmp_path) as (engine, _server):
        yield engine


@pytest.fixture(params=SERVED)
def served(request, tmp_path):
    with engine_of(request.param, tmp_path) as found:
        yield found


def test_every_engine_knows_its_pairs(any_engine):
    assert ("en", "es") in any_engine.pairs()
    assert ("es", "es") not in any_engine.pairs()


def test_every_engine_brings_back_what_is_protected(any_engine):
    text = "Write to help@nimbo.example about Marketing Cloud <b>5 < 6</b> & see https://nimbo.example."
    segment = protect(text)
    [found] = any_engine.translate([segment], "en", "es", PLAIN)
    result = restore(found, segment.passages)
    assert "help@nimbo.example" in result
    assert "https://nimbo.example" in result
    assert "<b>" in result
    assert "< 6" in result
    assert "Write to" not in result


def test_every_engine_answers_a_batch_in_its_order(any_engine):
    texts = [f"The house number {n} is big." for n in range(1, 20)]
    found = any_engine.translate([protect(text) for text in texts], "en", "es", PLAIN)
    assert [str(n) in text for n, text in zip(range(1, 20), found, strict=True)] == [True] * 19


def test_a_batch_is_one_request(served):
    engine, server = served
    engine.translate([protect(f"Text {n}") for n in range(20)], "en", "es", PLAIN)
    assert sum(asked[1] in server.scripted for asked in server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((403, {"message": "no"}), "refused"),
        ((500, {"message": "no"}), "failed"),
        ((429, {"message": "slow down"}), "busy"),
        ((456, {"message": "quota"}), "quota"),
        ((302, {}, [("Location", "http://127.0.0.1:1/")]), "failed"),
        ((200, b"<html>"), "failed"),
        ((200, {"translations": [], "translatedText": []}), "failed"),
        (1.5, "down"),
    ],
)
def test_each_failure_is_distinguished_from_the_others(served, answer, code):
    engine, server = served
    engine.pairs()
    server.script += [answer] * 8
    with pytest.raises(EngineError) as raised:
        engine.translate([protect("The house")], "en", "es", PLAIN)
    assert raised.value.code == code


def test_an_answer_of_any_shape_is_a_failure_and_no_crash(served, monkeypatch):
    engine, server = served
    server.script += [(200, []), (200, [1, 2])]
    monkeypatch.setattr(resilience, "BACKOFF", 0)
    with pytest.raises(EngineError) as raised:
        resilience.guarded(engine, [protect("The house")], "en", "es", PLAIN, [])
    assert raised.value.code == "failed"


@pytest.mark.parametrize(
    "answer",
    [(429, {}, [("Retry-After", "0")]), (503, {}), (529, {}), 1.0],
)
def test_what_may_pass_is_tried_again(served, answer):
    engine, server = served
    server.script += [answer]
    assert engine.translate([protect("The house")], "en", "es", PLAIN) == [swapped("The house")]


def test_a_server_that_is_not_there_is_down(served):
    engine, server = served
    server.shutdown()
    server.server_close()
    with pytest.raises(EngineError) as raised:
        engine.translate([protect("The house")], "en", "es", PLAIN)
    assert raised.value.code == "down"


def test_deepl_gets_markup_formality_and_a_glossary_that_is_made_once(tmp_path):
    with engine_of("deepl", tmp_path) as (engine, server):
        style = Style(formal=True, terms=(("seat", "licencia"),), glossary="ab12")
        for _ in range(2):
            [text] = engine.translate([protect("A seat & more")], "en", "es", style)
        assert text == "A licencia & muri"
        sent = [result for command, path, result, _h in server.asked if path == "/v2/translate"]
        assert sent[0]["formality"] == "prefer_more"
        assert sent[0]["tag_handling"] == "xml"
        assert sent[0]["text"] == ["A seat &amp; more"]
        made = [
            1
            for command, path, *_rest in server.asked
            if (command, path) == ("POST", "/v2/glossaries")
        ]
        assert len(made) == 1
        assert engine.quota() == (1200, 500_000)


def test_google_signs_in_and_keeps_its_token(tmp_path):
    with engine_of("google", tmp_path) as (engine, server):
        for _ in range(3):
            engine.translate([protect("The house")], "en", "es", PLAIN)
        assert sum(path == "/token" for _c, path, *_rest in server.asked) == 1


def test_google_without_its_key_is_refused(tmp_path):
    from reviews.translation.engines.google import Google

    with pytest.raises(EngineError) as raised:
        Google({"credentials": str(tmp_path / "missing.json")})
    assert raised.value.code == "refused"


@needs_apertium
@pytest.mark.parametrize("text", ["^a$ [b] {c} \\d /e/ <f> @g", "😀", "مرحبا", "x" * 5000, "~*"])
def test_apertium_survives_any_text_and_goes_on(text):
    engine = Apertium({})
    assert len(engine.translate([protect(text)], "en", "es", PLAIN)) == 1
    house = [protect("The house is big.")]
    assert engine.translate(house, "en", "es", PLAIN) == ["La casa es grande."]


@needs_apertium
@pytest.mark.parametrize(
    ("text", "translated"),
    [("Zoom is big.", "Zoom es grande."), ("Zoom Is big.", "Zoom Es grande.")],
)
def test_a_name_opens_a_sentence_without_a_second_capital(text, translated):
    segment = protect(text, ("Zoom",))
    [found] = Apertium({}).translate([segment], "en", "es", PLAIN)
    assert restore(found, segment.passages) == translated


@needs_apertium
def test_a_pipeline_that_was_killed_is_started_again():
    engine = Apertium({})
    house = [protect("The house.")]
    engine.translate(house, "en", "es", PLAIN)
    engine._pipelines["eng-spa"].close()
    assert engine.translate(house, "en", "es", PLAIN) == ["La casa."]


def test_models_that_are_no_models_are_a_failure(tmp_path):
    from reviews.translation.engines.argos import Argos

    (tmp_path / "en_es").mkdir()
    (tmp_path / "en_es" / "metadata.json").write_text("{}")
    with pytest.raises(EngineError):
        Argos({"models": str(tmp_path)}).pairs()
