"""From a row to an item: apply a mapping of columns, or check an item in our own shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from formats.incoming import (
    ColumnMapping,
    FileMember,
    FormatError,
    Imported,
    ReadOptions,
    Record,
    Refused,
    Target,
)
from formats.strictjson import Json, JsonProblem, join, parse

ITEM_KEYS = frozenset({"id", "data", "meta", "gold", "gold_accepted", "predictions"})
EXPORT_KEYS = frozenset({"state", "final", "media", "soft", "annotations"})
_KNOWN_KEYS = ITEM_KEYS | EXPORT_KEYS
_PLAIN_KEYS = frozenset({"id", "data", "meta"})
PREDICTION_KEYS = frozenset({"model", "version", "value", "score"})


class _Refuse(Exception):
    """Inside this module: the item at hand is refused."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path, self.message = path, message


def suggest(columns: Iterable[str]) -> ColumnMapping:
    """A first guess: `id` → external id, `meta.x` → meta, `gold.x` → gold, everything else → data."""
    targets: dict[str, Target] = {}
    for column in columns:
        lowered = column.strip().lower()
        if lowered in ("id", "external_id", "externalid"):
            targets[column] = Target("id")
        elif lowered.startswith("meta.") and len(column) > 5:
            targets[column] = Target("meta", column.strip()[5:])
        elif lowered.startswith("gold.") and len(column) > 5:
            targets[column] = Target("gold", column.strip()[5:])
        else:
            targets[column] = Target("data", column.strip().removeprefix("data."))
    return ColumnMapping(targets)


def check_mapping(mapping: ColumnMapping) -> None:
    """Raise FormatError when two columns go to one place, a name is missing, or nothing is data."""
    taken: dict[tuple[str, str], str] = {}
    for column, target in mapping.columns.items():
        if target.kind == "ignore":
            continue
        if target.kind != "id" and not target.name:
            raise FormatError(f"column {column!r}: a {target.kind} column needs a name")
        place = (target.kind, "" if target.kind == "id" else target.name)
        if place in taken:
            raise FormatError(f"columns {taken[place]!r} and {column!r} both go to {' '.join(place).strip()}")
        taken[place] = column
    if not any(kind == "data" for kind, _ in taken):
        raise FormatError("no column goes to the data")


def to_items(
    records: Iterable[Record | Refused], mapping: ColumnMapping | None, options: ReadOptions
) -> Iterator[Imported | Refused]:
    """Map every record; refusals pass through. Without a mapping, `suggest` decides from the first row."""
    checked, guessed = False, mapping
    for record in records:
        if isinstance(record, Refused):
            yield record
            continue
        if mapping is None and not record.native:
            guessed = suggest(record.cells) if guessed is None or not record.table else guessed
        if mapping is not None and record.table and not checked:
            checked = True
            absent = [column for column in mapping.columns if column not in record.cells]
            if absent:
                yield Refused(0, absent[0], "the file has no such column", fatal=True)
                return
        try:
            yield _item(record, mapping if mapping is not None else guessed, options)
        except _Refuse as refusal:
            yield Refused(record.row, refusal.path, refusal.message)


def _item(record: Record, mapping: ColumnMapping | None, options: ReadOptions) -> Imported:
    if record.native or mapping is None:
        return _native(record, options)
    return _flat(record, mapping, options)


def _flat(record: Record, mapping: ColumnMapping, options: ReadOptions) -> Imported:
    external_id: str | None = None
    places: dict[str, dict[str, Json]] = {"data": {}, "meta": {}, "gold": {}, "prediction": {}}
    for column, target in mapping.columns.items():
        if target.kind == "ignore" or column not in record.cells:
            continue
        cell = record.cells[column]
        if target.kind == "id":
            external_id = _external_id(cell, column, options)
        else:
            value = _cell_json(cell, column, options) if target.json else cell
            if not (target.kind in ("gold", "prediction") and value in ("", None)):
                places[target.kind][target.name] = value
    if not any(value not in ("", None) for value in places["data"].values()):
        raise _Refuse("", "no data: every data column is empty")
    return Imported(
        row=record.row,
        external_id=external_id,
        data=places["data"],
        meta=places["meta"],
        gold=places["gold"] or None,
        predictions=({"value": places["prediction"]},) if places["prediction"] else (),
        files=_files(record, mapping) if record.files else (),
        bytes=record.bytes,
    )


