"""A COCO file on the import page: pre-labels for images that are here, and what does not fit."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Prediction
from projects.models import Task
from tests.browser.picture_desk import photo_world
from tests.browser.signed_in import collect_errors, sign_in
from tests.browser.watching import axe_violations, too_wide
from tests.processes import LiveWeb

pytestmark = pytest.mark.browser


def test_it_works(page: Page, live_web: LiveWeb, transactional_db: None) -> None:
    world = photo_world("outlines")
    for number, task in enumerate(Task.objects.filter(project=world.project).order_by("pk")):
        task.external_id = f"{number}.jpg"
        task.save()
    square = [[10, 10, 110, 10, 110, 110, 10, 110]]
    document = {
        "images": [{"id": n, "file_name": f"{n}.jpg", "width": 640, "height": 480} for n in (0, 1)],
        "categories": [{"id": 7, "name": "Person"}],
        "annotations": [
            {"id": 50, "image_id": 0, "category_id": 7, "segmentation": square},
            {"id": 51, "image_id": 1, "category_id": 7, "segmentation": square * 2},
        ],
    }
    content = {"name": "a.json", "mimeType": "application/json", "buffer": json.dumps(document).encode()}
    sign_in(page, live_web.url, world.max)
    errors = collect_errors(page)
    page.goto(f"{live_web.url}/projects/{world.project.pk}/import/")
    page.get_by_text("Answers from a COCO file").press("Enter")
    page.get_by_label("File", exact=True).set_input_files(files=[content])  # type: ignore[list-item]
    page.get_by_label("Model", exact=True).fill("yolo")
    page.get_by_label("Model", exact=True).press("Enter")
    result = page.locator("#coco-result")
    expect(result).to_contain_text("The answers of 1 of 2 images are stored.")
    row = result.locator("tbody tr")
    expect(row).to_contain_text("51")
    expect(row).to_contain_text("annotations[1].segmentation")
    expect(row).to_contain_text("has 2 parts: field 'objects' takes one outline")
    assert axe_violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert too_wide(page) == []
    prediction = Prediction.objects.get()
    assert (prediction.model, prediction.task.external_id) == ("yolo", "0.jpg")
    assert prediction.value["objects"][0]["class"] == "person"
    assert errors == []
