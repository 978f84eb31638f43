"""Answers from COCO files for images that are here: stored as predictions or gold, refused with reasons."""

from typing import Any

import pytest

from annotate.models import Prediction
from formats.strictjson import dumps
from projects.services.ontologies import add_ontology
from quality.models import GoldItem
from tests.exchange.steps import IMAGES, Caller, archive, picture, work
from tests.world import World

CATEGORIES = [{"id": 1, "name": "car"}, {"id": 2, "name": "person"}]


@pytest.fixture
def max_(world: World) -> Caller:
    """With two images of 40 × 30 pixels in the project."""
    add_ontology(project=world.project, definition=IMAGES, by=world.max)
    world.project.refresh_from_db()
    caller = Caller(world.max, world.project)
    content = archive({f"street/{name}.png": picture(40, 30, name) for name in ("red", "blue")})
    job = caller.upload("imports/", content, name="street.zip", status=202)
    assert work(job).result["created"] == 2
    return caller


def coco(
    *annotations: dict[str, Any], size: tuple[int, int] = (40, 30), more: str = "street/blue.png"
) -> bytes:
    names = ["street/red.png", more]
    images = [
        {"id": number, "file_name": name, "width": size[0], "height": size[1]}
        for number, name in enumerate(names, start=1)
    ]
    numbered = [{"id": 900 + n, **annotation} for n, annotation in enumerate(annotations)]
    return dumps({"images": images, "categories": CATEGORIES, "annotations": numbered})


def car(image: int = 1, box: Any = (1, 2, 10, 12), **more: Any) -> dict[str, Any]:
    return {"image_id": image, "category_id": 1, "bbox": list(box), **more}


def test_it_works(max_: Caller) -> None:
    content = coco(car(score=0.9), car(box=(3, 4, 5, 6), score=0.5))
    for _ in range(2):
        answer = max_.upload("imports/coco/", content, name="a.json", status=200, model="yolo", version="3")
        assert answer == {"images": 2, "stored": 2, "error_count": 0, "errors": []}
    first, second = Prediction.objects.order_by("task__external_id")[::-1]
    assert (first.model, first.version, first.score) == ("yolo", "3", pytest.approx(0.7))
    assert [each["box"] for each in first.value["objects"]] == [[1, 2, 10, 12], [3, 4, 5, 6]]
    assert (second.value, second.score) == ({"objects": []}, None)


def test_as_gold(max_: Caller) -> None:
    answer = max_.upload("imports/coco/", coco(car()), name="a.json", status=200, taken_as="gold")
    assert answer["stored"] == 2
    gold = GoldItem.objects.get(task__external_id="street/red.png")
    assert gold.answers[0]["objects"][0]["class"] == "car"
    assert not Prediction.objects.exists()


def test_an_image_with_an_error_is_left_out_and_the_annotation_named(max_: Caller) -> None:
    content = coco(car(), car(box=(30, 2, 20, 5)), car(2))
    for taken_as in ("prediction", "gold"):
        answer = max_.upload("imports/coco/", content, name="a.json", status=200, taken_as=taken_as)
        assert (answer["images"], answer["stored"], answer["error_count"]) == (2, 1, 1)
        [error] = answer["errors"]
        assert (error["annotation"], error["path"]) == (901, "annotations[1].box[2]")
        assert "reaches beyond the image" in error["message"]


def test_images_are_told_apart_by_name_and_size(max_: Caller) -> None:
    answer = max_.upload("imports/coco/", coco(car(), more="green.png"), name="a.json", status=200)
    assert answer["stored"] == 1
    assert answer["errors"] == [
        {
            "annotation": None,
            "path": "images[1].file_name",
            "message": "no item has the external id 'green.png'",
        }
    ]
    answer = max_.upload("imports/coco/", coco(car(), size=(80, 60)), name="a.json", status=200)
    assert (answer["stored"], answer["error_count"]) == (0, 2)
    assert answer["errors"][0] == {
        "annotation": None,
        "path": "images[0].width",
        "message": "is of 80 × 60 pixels, the image that is here has 40 × 30 pixels",
    }


def test_what_is_no_coco_file_is_refused(max_: Caller) -> None:
    answer = max_.upload("imports/coco/", b'{"images": [', name="a.json", status=400)
    assert "file" in str(answer)
    answer = max_.upload("imports/coco/", b"[]", name="a.json", status=200)
    assert answer["errors"][0]["message"].startswith("must be an object with images")
    max_.upload("imports/coco/", coco(), name="a.json", status=400, taken_as="truth")


def test_annotators_may_not(max_: Caller, world: World) -> None:
    Caller(world.ann, world.project).upload("imports/coco/", coco(car()), name="a.json", status=403)
    assert not Prediction.objects.exists()
