"""What became of the rows of an import: of one batch, or of all so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from exchange.importing.rows import Ready

COUNTS = ("created", "existing", "repeated", "refused", "gold", "predictions", "same_content")
EXAMPLES = 20


@dataclass
class Tally:
    """``seen``: rows of the file. ``stopped``: why the reader went no further, if it did not."""

    seen: int = 0
    staged: int = 0
    stopped: str = ""
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    existing_ids: list[str] = field(default_factory=list)

    @classmethod
    def from_cursor(cls, cursor: Mapping[str, Any]) -> Self:
        """As a former attempt left it."""
        known = cursor.get("counts", {})
        return cls(
            seen=int(cursor.get("seen", 0)),
            staged=int(cursor.get("staged", 0)),
            counts={name: int(known.get(name, 0)) for name in COUNTS},
            existing_ids=list(known.get("existing_ids", ())),
        )

    @property
    def result(self) -> dict[str, Any]:
        """For people."""
        return {**self.counts, "existing_ids": self.existing_ids}

    @property
    def cursor(self) -> dict[str, Any]:
        """For the next attempt."""
        return {"counts": self.result, "seen": self.seen, "staged": self.staged}

    def __add__(self, other: "Tally") -> "Tally":
        """Both together; the other is of later rows."""
        return Tally(
            self.seen + other.seen,
            self.staged + other.staged,
            other.stopped or self.stopped,
            {name: self.counts[name] + other.counts[name] for name in COUNTS},
            [*self.existing_ids, *other.existing_ids][:EXAMPLES],
        )

    def note_known(self, external_id: str, *, ours: bool) -> None:
        """A row whose external id was there already."""
        self.counts["repeated" if ours else "existing"] += 1
        if len(self.existing_ids) < EXAMPLES:
            self.existing_ids.append(external_id)

    def note_good(self, rows: Sequence[Ready]) -> None:
        """What comes with rows that will be stored."""
        self.counts["gold"] += sum(row.gold is not None for row in rows)
        self.counts["predictions"] += sum(len(row.predictions or ()) for row in rows)
        self.counts["same_content"] += sum(row.same for row in rows)
