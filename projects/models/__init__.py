"""The labeling job: what is asked, about what, by whom, and how far it is."""

from projects.models.guideline import Guideline, GuidelineAcknowledgement
from projects.models.job import Job, JobError, JobState
from projects.models.media import Media
from projects.models.membership import Membership, Role
from projects.models.ontology import OntologyVersion
from projects.models.project import (
    AssignmentPolicy,
    ConsensusMethod,
    Feedback,
    GoldTest,
    Project,
    ProjectState,
    Sensitive,
)
from projects.models.state_count import StateChange, StateCount
from projects.models.task import Origin, Task
from projects.models.task_summary import AnswerSource, TaskState, TaskSummary

__all__ = [
    "AnswerSource",
    "AssignmentPolicy",
    "ConsensusMethod",
    "Feedback",
    "GoldTest",
    "Guideline",
    "GuidelineAcknowledgement",
    "Job",
    "JobError",
    "JobState",
    "Media",
    "Membership",
    "OntologyVersion",
    "Origin",
    "Project",
    "ProjectState",
    "Role",
    "Sensitive",
    "StateChange",
    "StateCount",
    "Task",
    "TaskState",
    "TaskSummary",
]
