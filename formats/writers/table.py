"""CSV: one row an item, or one row an answer; one column a field. Described in docs/formats/csv.md."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from formats.incoming import FormatError
from formats.moments import utc_text
from formats.outgoing import ExportAnnotation, ExportContext, ExportItem, Tally
from formats.strictjson import Json, dumps
from formats.writers.base import Writer, soft_json
from labeltypes.ontology import Ontology

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)


class TableWriter(Writer):
    """Flat and readable everywhere; nested answers are JSON in their cell."""

    name: ClassVar[str] = "csv"
    title: ClassVar[str] = "CSV"
    extension: ClassVar[str] = ".csv"
    media_type: ClassVar[str] = "text/csv; charset=utf-8"
    holds_soft_labels: ClassVar[bool] = True

    def losses(self, ontology: Ontology) -> list[str]:
        """Only what is about annotations as such: every answer has a cell."""
        return ["reviews and their comments", "guideline version and origin of annotations"]

    def pieces(self, items: Iterable[ExportItem], context: ExportContext, tally: Tally) -> Iterator[bytes]:
        """Header, then rows. Spreadsheets need the byte order mark to see UTF-8, so they get one."""
        options = context.options
        if len(options.delimiter) != 1 or options.delimiter in '"\r\n':
            raise FormatError("a delimiter is one character, not a quote and not a line end")
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=options.delimiter, lineterminator="\r\n")
        if options.spreadsheet:
            yield b"\xef\xbb\xbf"
        header = _header(context)
        writer.writerow(_safe(header, spreadsheet=options.spreadsheet))
        for item in items:
            tally.count(item)
            for row in _rows(item, context, tally):
                writer.writerow(_safe(row, spreadsheet=options.spreadsheet))
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
        yield buffer.getvalue().encode()


def escape_formula(cell: str) -> str:
    """An apostrophe before text that a spreadsheet would run; plain numbers stay numbers (security.md
    A90)."""
    return "'" + cell if cell.startswith(_FORMULA) and not _NUMBER.match(cell) else cell


def _sources(ontology: Ontology) -> list[str]:
    return list(dict.fromkeys(medium.source for medium in ontology.media))


def _header(context: ExportContext) -> list[str]:
    data = [f"data.{source}" for source in _sources(context.ontology)]
    fields = [field.name for field in context.ontology.fields]
    soft = [f"soft.{name}" for name in context.options.soft]
    taken = {"id", "state", "rest", *data, *soft}
    fields = [f"field.{name}" if name in taken or name in _ANSWER + _FINAL else name for name in fields]
    closing = _ANSWER if context.options.answers == "all" else _FINAL
    return ["id", "state", *data, *fields, *closing, *soft, "rest"]


_FINAL = ["probability", "source"]
_ANSWER = ["person", "time", "seconds", "ontology", "version"]


def _rows(item: ExportItem, context: ExportContext, tally: Tally) -> Iterator[list[str]]:
    sources = _sources(context.ontology)
    before = [item.external_id or "", item.state, *(_cell(item.data.get(source)) for source in sources)]
    rest: dict[str, Json] = {}
    more = {key: value for key, value in item.data.items() if key not in sources}
    if more:
        rest["data"] = more
    if item.meta:
        rest["meta"] = dict(item.meta)
    after = [*_soft_cells(item, context), dumps(rest).decode() if rest else ""]
    if context.options.answers == "all":
        if not item.annotations:
            tally.lose("item without an annotation (it has no row)")
        for one in item.annotations:
            tally.lose("review of an annotation", len(one.reviews))
            yield [*before, *_answers(one.value, context, tally), *_answer_cells(one), *after]
        return
    final = item.final
    if final is None:
        tally.lose("item without a final answer")
    value: Mapping[str, Json] = final.value if final else {}
    closing = [_cell(final.probability), final.source] if final else ["", ""]
    yield [*before, *_answers(value, context, tally), *closing, *after]


def _soft_cells(item: ExportItem, context: ExportContext) -> list[str]:
    soft = item.soft or {}
    return [dumps(soft_json(soft[name])).decode() if name in soft else "" for name in context.options.soft]


def _answers(value: Mapping[str, Json], context: ExportContext, tally: Tally) -> list[str]:
    names = [field.name for field in context.ontology.fields]
    for name in value:
        if name not in names:
            tally.lose(f'answer of field "{name}", which the current ontology does not have')
    return [_cell(value.get(name)) for name in names]


def _answer_cells(one: ExportAnnotation) -> list[str]:
    return [one.person, utc_text(one.time), _cell(one.seconds), str(one.ontology), str(one.version)]


def _cell(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else dumps(value).decode()


def _safe(row: list[str], *, spreadsheet: bool) -> list[str]:
    return [escape_formula(cell) for cell in row] if spreadsheet else row
