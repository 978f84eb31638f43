"""What the projects app announces to the floors above, inside the transaction of the change."""

from django.dispatch import Signal

# With ``project`` and ``by``: the queue gives every unfinished task the new number of slots.
overlap_changed = Signal()

# With ``project`` and ``by``: when dynamic overlap asks one more was changed; tasks are judged anew.
stopping_changed = Signal()

# With ``project`` and ``by``: answers become one by another method; consensus is computed anew.
method_changed = Signal()

# With ``project`` and ``by``: from now on gold is hidden among the work, so its order must tell nothing.
gold_turned_on = Signal()

# With ``project`` and ``by``: live, paused or archived.
project_state_changed = Signal()

# With ``project``, ``guideline`` and ``by``: people are told of the new version.
guideline_published = Signal()

# With ``membership`` and ``by``: paused or resumed.
member_pause_changed = Signal()

# With ``project``: somebody is an expert no longer, perhaps the last.
expert_lost = Signal()

# With ``project``, ``old``, ``new`` (OntologyVersion): stored answers may be invalid now.
ontology_published = Signal()

# With ``job``: it failed or was cancelled, so what it was to make is not there.
job_stopped = Signal()

# With ``project``, ``task_ids`` and ``job``: rows that an import has just written.
tasks_imported = Signal()
