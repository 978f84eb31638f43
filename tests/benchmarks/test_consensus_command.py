"""`python -m benchmarks.consensus`: what it reads, what it refuses, what it writes."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.consensus.__main__ import diagram_of, main
from benchmarks.consensus.crowd_set import read
from benchmarks.consensus.lookalikes import lookalikes
from benchmarks.consensus.simulated import KINDS, simulated
from benchmarks.consensus.table import classes_of


def folder(path: Path, labels: str, truth: str) -> Path:
    path.mkdir()
    (path / "labels.csv").write_text(labels)
    (path / "truth.csv").write_text(truth)
    return path


def test_a_row_per_set_and_the_means(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = "task,worker,label\na,x,1\na,y,1\na,z,0\nb,x,0\nb,y,1\nc,x,0\n"
    first = folder(tmp_path / "first", labels, "task,label\na,1\nb,1\nunanswered,1\n")
    second = folder(tmp_path / "second", labels, "task,label\na,0\n")
    out = tmp_path / "out.json"
    assert main([str(first), str(second), "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "first" in printed
    assert "MEAN" in printed
    found = json.loads(out.read_text())
    assert set(found["sets"]["first"]) == {"majority", "dawid_skene", "default"}
    majority = found["sets"]["first"]["majority"]
    assert majority["accuracy"] == pytest.approx(0.75)  # one right, one tied of two
    assert (majority["items"], majority["labels"]) == (2, 6)
    assert set(majority) == {"accuracy", "ece", "cpu_seconds", "peak_mb", "items", "labels"}
    assert found["mean"]["majority"]["accuracy"] == pytest.approx((0.75 + 0) / 2)


@pytest.mark.parametrize(
    ("labels", "truth", "message"),
    [
        ("task,worker\na,x\n", "task,label\na,1\n", "labels.csv: no column 'label'"),
        ("task,worker,label\na,x,1\na,,1\n", "task,label\na,1\n", "labels.csv:3: an empty value"),
        ("task,worker,label\n", "task,label\na,1\n", "labels.csv: no answers"),
    ],
)
def test_a_wrong_folder_is_refused_by_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], labels: str, truth: str, message: str
) -> None:
    assert main([str(folder(tmp_path / "wrong", labels, truth))]) == 2
    assert message in capsys.readouterr().err


ODD = {
    "windows": (
        "\ufefftask,worker,label\r\na,x,1\r\na,y,1\r\nb,x,0\r\n",
        "\ufefftask,label\r\na,1\r\nb,0\r\n",
    ),
    "other order, more columns, blank lines": (
        "value,label,at,worker,task\n\n3,1,9:00,x,a\n\n4,1,9:00,y,a\n,0,,x,b\n\n",
        "label,note,task\n1,,a\n\n0,,b\n",
    ),
    "numbers either way": ("task,worker,label\na,x,1\na,y,1\nb,x,0\n", "task,label\na,1.0\nb,0.0\n"),
    "blanks": ("task, worker, label\na, x, 1\na, y, 1\nb, x, 0\n", "task, label\na, 1\nb, 0\n"),
    "commas and accents": (
        'task,worker,label\n"a, b","x ""y""","é, ß"\n"a, b",z,"é, ß"\n猫,z,NA\n',
        'task,label\n"a, b","é, ß"\n猫,NA\n',
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_files_that_are_valid_say_the_same(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out.json"
    assert main([str(folder(tmp_path / "set", *ODD[kind])), "--json", str(out)]) == 0
    for figures in json.loads(out.read_text())["sets"]["set"].values():
        assert (figures["accuracy"], figures["items"], figures["labels"]) == (1, 2, 3)


def test_names_that_only_look_like_numbers_stay_apart() -> None:
    assert classes_of(["1", "1.0", "-2.00"]) == ["1", "1", "-2"]
    assert classes_of(["1", "1.0", "1.5"]) == ["1", "1.0", "1.5"]
    assert classes_of(["12345678901234567890", "12345678901234567891", "01"])[0].endswith("0")


def test_a_missing_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_a_wrong_folder_costs_only_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels, truth, out = "task,worker,label\na,x,1\n", "task,label\na,1\n", tmp_path / "out.json"
    binary = folder(tmp_path / "binary", labels, truth)
    (binary / "truth.csv").write_bytes(b"task,label\na,\xff\n")
    folders = [binary, folder(tmp_path / "good", labels, truth), tmp_path / "nowhere"]
    assert main([*map(str, folders), "--json", str(out)]) == 2
    printed = capsys.readouterr()
    assert "truth.csv: 'utf-8' codec" in printed.err
    assert "nowhere" in printed.err
    found = json.loads(out.read_text())
    assert list(found["sets"]) == ["good"]
    assert found["mean"]["default"]["accuracy"] == 1


def test_sets_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    labels, truth, out = "task,worker,label\na,x,1\nb,x,0\n", "task,label\na,1\n", tmp_path / "out.json"
    first, second = tmp_path / "one", tmp_path / "other"
    for parent in (first, second):
        parent.mkdir()
        folder(parent / "set", labels, truth)
    assert main([str(first / "set"), str(second / "set"), "--json", str(out)]) == 0
    assert list(json.loads(out.read_text())["sets"]) == ["set", str(second / "set")]


def test_simulated_crowds_are_the_same_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--simulated", "1"]) == 0
    printed = capsys.readouterr().out
    first, again = simulated(1), simulated(1)
    assert len(first) == len(KINDS)
    assert all(one.name in printed for one in first)
    for one, other in zip(first, again, strict=True):
        assert (one.answers.label == other.answers.label).all()


def test_crowds_like_published_sets_have_their_sizes() -> None:
    some = frozenset({"music", "bluebird", "weather_cf"})
    made, again = (lookalikes(1, only=some) for _ in range(2))
    assert [one.name for one in made] == ["like_music-0", "like_weather_cf-0", "like_bluebird-0"]
    for one, other in zip(made, again, strict=True):
        assert (one.answers.label == other.answers.label).all()
    music = made[0].answers
    assert (music.n_tasks, music.n_workers, music.n_classes, music.size) == (700, 44, 10, 2800)


def test_a_diagram_for_each_folder_and_one_for_all_crowds(tmp_path: Path) -> None:
    rows = "".join(f"{task},{person},{int(task < 5)}\n" for task in range(10) for person in "xyz")
    one = folder(tmp_path / "one<", f"task,worker,label\n{rows}", "task,label\n0,1\n1,1\n9,1\n")
    out = tmp_path / "out.svg"
    assert main([str(one), "--diagram", str(out)]) == 0
    assert [each.text for each in parts(out.read_text(), "title")] == ["one<"]
    plain = read(one)
    drawing = diagram_of([plain, replace(plain, is_simulated=True)])
    assert [each.text for each in parts(drawing, "title")] == ["one<", "1 simulated crowds"]
    said = [text for text in drawing.split(">") if "calibration error" in text]
    assert said[:2] == said[2:]
    # Two of three are right, and both methods are all but certain.
    assert [round(float(text.removesuffix("</text").rsplit(" ", 1)[1]), 1) for text in said[:2]] == [0.3, 0.3]


def parts(drawing: str, name: str) -> list[ElementTree.Element]:
    return [each for each in ElementTree.fromstring(drawing).iter() if each.get("class") == name]  # noqa: S314


def test_nothing_to_measure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "--simulated" in capsys.readouterr().err


OTHERS = {
    "numbers": (
        "task,worker,value\na,x,1\na,y,2\na,z,3\nb,x,4\nb,y,6\n",
        "task,value\na,2\nb,6\n",
        {"mean": {"mae": 0.5, "rmse": 0.5**0.5}},
    ),
    "texts": (
        "task,worker,text\na,x,The cat sat\na,y,the cat sat\na,z,a cat\nb,x,one two\n",
        "task,text\na,the cat sat\nb,one three\n",
        {"medoid": {"wer": 1 / 5}, "rover": {"wer": 1 / 5}},
    ),
    "boxes": (
        "task,worker,x1,y1,x2,y2\na,x,0,0,10,10\na,y,0,0,10,9\na,z,,,,\nb,x,50,50,60,60\nb,y,,,,\nb,z,,,,\n",
        "task,x1,y1,x2,y2\na,0,0,10,10\nb,,,,\n",
        {
            "any": {"precision": 0.5, "recall": 1.0, "f1": 2 / 3},
            "half": {"precision": 1.0, "recall": 1.0, "f1": 1.0},
        },
    ),
    "spans": (
        "task,worker,start,end,label\na,x,0,2,PER\na,y,0,2,PER\na,z,0,1,PER\nb,x,3,4,LOC\nb,y,,,\nb,z,,,\n",
        "task,start,end,label\na,0,2,PER\nb,,,\n",
        {"two": {"precision": 1.0, "recall": 1.0, "f1": 1.0}},
    ),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_kinds_by_their_columns(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels, truth, expected = OTHERS[kind]
    out = tmp_path / "out.json"
    assert main([str(folder(tmp_path / kind, labels, truth)), "--json", str(out)]) == 0
    found = json.loads(out.read_text())["sets"][kind]
    assert "default" in found
    for method, figures in expected.items():
        for name, value in figures.items():
            assert found[method][name] == pytest.approx(value), (method, name)
    assert kind in capsys.readouterr().out


def test_a_value_that_is_no_number_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = folder(tmp_path / "wrong", "task,worker,value\na,x,1\na,y,much\n", "task,value\na,1\n")
    assert main([str(wrong)]) == 2
    assert "labels.csv:3: 'much' is no number" in capsys.readouterr().err
