"""What we know of the answers: gold, votes, consensus, trust, agreement, training rounds."""

from quality.models.agreement import Agreement
from quality.models.consensus import Consensus
from quality.models.gold import GoldGrade, GoldItem
from quality.models.round import Round, RoundState
from quality.models.trust import Trust
from quality.models.vote import Vote, VoteLabel

__all__ = [
    "Agreement",
    "Consensus",
    "GoldGrade",
    "GoldItem",
    "Round",
    "RoundState",
    "Trust",
    "Vote",
    "VoteLabel",
]
