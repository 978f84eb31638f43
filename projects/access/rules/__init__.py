"""The access table: every named route × method, one module per app.

``tests/api/test_access_matrix.py`` walks all of it; a route that is missing here fails that test, and
is refused by the doors, since they look their rule up here.
"""

from projects.access.rules.accounts import ACCOUNTS
from projects.access.rules.annotate import ANNOTATE
from projects.access.rules.exchange import EXCHANGE
from projects.access.rules.projects import PROJECTS
from projects.access.rules.quality import QUALITY
from projects.access.table import Methods

RULES: dict[str, Methods] = ACCOUNTS | PROJECTS | ANNOTATE | QUALITY | EXCHANGE
