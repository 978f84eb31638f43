"""What the API calls ``settings`` of a project: the columns that make up the quality plan."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.errors import DomainError, FieldError
from projects.models import AssignmentPolicy, ConsensusMethod, Feedback, GoldTest, Project, Sensitive


@dataclass(frozen=True)
class Setting:
    """One setting: its type, its bounds (both included), and what people read.

    ``names_field``: the name of a field of the ontology, or empty. ``longest``: free text of so many
    characters at most.
    """

    name: str
    type: type
    title: str
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    names_field: bool = False
    longest: int = 0


SETTINGS: tuple[Setting, ...] = (
    Setting("overlap", int, "Answers per task", "How many people answer each task.", 1, 100),
    Setting(
        "dynamic_overlap",
        bool,
        "Ask one more person where a task is unsure",
        "Dynamic overlap: after the answers above, one more at a time, only while a task is not sure enough.",
    ),
    Setting(
        "overlap_max",
        int,
        "Most people per task",
        "With dynamic overlap: no task is answered by more people than this, however unsure it stays.",
        1,
        100,
    ),
    Setting(
        "overlap_until",
        float,
        "Sure enough at",
        "With dynamic overlap: how likely a task's answer must be right so that nobody more is asked.",
        0.5,
        0.999,
    ),
    Setting(
        "overlap_worth",
        float,
        "One more answer must bring",
        "With dynamic overlap: nobody more is asked where the task's answer is expected to become right more "
        "often by less than this. 0: always until sure.",
        0,
        0.5,
    ),
    Setting(
        "overlap_field",
        str,
        "Which field must be sure",
        "With dynamic overlap: the field whose probability decides.",
        names_field=True,
    ),
    Setting(
        "consensus_method",
        str,
        "How answers become one",
        "By default everybody is weighed by what they are known to confuse, as far as there is evidence.",
        choices=tuple(ConsensusMethod.values),
    ),
    Setting(
        "assignment_policy",
        str,
        "Who gets which task",
        "By gain: whoever knows the classes in doubt, as far as people's answers showed, gets a task first.",
        choices=tuple(AssignmentPolicy.values),
    ),
    Setting(
        "gold_share",
        float,
        "Gold share",
        "Share of served tasks with a known answer.",
        0,
        0.5,
    ),
    Setting(
        "gold_share_most",
        float,
        "Gold share at most",
        "New people, and people of whom too little is known, get up to this share. 0: everybody the same.",
        0,
        0.5,
    ),
    Setting(
        "gold_exposures",
        int,
        "Answers to one gold item",
        "After so many it may be known: mined gold is retired, other gold proposed for it. 0: never.",
        0,
        100_000,
    ),
    Setting(
        "review_share",
        float,
        "Review share",
        "Share of answers a reviewer sees at random.",
        0,
        1,
    ),
    Setting(
        "review_below_agreement",
        float,
        "Review below agreement",
        "Tasks on which people agree less.",
        0,
        1,
    ),
    Setting(
        "review_below_trust",
        float,
        "Review below trust",
        "Answers of people we trust less.",
        0,
        1,
    ),
    Setting(
        "lease_minutes",
        int,
        "Lease",
        "Minutes a task stays reserved without any work on it.",
        1,
        10080,
    ),
    Setting(
        "hold_size",
        int,
        "Prefetch",
        "How many tasks one person may hold at a time.",
        1,
        50,
    ),
    Setting(
        "skip_limit",
        int,
        "Skips before a task is blocked",
        "People who may skip a task.",
        1,
        100,
    ),
    Setting(
        "rework_hours",
        int,
        "Time for rework",
        "Hours a task sent back stays its author's.",
        1,
        2160,
    ),
    Setting(
        "feedback",
        str,
        "Feedback on gold",
        "What annotators learn about their answers to gold tasks.",
        choices=tuple(Feedback.values),
    ),
    Setting(
        "gold_test",
        str,
        "Test people by gold",
        "If too many gold answers are wrong: flag tells the managers, pause also stops new tasks.",
        choices=tuple(GoldTest.values),
    ),
    Setting(
        "gold_test_good",
        float,
        "Good enough",
        "Share of gold that a good person gets right.",
        0.5,
        0.99,
    ),
    Setting(
        "gold_test_bad",
        float,
        "Not good enough",
        "Share of gold at which somebody should be found out. Below the one above.",
        0.05,
        0.95,
    ),
    Setting(
        "gold_test_error",
        float,
        "Wrong verdicts",
        "How often a test may find a good person bad, or a bad one good. Less takes longer.",
        0.001,
        0.25,
    ),
    Setting(
        "auto_submit",
        bool,
        "Submit on choice",
        "One key answers and submits; undo goes back.",
    ),
    Setting("show_predictions", bool, "Show predictions", "Start from the model's answer."),
    Setting("blind_review", bool, "Blind review", "Reviewers do not see who answered."),
    Setting(
        "allow_corrections",
        bool,
        "Allow corrections",
        "People may correct their own answers.",
    ),
    Setting(
        "active_learning",
        bool,
        "Active learning",
        "A model chooses which tasks come first.",
    ),
    Setting(
        "random_share",
        float,
        "Random share",
        "Share of tasks that stay in random order.",
        0,
        1,
    ),
    Setting(
        "retrain_after",
        int,
        "Train after",
        "New labels after which a round starts; 0: never.",
        0,
        10**6,
    ),
    Setting(
        "pay",
        str,
        "Pay",
        "In your words, such as “14 € an hour, paid monthly”. Empty: people read “not stated”.",
        longest=200,
    ),
    Setting(
        "sensitive",
        str,
        "Sensitive content",
        "Violence, abuse, illness, hate: how much of it people must expect.",
        choices=tuple(Sensitive.values),
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def settings_of(project: Project) -> dict[str, Any]:
    """The settings as a plain mapping, as the API gives them."""
    return {setting.name: getattr(project, setting.name) for setting in SETTINGS}


def clean_settings(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Check a (partial) mapping of settings. Raises DomainError that names every wrong one."""
    errors: list[FieldError] = []
    clean: dict[str, Any] = {}
    for name, value in raw.items():
        setting = BY_NAME.get(name)
        message = "unknown setting" if setting is None else _problem(setting, value)
        if message:
            errors.append(FieldError(f"settings.{name}", message))
        elif setting is not None:
            clean[name] = setting.type(value)
    if errors:
        raise DomainError("Some settings are not valid.", fields=errors)
    return clean


