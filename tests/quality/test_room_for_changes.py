"""A row of consensus that a full run changes stays on its page."""

import pytest
from django.db import connection

from projects.models import ConsensusMethod, Project
from quality.services.full_run import full_run
from tests.quality.crowd import make_crowd, write_all


@pytest.mark.django_db
def test_a_row_that_changes_writes_no_index() -> None:
    """Nothing that an index holds changes, and there is room for the next version."""
    crowd = make_crowd(3, 60, overlap=3)
    write_all(
        crowd,
        [
            (task, person, {"follows": ("yes", "no")[(task + (person == task % 4)) % 2]})
            for task in range(60)
            for person in range(3)
        ],
    )
    full_run(crowd.project)
    Project.objects.filter(pk=crowd.project.pk).update(consensus_method=ConsensusMethod.MAJORITY)
    crowd.project.refresh_from_db()
    full_run(crowd.project)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT pg_stat_get_xact_tuples_updated(oid), pg_stat_get_xact_tuples_hot_updated(oid)
               FROM pg_class WHERE oid = 'quality_consensus'::regclass"""
        )
        assert cursor.fetchone() == (60, 60)
