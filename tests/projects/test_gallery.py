"""The starting points of a new project."""

from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from formats.audio import peaks_of, read_wav
from labeltypes.answers import clean_answer
from labeltypes.base import ItemMedia
from labeltypes.changes import diff_ontologies
from labeltypes.ontology import parse_ontology
from labeltypes.registry import get_type
from projects.gallery import TEMPLATES
from projects.gallery_template import SAMPLE_SECONDS, SAMPLE_SIZE, Template
from projects.markdown import render_markdown
from tools.sounds import sample_call

by_key = pytest.mark.parametrize("template", TEMPLATES, ids=[template.key for template in TEMPLATES])


def test_it_works() -> None:
    assert {template.key for template in TEMPLATES} == {
        *("text-classification", "sentiment", "named-entities", "image-classification"),
        *("bounding-boxes", "outlines", "masks", "preference", "compare-answers", "free-text", "empty"),
        *("transcription", "sound-segments"),
    }


@by_key
def test_every_template_is_a_valid_ontology(template: Template) -> None:
    ontology = parse_ontology({"media": template.media, "fields": template.fields})
    assert diff_ontologies(ontology, parse_ontology(ontology.to_json())) == []


@by_key
def test_every_medium_has_a_sample(template: Template) -> None:
    ontology = parse_ontology({"media": template.media, "fields": template.fields})
    item = template.to_json()["item"]
    for medium in ontology.media:
        value = item["data"][medium.source]
        assert medium.kind == "text" or value in item["files"]
    assert set(item["data"]) == {medium.source for medium in ontology.media}


@by_key
def test_a_first_option_answers_it(template: Template) -> None:
    ontology = parse_ontology({"media": template.media, "fields": template.fields})
    answer = {
        field.name: get_type(field.type).codes(field)[0]
        for field in ontology.fields
        if field.type == "choice" and field.required
    }
    media = {medium.name: ItemMedia(kind=medium.kind, text="x") for medium in ontology.media}
    assert clean_answer(answer, ontology, media, partial=True) == answer


@by_key
def test_every_template_has_a_drawing_and_shows_both_examples(template: Template) -> None:
    assert finders.find(template.picture)
    if template.guideline:
        html = render_markdown(template.guideline)
        assert "example-good" in html
        assert "example-bad" in html


def test_the_sample_picture_has_the_size_it_is_said_to_have() -> None:
    path = finders.find("samples/street.webp")
    assert path
    with Image.open(path) as picture:
        assert picture.size == SAMPLE_SIZE


def test_the_sample_recording_is_the_one_that_the_tool_makes() -> None:
    path = finders.find("samples/call.wav")
    assert path
    made, kept = BytesIO(sample_call()), BytesIO(Path(path).read_bytes())
    wav = read_wav(kept)
    assert wav.seconds == SAMPLE_SECONDS
    assert peaks_of(made, read_wav(made)) == pytest.approx(peaks_of(kept, wav), abs=1)
