"""What we know of the answers: gold, votes, consensus, trust, agreement, training rounds."""

from quality.models.agreement import Agreement
from quality.models.alarm import AlarmState, GoldAlarm
from quality.models.audit import AuditItem, AuditSample, AuditState
from quality.models.consensus import Consensus
from quality.models.contest import ContestState, GoldContest
from quality.models.figure import Figure
from quality.models.fitted import FittedModel
from quality.models.goal import Goal, GoalStep
from quality.models.gold import GoldGrade, GoldItem, GoldOrigin, GoldUse
from quality.models.group import GroupAnswer, GroupQuestion
from quality.models.label_flag import FlagState, LabelFlag
from quality.models.one_more import OneMore
from quality.models.qualification import (
    AttemptKind,
    Certificate,
    Qualification,
    QualificationAnswer,
    QualificationAttempt,
)
from quality.models.round import Round, RoundState
from quality.models.seed_plan import SeedPlan
from quality.models.since_fit import FittedVotes, PersonSums, VotesSinceFit
from quality.models.to_compare import ToCompare
from quality.models.triage import TriageClass, TriageItem, TriageMeasure, TriageRun, TriageState
from quality.models.trust import Trust
from quality.models.truth import KnownTruth
from quality.models.vote import StaleTask, Vote, VoteLabel
from quality.models.watch import PersonFigure, Reason, ReasonKind, ReasonState

__all__ = [
    "Agreement",
    "AlarmState",
    "AttemptKind",
    "AuditItem",
    "AuditSample",
    "AuditState",
    "Certificate",
    "Consensus",
    "ContestState",
    "Figure",
    "FittedModel",
    "FittedVotes",
    "FlagState",
    "Goal",
    "GoalStep",
    "GoldAlarm",
    "GoldContest",
    "GoldGrade",
    "GoldItem",
    "GoldOrigin",
    "GoldUse",
    "GroupAnswer",
    "GroupQuestion",
    "KnownTruth",
    "LabelFlag",
    "OneMore",
    "PersonFigure",
    "PersonSums",
    "Qualification",
    "QualificationAnswer",
    "QualificationAttempt",
    "Reason",
    "ReasonKind",
    "ReasonState",
    "Round",
    "RoundState",
    "SeedPlan",
    "StaleTask",
    "ToCompare",
    "TriageClass",
    "TriageItem",
    "TriageMeasure",
    "TriageRun",
    "TriageState",
    "Trust",
    "Vote",
    "VoteLabel",
    "VotesSinceFit",
]
