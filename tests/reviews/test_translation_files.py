"""Glossaries and the memory as files: out, in again, and what is refused."""

import io

import pytest
from defusedxml.ElementTree import fromstring
from django.core.files.uploadedfile import SimpleUploadedFile

from reviews.models import (
    GlossaryTerm,
    MemorySegment,
)
from reviews.translation import memory
from tests.factories import ReviewFactory, VendorFactory, moderator
from tests.reviews.translating import translate_now

pytestmark = pytest.mark.django_db


def test_a_glossary_by_hand_and_by_file(client, libre):
    vendor = VendorFactory()
    client.force_login(moderator())
    path = f"/inbox/glossaries/{vendor.slug}/"
    term = {
        "source_language": "en",
        "target_language": "es",
        "term": "=seat",
        "kind": "translate",
        "translation": "licencia",
    }
    client.post(path, term)
    client.post(path, {**term, "term": "Board", "kind": "keep", "translation": ""})
    client.post(path, {**term, "term": "app", "kind": "forbid", "translation": "aplicativo"})
    assert GlossaryTerm.objects.count() == 3
    for format in ("csv", "tbx"):
        result = client.get(path, {"format": format}).content
        before = set(GlossaryTerm.objects.values_list("term", "kind", "translation"))
        GlossaryTerm.objects.all().delete()
        upload = SimpleUploadedFile(f"terms.{format}", result)
        assert "Terms read: 3" in client.post(path, {"file": upload}).content.decode()
        assert set(GlossaryTerm.objects.values_list("term", "kind", "translation")) == before
    assert b"'=seat" in client.get(path, {"format": "csv"}).content
    client.post(path, {"remove": GlossaryTerm.objects.first().pk})
    assert GlossaryTerm.objects.count() == 2
    other = VendorFactory()
    pk = GlossaryTerm.objects.first().pk
    assert client.post(f"/inbox/glossaries/{other.slug}/", {"remove": pk}).status_code == 404


@pytest.mark.parametrize(
    ("name", "raw", "sentence"),
    [
        ("a.csv", b"term,kind\nx,keep\n", "must contain the column names"),
        ("a.csv", b"source_language,target_language,term,kind\nen,en,x,keep\n", "Line 2"),
        ("a.csv", b"source_language,target_language,term,kind\nen,es,x,burn\n", "Line 2"),
        ("a.csv", b"\xff\xfe", "not encoded in UTF-8"),
        ("a.tbx", b"<tbx>", "not a valid TBX file"),
        ("a.tbx", b'<!DOCTYPE x [<!ENTITY a "b">]><tbx>&a;</tbx>', "not a valid TBX file"),
        ("a.tbx", b"<tbx/>", "No terms"),
    ],
)
def test_a_bad_file_gets_one_sentence_and_changes_nothing(client, libre, name, raw, sentence):
    vendor = VendorFactory()
    client.force_login(moderator())
    path = f"/inbox/glossaries/{vendor.slug}/"
    answer = client.post(path, {"file": SimpleUploadedFile(name, raw)})
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not GlossaryTerm.objects.exists()


def test_an_old_tbx_file_is_read(client, libre):
    vendor = VendorFactory()
    client.force_login(moderator())
    result = b"""<?xml version="1.0"?><martif type="TBX"><text><body><termEntry>
    <langSet xml:lang="en-US"><tig><term>seat</term></tig></langSet>
    <langSet xml:lang="es"><ntig><termGrp><term>licencia</term></termGrp></ntig></langSet>
    </termEntry></body></text></martif>"""
    client.post(f"/inbox/glossaries/{vendor.slug}/", {"file": SimpleUploadedFile("a.tbx", result)})
    found = GlossaryTerm.objects.get()
    assert (found.source_language, found.term, found.translation) == ("en", "seat", "licencia")


def test_the_memory_goes_out_and_comes_in_as_tmx(client, translated):
    client.force_login(moderator())
    memory.correct({memory.Key("en", "It is slow.", b""): "Es lento."}, "es", author=moderator())
    result = b"".join(client.get("/inbox/memory/en-es.tmx").streaming_content)
    root = fromstring(result)
    assert root.tag == "tmx"
    assert len(list(root.iter("tu"))) == MemorySegment.objects.count()
    assert b'<ph x="0"/>' in result
    before = set(MemorySegment.objects.values_list("source_text", "target_text", "origin"))
    MemorySegment.objects.all().delete()
    upload = SimpleUploadedFile("m.tmx", result)
    assert (
        "Translations imported"
        in client.post("/inbox/memory/import/", {"file": upload}).content.decode()
    )
    after = set(MemorySegment.objects.values_list("source_text", "target_text", "origin"))
    assert after == before
    foreign = b"""<tmx version="1.4"><body><tu><tuv xml:lang="en"><seg>Visit www.n.example now</seg>
    </tuv><tuv xml:lang="es"><seg>Visita www.n.example ya</seg></tuv></tu></body></tmx>"""
    client.post("/inbox/memory/import/", {"file": io.BytesIO(foreign)})
    review = ReviewFactory(title="Visit www.other.example now")
    done = translate_now(subject=review, target="es")
    assert (done.texts["title"], done.origin) == ("Visita www.other.example ya", "human")
    bad = client.post("/inbox/memory/import/", {"file": io.BytesIO(b"no")})
    assert bad.status_code == 400
