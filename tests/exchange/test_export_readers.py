"""What libraries that we did not write read in our exports, from the answers of the API."""

import io
import zipfile
from pathlib import Path
from typing import Any

from accounts.models import User
from annotate.models import Annotation
from annotate.services.summaries import TaskConsensus, apply_consensus
from projects.models import Project
from tests.annotate.steps import answer, hand_out
from tests.exchange.scene import Scene, project_of, stream
from tests.exchange.steps import IMAGES, Caller, archive, picture
from tests.world import World, make_tasks, make_world

ENTITIES: dict[str, Any] = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "entities", "type": "span", "on": "text", "classes": ["PER", "LOC"]}],
}
CORNERS = [[20, 10, 120, 60], [150, 20, 180, 90]]


def test_csv_by_pandas(scene: Scene) -> None:
    import pandas

    table = pandas.read_csv(io.BytesIO(scene.stream(format="csv")))
    assert list(table["id"]) == ["x0", "x1", "x2", "x3"]
    assert table["data.text"][0] == "=cmd()"
    assert table["sentiment"][1] == "negative"
    assert table["probability"][1] == 0.8
    everybody = pandas.read_csv(io.BytesIO(scene.stream(format="csv", answers="all")))
    assert set(everybody["sentiment"].dropna()) == {"positive", "negative"}
    safe = pandas.read_csv(io.BytesIO(scene.stream(format="csv", spreadsheet="true")))
    assert safe["data.text"][0] == "'=cmd()"


def test_conll_by_seqeval(db: None) -> None:
    from seqeval.metrics.sequence_labeling import get_entities

    world = make_world()
    project = project_of(world, ENTITIES)
    make_tasks(project, ["😀 Maria went to Bad Ems"])
    spans = [
        {"id": "a", "class": "PER", "start": 2, "end": 7, "attributes": {}},
        {"id": "b", "class": "LOC", "start": 16, "end": 23, "attributes": {}},
    ]
    finish(project, world.ann, {"entities": spans})
    lines = [
        line.split("\t")
        for line in stream(Caller(world.eve, project), format="conll").decode().split("\n")
        if line
    ]
    entities = get_entities([tag for _, tag in lines])
    assert [(kind, "".join(token for token, _ in lines[a : b + 1])) for kind, a, b in entities] == [
        ("PER", "Maria"),
        ("LOC", "BadEms"),
    ]


def finish(project: Project, user: User, value: Any) -> None:
    """Answer the next task, and let that be its final answer."""
    head = Annotation.objects.get(pk=answer(user, hand_out(project, user)[0], value))
    result = TaskConsensus(head.task_id, head.value, 1.0, 0.9, final=True)
    apply_consensus(project_id=project.pk, results=[result])


def photos(world: World) -> Caller:
    """A project with one photo and two boxes on it."""
    project = project_of(world, IMAGES)
    eve = Caller(world.eve, project)
    eve.import_file(archive({"one.png": picture(200, 100)}), "photos.zip")
    boxes = [
        {"id": "a", "class": "car", "box": [20, 10, 100, 50]},
        {"id": "b", "class": "person", "box": [150, 20, 30, 70]},
    ]
    finish(project, world.ann, {"objects": boxes, "weather": "sun"})
    return eve


def test_coco_by_pycocotools_and_supervision(db: None, tmp_path: Path) -> None:
    import supervision
    from pycocotools.coco import COCO

    eve = photos(make_world())
    file = tmp_path / "a.json"
    file.write_bytes(stream(eve, format="coco"))
    coco = COCO(str(file))
    assert [coco.cats[one["category_id"]]["name"] for one in coco.loadAnns(coco.getAnnIds())] == [
        "car",
        "person",
    ]
    assert coco.loadAnns(coco.getAnnIds())[0]["bbox"] == [20, 10, 100, 50]
    assert coco.loadImgs(coco.getImgIds())[0]["file_name"] == "one.png"
    (tmp_path / "one.png").write_bytes(picture(200, 100))
    data = supervision.DetectionDataset.from_coco(str(tmp_path), str(file))
    assert [list(box) for _, _, found in data for box in found.xyxy] == [
        [20, 10, 120, 60],
        [150, 20, 180, 90],
    ]


def test_yolo_by_supervision(db: None, tmp_path: Path) -> None:
    import supervision

    eve = photos(make_world())
    with zipfile.ZipFile(io.BytesIO(stream(eve, format="yolo", images="true"))) as packed:
        packed.extractall(tmp_path)
    data = supervision.DetectionDataset.from_yolo(
        str(tmp_path / "images" / "train"), str(tmp_path / "labels" / "train"), str(tmp_path / "data.yaml")
    )
    assert data.classes == ["car", "person"]
    [(_, _, found)] = list(data)
    assert found.xyxy.round().tolist() == CORNERS
    bare = zipfile.ZipFile(io.BytesIO(stream(eve, format="yolo")))
    assert not [name for name in bare.namelist() if name.startswith("images/") and name.endswith(".png")]
