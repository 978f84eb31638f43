"""Items as numbers for a quick model: words of texts, gradients and pixels of images."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import sparse

from labeltypes.ontology import Ontology
from projects.models import Media, Task
from projects.services.media import read_file
from stats.arrays import Floats

Features: TypeAlias = "Floats | sparse.csr_array"

SIDE = 64  # pixels to which images are brought
CELL = 8  # pixels of a cell of gradients
DIRECTIONS = 9
SMALL = 8  # side of the small color picture
MOST_COMPONENTS = 100
MOST_WORDS = 50_000
WORDS = r"(?u)\b\w+\b|[^\w\s]"
LONGEST_TEXT = 20_000


def text_of(task: Task, ontology: Ontology) -> str:
    """All texts that an item shows, one after another."""
    parts = [str(task.data.get(spec.source) or "") for spec in ontology.media if spec.kind == "text"]
    return "\n".join(parts)[:LONGEST_TEXT]


def text_features(texts: Sequence[str]) -> "sparse.csr_array":
    """(n, d) TF-IDF of words and pairs of words. A vocabulary of nothing gives one empty column."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # when used: seconds that no page must wait

    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, max_features=MOST_WORDS, token_pattern=WORDS
    )
    try:
        return sparse.csr_array(vectorizer.fit_transform(texts))
    except ValueError:
        return sparse.csr_array((len(texts), 1))


def image_features(pictures: Sequence["NDArray[np.uint8] | None"]) -> Floats:
    """(n, d <= 100) from pictures (64, 64, 3): gradients and colors, standardized, reduced by PCA.

    A picture that is not there is the mean of the others.
    """
    from sklearn.decomposition import PCA  # when used, as above
    from sklearn.preprocessing import StandardScaler

    known = [picture for picture in pictures if picture is not None]
    if not known:
        return np.zeros((len(pictures), 1))
    rows = np.stack([describe(picture) for picture in known])
    mean = rows.mean(axis=0)
    filled = iter(rows)
    table = np.stack([mean if picture is None else next(filled) for picture in pictures])
    size = min(MOST_COMPONENTS, len(table) - 1, table.shape[1])
    if size < 1:
        return np.zeros((len(table), 1))
    scaled = StandardScaler().fit_transform(table)
    reduced: Floats = PCA(n_components=size, random_state=0, svd_solver="full").fit_transform(scaled)
    return reduced / max(float(reduced.std()), 1e-9)


def describe(picture: "NDArray[np.uint8]") -> Floats:
    """Histograms of gradients, and a small color picture, of a picture (64, 64, 3)."""
    colors = picture.reshape(SMALL, SIDE // SMALL, SMALL, SIDE // SMALL, 3).mean(axis=(1, 3)) / 255
    return np.concatenate([gradient_histograms(picture.mean(axis=2) / 255), colors.ravel()])


def gradient_histograms(gray: Floats) -> Floats:
    """HOG of a picture (64, 64) in [0, 1]: per cell of 8 x 8 the gradient in 9 directions, L2-normalized
    over blocks of 2 x 2 cells. A flat picture is all zeros.

    Source: Dalal, Triggs, CVPR 2005.
    """
    dy, dx = np.gradient(gray)
    strength = np.hypot(dx, dy)
    angle = np.mod(np.arctan2(dy, dx), np.pi) / np.pi * DIRECTIONS
    low = np.floor(angle).astype(np.intp) % DIRECTIONS
    part = angle - np.floor(angle)
    cells = SIDE // CELL
    row, column = np.indices(gray.shape) // CELL
    cell = (row * cells + column).ravel()
    width = cells * cells * DIRECTIONS
    histogram = np.bincount(
        cell * DIRECTIONS + low.ravel(), weights=(strength * (1 - part)).ravel(), minlength=width
    ) + np.bincount(
        cell * DIRECTIONS + ((low + 1) % DIRECTIONS).ravel(),
        weights=(strength * part).ravel(),
        minlength=width,
    )
    grid = histogram.reshape(cells, cells, DIRECTIONS)
    blocks = np.concatenate([grid[:-1, :-1], grid[1:, :-1], grid[:-1, 1:], grid[1:, 1:]], axis=2)
    length = np.sqrt((blocks**2).sum(axis=2, keepdims=True) + 1e-6)
    flat: Floats = (blocks / length).ravel()
    return flat


def load_pictures(
    tasks: Sequence[Task], ontology: Ontology, tick: Callable[[int], None]
) -> list["NDArray[np.uint8] | None"]:
    """The first image of every item as (64, 64, 3), None where there is none; ``tick`` hears of progress."""
    source = next(spec.source for spec in ontology.media if spec.kind == "image")
    keys = [task.data.get(source) for task in tasks]
    project_ids = {task.project_id for task in tasks}
    files = {
        media.key: media
        for media in Media.objects.filter(project__in=project_ids, key__in=[key for key in keys if key])
    }
    pictures: list[NDArray[np.uint8] | None] = []
    for index, key in enumerate(keys, start=1):
        media = files.get(str(key))
        pictures.append(_open(media) if media else None)
        if index % 100 == 0:
            tick(index)
    return pictures


def _open(media: Media) -> "NDArray[np.uint8] | None":
    try:
        with read_file(media, "view") as file, Image.open(file) as image:
            small: Any = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
            return np.asarray(small, dtype=np.uint8)
    except OSError:
        return None