def _files(record: Record, mapping: ColumnMapping) -> tuple[FileMember, ...]:
    """Members whose column becomes data, under the data key that the column was mapped to."""
    kept: list[FileMember] = []
    for member in record.files:
        target = mapping.columns.get(member.key)
        if target is not None and target.kind == "data":
            kept.append(replace(member, key=target.name))
    return tuple(kept)


def _cell_json(cell: Json, column: str, options: ReadOptions) -> Json:
    if not isinstance(cell, str) or not cell.strip():
        return None if cell == "" else cell
    try:
        return parse(cell, max_depth=options.limits.json_depth)
    except JsonProblem as problem:
        raise _Refuse(column, str(problem)) from None


def _external_id(raw: Json, path: str, options: ReadOptions) -> str | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise _Refuse(path, "an id must be text")
    text = str(raw)
    if len(text) > options.limits.id_chars:
        raise _Refuse(
            path, f"an id of {len(text):,} characters is longer than the {options.limits.id_chars} allowed"
        )
    return text


def _native(record: Record, options: ReadOptions) -> Imported:
    cells = record.cells
    is_plain = cells.keys() <= _PLAIN_KEYS
    if not is_plain and not cells.keys() <= _KNOWN_KEYS:
        unknown = next(key for key in cells if key not in _KNOWN_KEYS)
        raise _Refuse(join("", unknown), "unknown key")
    data = _mapping(cells, "data")
    if not data:
        raise _Refuse("data", "must not be empty")
    external_id = _external_id(cells["id"], "id", options) if "id" in cells else None
    meta = _mapping(cells, "meta") if "meta" in cells else {}
    item = Imported(record.row, external_id, data, meta, None, (), (), record.files, record.bytes)
    if not is_plain:
        _add_answers(item, cells, options)
    return item


def _add_answers(item: Imported, cells: dict[str, Json], options: ReadOptions) -> None:
    """Gold and predictions, and the final answer as either."""
    item.gold = _gold(cells.get("gold"), "gold")
    accepted = cells.get("gold_accepted") or []
    if not isinstance(accepted, list):
        raise _Refuse("gold_accepted", "must be a list of answers")
    item.gold_accepted = tuple(_gold(one, join("gold_accepted", index)) for index, one in enumerate(accepted))
    item.predictions = _predictions(cells.get("predictions"))
    final = _final_value(cells.get("final"))
    if final is not None and options.final_as == "gold" and item.gold is None:
        item.gold = final
    elif final is not None and options.final_as == "prediction":
        item.predictions = (*item.predictions, {"model": "import", "value": final})


def _mapping(cells: dict[str, Json], key: str) -> dict[str, Json]:
    value = cells.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _Refuse(key, "must be an object")
    return value


def _gold(value: Json, path: str) -> Json:
    if value is not None and not isinstance(value, dict):
        raise _Refuse(path, "must be an object from field name to answer")
    return value


def _predictions(raw: Json) -> tuple[dict[str, Json], ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        raise _Refuse("predictions", "must be a list")
    return tuple(_prediction(one, join("predictions", index)) for index, one in enumerate(raw))


def _prediction(raw: Json, path: str) -> dict[str, Json]:
    if not isinstance(raw, dict) or not isinstance(raw.get("value"), dict):
        raise _Refuse(join(path, "value"), "must be an object from field name to answer")
    for key in raw:
        if key not in PREDICTION_KEYS:
            raise _Refuse(join(path, key), "unknown key")
    for key in ("model", "version"):
        if not isinstance(raw.get(key, ""), str):
            raise _Refuse(join(path, key), "must be text")
    score = raw.get("score")
    if score is not None and (
        isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1
    ):
        raise _Refuse(join(path, "score"), "must be a number from 0 to 1")
    return raw


def _final_value(final: Json) -> Json:
    if final is None:
        return None
    if not isinstance(final, dict) or not isinstance(final.get("value"), dict):
        raise _Refuse("final.value", "must be an object from field name to answer")
    return final["value"]