def check_together(project: Project) -> None:
    """Refuse settings that contradict each other (DomainError)."""
    if project.gold_test_bad >= project.gold_test_good:
        raise DomainError(
            "Some settings are not valid.",
            fields=[FieldError("settings.gold_test_bad", 'must be below "Good enough"')],
        )


def _problem(setting: Setting, value: Any) -> str:
    if setting.type is bool:
        return "" if isinstance(value, bool) else "must be true or false"
    if setting.type is str:
        return _problem_of_words(setting, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "must be a number"
    if setting.type is int and value != int(value):
        return "must be a whole number"
    if not (setting.low is None or setting.high is None or setting.low <= value <= setting.high):
        return f"must be from {setting.low:g} to {setting.high:g}"
    return ""


def _problem_of_words(setting: Setting, value: Any) -> str:
    if setting.longest:
        fits = isinstance(value, str) and len(value) <= setting.longest and value.isprintable()
        return "" if fits else f"must be one line of at most {setting.longest} characters"
    if setting.names_field:
        return "" if isinstance(value, str) and len(value) <= 100 else "must be the name of a field, or empty"
    return "" if value in setting.choices else f"must be one of {', '.join(setting.choices)}"


def check_dynamic_overlap(project: Project, changed: Collection[str]) -> None:
    """Refuse a maximum below the start, and a field newly chosen that the ontology does not have.

    Raises DomainError that names the settings.
    """
    errors: list[FieldError] = []
    if project.dynamic_overlap and project.overlap_max < project.overlap:
        message = f"must be at least {project.overlap}, with which every task starts"
        errors.append(FieldError("settings.overlap_max", message))
    if project.overlap_field and "overlap_field" in changed and project.ontology is not None:
        names = [field.name for field in project.ontology.parsed().fields]
        if project.overlap_field not in names:
            errors.append(FieldError("settings.overlap_field", f"must be empty or one of {', '.join(names)}"))
    if errors:
        raise DomainError("Some settings are not valid.", fields=errors)
