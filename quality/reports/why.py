"""Why a task's answer is what it is: who said what, how well they are known to tell it, what that weighs.

Of single choices that a model of the crowd judged. The weights are those with which the quick update works:
people's confusion matrices as of the last full run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np

from accounts.models import User
from annotate.pages.previews import class_titles
from projects.models import Project, Task
from quality.models import Consensus, FittedModel, Trust
from quality.services.answers import answers_of
from quality.services.fields import Asked, asked_fields, ontology_for
from quality.services.gold_answers import gold_codes
from quality.services.merging import Answer
from quality.services.methods import MODELED
from quality.services.trust import CONSENSUS

FLOOR = 1e-6


@dataclass(frozen=True)
class Voice:
    """One answer. ``odds``: how many times likelier it is if the winner is true than if the rival is.

    ``right`` is how often this person is right where the winner is true, with a 95 % credible interval; None
    before they were judged. ``name`` is empty where the reader must not know it.
    """

    annotation: int
    name: str
    said: str
    odds: float
    right: float | None
    low: float | None
    high: float | None

    @property
    def weight(self) -> str:
        """As people read it: "3.4 : 1" for the winner, "1 : 2" for the rival."""
        return odds_in_words(self.odds)


@dataclass(frozen=True)
class Why:
    """One field: ``winner`` against ``rival`` (the majority's answer where it differs, else the runner-up).

    ``prior``: how many times more common the winner is; times the voices it gives ``odds``.
    """

    field: str
    title: str
    winner: str
    rival: str
    probability: float
    is_gold: bool
    differs: bool
    prior: float
    voices: list[Voice]
    sentence: str

    @property
    def prior_weight(self) -> str:
        return odds_in_words(self.prior)


def why(project: Project, task: Task, *, names: bool) -> list[Why]:
    """Of each single choice that the model judged; nothing before the first full run. Six queries."""
    ontology = ontology_for(project)
    fields = {asked.name: asked for asked in asked_fields(project) if asked.is_judged_by_votes}
    rows = list(Consensus.objects.filter(task=task, field__in=fields, method__in=MODELED))
    fitted = FittedModel.objects.filter(project=project, field__in=fields, unit="")
    models = {row.field: row for row in fitted}
    shown = [row for row in rows if row.field in models and list(row.distribution) == [""]]
    if ontology is None or not shown:
        return []
    answers = answers_of(project, ontology, [task.pk])[task.pk]
    users = {answer.user_id for answer in answers}
    trust = {
        (row.field, row.user_id, row.label): row
        for row in Trust.objects.filter(project=project, basis=CONSENSUS, user__in=users, field__in=models)
    }
    known = User.objects.in_bulk(users) if names else {}
    order = {name: place for place, name in enumerate(fields)}
    return [
        _why(project, fields[row.field], row, models[row.field], answers, trust, known)
        for row in sorted(shown, key=lambda each: order[each.field])
    ]


def _why(
    project: Project,
    asked: Asked,
    row: Consensus,
    model: FittedModel,
    answers: Sequence[Answer],
    trust: Mapping[tuple[str, int, str], Trust],
    known: Mapping[int, User],
) -> Why:
    titles, codes = class_titles([asked.field]), list(model.codes)
    winner, rival = _sides(asked, row, codes)
    logs = {code: log(max(float(model.marginals[place]), FLOOR)) for place, code in enumerate(codes)}
    voices = []
    for answer in answers:
        value = answer.value.get(asked.name)
        said = dict(asked.votes(value)).get("") if value is not None else None
        if said is None or said not in codes:
            continue
        person = trust.get((asked.name, answer.user_id, ""))
        matrix = np.array((person.confusion.get("") if person else None) or model.pooled)
        told = matrix[codes.index(winner), codes.index(said)], matrix[codes.index(rival), codes.index(said)]
        odds = exp(model.temper * (log(max(told[0], FLOOR)) - log(max(told[1], FLOOR))))
        judged = trust.get((asked.name, answer.user_id, winner))
        voices.append(
            Voice(
                annotation=answer.annotation_id,
                name=known[answer.user_id].display_name if answer.user_id in known else "",
                said=titles.get(said, said),
                odds=odds,
                right=judged.accuracy if judged else None,
                low=judged.low if judged else None,
                high=judged.high if judged else None,
            )
        )
    is_gold = gold_codes(project, asked, [row.task_id]).get("", {}).get(row.task_id) is not None
    found = Why(
        field=asked.name,
        title=asked.field.title,
        winner=titles.get(winner, winner),
        rival=titles.get(rival, rival),
        probability=row.probability or 0.0,
        is_gold=is_gold,
        differs=row.majority is not None and row.majority != row.value,
        prior=exp(logs[winner] - logs[rival]),
        voices=sorted(voices, key=lambda voice: (-voice.odds, voice.annotation)),
        sentence="",
    )
    return Why(**{**vars(found), "sentence": _sentence(found)})


def _sides(asked: Asked, row: Consensus, codes: Sequence[str]) -> tuple[str, str]:
    """The code that won, and the one that the majority gave, or else the runner-up of the posterior."""
    shares = row.distribution[""]
    ranked = sorted(codes, key=lambda code: (-shares.get(code, 0.0), codes.index(code)))
    winner = ranked[0]
    if row.majority is not None and row.majority != row.value:
        majority = dict(asked.votes(row.majority)).get("")
        if majority in codes and majority != winner:
            return winner, str(majority)
    return winner, ranked[1] if len(ranked) > 1 else winner


def _sentence(found: Why) -> str:
    """The reason in words; people are counted, not named."""
    if found.is_gold:
        return "This task is gold: its answer is known, and votes do not change it."
    given = {name: sum(voice.said == name for voice in found.voices) for name in (found.winner, found.rival)}
    said = f"{_people(given[found.winner])} “{found.winner}”, {_people(given[found.rival])} “{found.rival}”."
    if not found.differs:
        return said
    together = float(np.prod([voice.odds for voice in found.voices]))
    if together > 1:
        return (
            f"{said} Those who said “{found.winner}” tell the two apart better: together the answers speak "
            f"{odds_in_words(together)} for “{found.winner}”, though fewer gave it."
        )
    return (
        f"{said} “{found.winner}” is {found.prior_weight} as common here: the answers do not outweigh that."
    )


def _people(count: int) -> str:
    return "one says" if count == 1 else f"{count or 'nobody'} say{'' if count else 's'}"


def odds_in_words(odds: float) -> str:
    """3.42 as "3.4 : 1", 0.5 as "1 : 2", beyond a hundred as whole numbers."""
    more = max(odds, 1 / max(odds, FLOOR))
    number = f"{more:,.0f}" if more >= 10 else f"{more:.1f}".removesuffix(".0")
    return f"{number} : 1" if odds >= 1 else f"1 : {number}"
