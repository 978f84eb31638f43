"""Trust by consensus at once, for the people who answered tasks just judged.

The last full run left sums of each person (``quality.services.sums``), and the votes they stand on. What a
task's answers add to them under its fit is taken in, changed, or taken back as the answers change; so a
person's figures always follow from the fit and the answers of now, in whatever order these came.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labeltypes.base import JsonObject
from projects.models import Project
from quality.services.arrays import Longs
from quality.services.at_once import Seen
from quality.services.fields import Asked
from quality.services.gold_answers import codes_of
from quality.services.known import StoredModel, people_of, read_people
from quality.services.merging import Answer
from quality.services.sums import GOLD, Named, views
from quality.services.sums_writing import Changes
from quality.services.trust import rows_of_field
from stats.arrays import Floats
from stats.trust.effective import ByOthers
from stats.trust.since_fit import CrowdSums, TaskVotes, add, skill_now

# Unit → task → the one code that gold accepts.
Certain = Mapping[str, Mapping[int, str]]


@dataclass(frozen=True)
class Moved:
    """The votes on a field of a task: those that the sums hold, and those of now."""

    task_id: int
    before: Named
    now: Named

    @property
    def tells(self) -> bool:
        """Whether anything changes: a single answer tells nothing of who gave it."""
        return self.before != self.now and any(
            len(votes) > 1 for given in (self.before, self.now) for votes in given.values()
        )


@dataclass(frozen=True, eq=False)
class JudgedUnit:
    """What is known of these people now, on one unit."""

    unit: str
    codes: Sequence[str]
    users: Longs
    by_others: ByOthers


def trust_of(project: Project, fields: Sequence[Asked], seen: Seen) -> Changes:
    """What these tasks change in the trust of those who answered them. Only the sums and rows of people who
    took an answer back are read; nothing is written. Twice changes nothing.

    The caller holds a transaction, and in it the lock ``trust`` of the project.
    """
    units = {
        name: models
        for name, models in seen.known.models.items()
        if all(each.crowd is not None for each in models)
    }
    fields = [asked for asked in fields if asked.name in units]
    answers, kept = seen.answers, seen.kept
    changes = Changes(people=seen.known.people, stored=kept.rows)
    if not fields or not answers:
        return changes
    named = {name: [(each.unit, each.codes) for each in found] for name, found in units.items()}
    moved = _moved(fields, units, answers, kept.votes_of(named), seen.known.gold)
    people = {
        name: sorted({user for each in tasks for user in _people(each)}) for name, tasks in moved.items()
    }
    every = {user for users in people.values() for user in users}
    answered = people_of(answers)
    if every - answered:  # who took an answer back
        kept.add_sums(project, units, every - answered)
        changes.people = read_people(project.pk, every, list(units))
    for name, tasks in moved.items():
        _follow_field(name, units[name], tasks, people[name], kept.sums.get(name, {}), changes)
    return changes


def _moved(
    fields: Sequence[Asked],
    units: Mapping[str, Sequence[StoredModel]],
    answers: Mapping[int, Sequence[Answer]],
    before: Mapping[tuple[str, int], Named],
    gold: Mapping[int, Sequence[JsonObject]],
) -> dict[str, list[Moved]]:
    """Field → tasks whose votes are others than those in the sums."""
    found: dict[str, list[Moved]] = {}
    for asked in fields:
        certain = codes_of(asked, gold)
        tasks = [
            Moved(
                task_id,
                before.get((asked.name, task_id), {}),
                _votes_now(asked, units[asked.name], task_id, given, certain),
            )
            for task_id, given in answers.items()
        ]
        if changed := [each for each in tasks if each.tells]:
            found[asked.name] = changed
    return found


def _votes_now(
    asked: Asked,
    units: Sequence[StoredModel],
    task_id: int,
    given: Sequence[Answer],
    gold: Certain,
) -> Named:
    """As the fit would count them; a unit or code that it does not know waits for the next one."""
    known = {each.unit: each.place for each in units}
    found: Named = defaultdict(list)
    for answer in given:
        value = answer.value.get(asked.name)
        for unit, code in asked.votes(value) if value is not None else ():
            if code in known.get(unit, ()):
                found[unit].append((answer.user_id, code))
    for unit, votes in found.items():
        certain = gold.get(unit, {}).get(task_id)
        if certain is not None and certain in known[unit]:
            votes.append((GOLD, certain))
        votes.sort()
    return dict(found)


def _people(moved: Moved) -> set[int]:
    given = [*moved.before.values(), *moved.now.values()]
    return {user for votes in given for user, _ in votes} - {GOLD}


def _follow_field(
    name: str,
    units: Sequence[StoredModel],
    tasks: Sequence[Moved],
    users: Sequence[int],
    kept: Mapping[int, memoryview],
    changes: Changes,
) -> None:
    table, place = _table(units, users, kept), {user: at for at, user in enumerate(users)}
    judged, start, who = [], 0, np.array(users)
    for unit in units:
        stop = start + unit.newcomer.shape[1]
        rows = table[:, start:stop]
        start = stop
        unknown: list[bool] = np.isnan(rows[:, 0]).tolist()
        if True in unknown:
            rows[unknown] = unit.newcomer[0]
        told = _told(unit, tasks, place)
        for each in told:
            for at in each.place:
                unknown[at] = False
        people = views(rows, len(unit.codes))
        add(_crowd(unit), people, told)
        if True not in unknown:
            judged.append(JudgedUnit(unit.unit, unit.codes, who, skill_now(_crowd(unit), people)))
            continue
        rows[unknown] = np.nan
        if False in unknown:
            known = ~np.array(unknown)
            some = views(rows[known], len(unit.codes))
            judged.append(JudgedUnit(unit.unit, unit.codes, who[known], skill_now(_crowd(unit), some)))
    changes.trust += rows_of_field(name, judged, alone=len(units) == 1)
    changes.sums += [(user, name, row.tobytes()) for user, row in zip(users, table, strict=True)]
    changes.votes += [(each.task_id, name, each.now) for each in tasks]
    changes.fields.append(name)


def _table(units: Sequence[StoredModel], users: Sequence[int], kept: Mapping[int, memoryview]) -> Floats:
    """(people, numbers of all units) their sums, to be changed in place; NaN where the fit knows nothing."""
    nothing = np.full(sum(unit.newcomer.shape[1] for unit in units), np.nan, dtype="<f8").tobytes()
    joined = bytearray().join([kept.get(user, nothing) for user in users])
    return np.frombuffer(joined, dtype="<f8").reshape(len(users), -1)


def _crowd(unit: StoredModel) -> CrowdSums:
    """What the fit kept of it. Raises ValueError if that is nothing."""
    if unit.crowd is None:
        raise ValueError(f"no sums are kept of {unit.unit!r}")
    return unit.crowd


def _told(unit: StoredModel, tasks: Sequence[Moved], place: Mapping[int, int]) -> list[TaskVotes]:
    """What is taken back from the sums, and added to them, task by task."""
    codes, told = unit.place, []
    for each in tasks:
        for votes, times in ((each.before, -1.0), (each.now, 1.0)):
            if given := votes.get(unit.unit):
                gold = next((codes[code] for user, code in given if user == GOLD), -1)
                people = [(place[user], codes[code]) for user, code in given if user != GOLD]
                told.append(TaskVotes([at for at, _ in people], [code for _, code in people], gold, times))
    return told
