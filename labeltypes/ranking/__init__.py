"""A few options in order, best first."""

from labeltypes.ranking.label_type import Ranking

label_type = Ranking()
