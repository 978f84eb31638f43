"""A project as it looks after months of work, written by SQL: tasks, answers, and what is derived from them.

The head is done, then comes what is answered, then what is open; three answers a task; reviews, gold,
activity, predictions and consensus in proportion. Leases are left out: no list reads them.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from accounts.models import Organization, User
from benchmarks.bench_queue import make_person
from projects.models import Membership, Project, ProjectState, Role
from projects.services.projects import create_project

TOPICS = [f"topic-{number:02}" for number in range(20)]
ONTOLOGY: Any = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "topic", "type": "choice", "options": TOPICS, "required": True}],
}
PEOPLE = 60
PER_GOLD = 500  # tasks for each gold item
RARE, COMMON, LATE = "heliotrope", "delivery", "october"

# COMMON is in a third of all items, LATE only in the last tenth (in life rows are not mixed), RARE in few.
TASKS = """
INSERT INTO projects_task (project_id, external_id, data, meta, origin, created_at)
SELECT %(project)s, 'row-' || n,
       jsonb_build_object('text', concat_ws(' ', 'order', n, 'the parcel', 'w' || (n::bigint * 7919 %% 5000),
           'was', 'w' || (n::bigint * 104729 %% 5000), CASE WHEN n %% 3 = 0 THEN 'delivery' END,
           CASE WHEN n > 0.9 * %(tasks)s THEN 'october' END,
           CASE WHEN n %% (%(tasks)s / 40 + 1) = 0 THEN 'heliotrope' END)),
       jsonb_build_object('lang', (ARRAY['de', 'en', 'fr', 'it'])[1 + n %% 4],
                          'batch', n::bigint * 10 / %(tasks)s),
       'human', now() - interval '90 days'
FROM generate_series(1, %(tasks)s) AS n
"""
SUMMARIES = """
INSERT INTO projects_tasksummary (task_id, project_id, state, archived_from, priority, answers, extra, skips,
    agreement, probability, value, source, classes, answered_at, done_at, updated_at)
SELECT t.id, %(project)s, s.state, '', CASE WHEN t.n %% 1000 = 0 THEN 5 ELSE 0 END, s.answers, 0, 0,
       CASE WHEN s.answers = 3 THEN CASE WHEN t.n %% 10 < 7 THEN 1.0 WHEN t.n %% 10 < 9 THEN 0.333333333
            ELSE 0.0 END END,
       CASE WHEN s.answers = 3 THEN 1 - (t.n * 31 %% 997) / 2000.0 END,
       CASE WHEN s.answers = 3 THEN jsonb_build_object('topic', s.topic) END,
       CASE WHEN s.answers = 3 THEN 'consensus' ELSE '' END,
       CASE WHEN s.answers > 0 THEN ARRAY[s.topic] ELSE '{}' END,
       CASE WHEN s.answers = 3 THEN now() - interval '60 days' * (1 - t.n / %(tasks)s::float) END,
       CASE WHEN s.state = 'done' THEN now() END, now()
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM projects_task WHERE project_id = %(project)s) t
CROSS JOIN LATERAL (
    SELECT CASE WHEN t.n <= 0.01 * %(tasks)s THEN 'archived' WHEN t.n > 0.55 * %(tasks)s THEN 'open'
                WHEN t.n %% 500 = 7 THEN 'blocked' WHEN t.n %% 200 = 3 THEN 'rework'
                WHEN t.n %% 25 = 1 THEN 'review' WHEN t.n <= 0.4 * %(tasks)s THEN 'done'
                ELSE 'answered' END AS state,
           CASE WHEN t.n <= 0.55 * %(tasks)s THEN 3 WHEN t.n <= 0.6 * %(tasks)s THEN 1 ELSE 0 END AS answers,
           (%(topics)s::text[])[1 + (t.n * t.n * 13 / 7) %% 20] AS topic) s
"""
QUEUE = """
INSERT INTO annotate_queueentry (task_id, project_id, pool, epoch, order_key, wanted, taken, answered,
    is_open, drawn)
SELECT task_id, project_id, 'work', 0, task_id, 3, answers, answers,
       state NOT IN ('blocked', 'done', 'archived'), 'random'
FROM projects_tasksummary WHERE project_id = %(project)s
"""
ANSWERS = """
INSERT INTO annotate_annotation (project_id, task_id, user_id, version, value, seconds, is_extra, is_fix,
    created_at, updated_at)
SELECT %(project)s, s.task_id, (%(people)s::bigint[])[1 + (s.task_id + k * 7) %% %(crowd)s], 1,
       jsonb_build_object('topic', CASE WHEN k > 0 AND s.agreement < 1
           THEN (%(topics)s::text[])[1 + (s.task_id * k) %% 20] ELSE s.classes[1] END),
       2 + (s.task_id * 17 + k) %% 30, s.task_id %% 5000 = 0, false, now(), now()
FROM projects_tasksummary s CROSS JOIN LATERAL generate_series(0, s.answers - 1) AS k
WHERE s.project_id = %(project)s
"""
VERSIONS = """
INSERT INTO annotate_annotationversion (project_id, annotation_id, version, value, seconds, key, drawn,
    ontology_id, created_by_id, created_at)
SELECT project_id, id, 1, value, seconds, '', 'random', %(ontology)s, user_id, created_at
FROM annotate_annotation WHERE project_id = %(project)s
"""
CONSENSUS = """
INSERT INTO quality_consensus (project_id, task_id, field, value, majority, probability, distribution,
    agreement, method, answers, computed_at)
SELECT project_id, task_id, 'topic', value -> 'topic', value -> 'topic', probability,
       jsonb_build_object('', jsonb_build_object(classes[1], probability)), agreement,
       'shrunken-dawid-skene', 3, now()
FROM projects_tasksummary WHERE project_id = %(project)s AND answers = 3
"""
REVIEWS = """
INSERT INTO annotate_reviewentry (project_id, annotation_id, task_id, author_id, reason, created_at)
SELECT a.project_id, a.id, a.task_id, a.user_id,
       (ARRAY['random', 'low_agreement', 'low_trust'])[1 + a.id %% 3], now()
FROM annotate_annotation a JOIN projects_tasksummary s ON s.task_id = a.task_id
WHERE a.project_id = %(project)s AND s.state = 'review'
  AND a.user_id = (%(people)s::bigint[])[1 + a.task_id %% %(crowd)s];
INSERT INTO annotate_review (project_id, annotation_id, version, reviewer_id, verdict, code, comment, reason,
    created_at)
SELECT project_id, id, 1, %(manager)s, CASE WHEN id %% 20 = 0 THEN 'reject' ELSE 'accept' END, '', '',
       CASE WHEN id %% 3 = 0 THEN 'low_agreement' ELSE 'random' END, now()
FROM annotate_annotation WHERE project_id = %(project)s AND id %% 20 < 2
"""
GOLD = """
INSERT INTO quality_golditem (project_id, task_id, answers, tolerance, explanation, graded, missed,
    contested, origin, use, discrimination_people, created_by_id, created_at)
SELECT project_id, task_id, jsonb_build_array(value), '{}', '', 0, 0, 0, 'given',
    'hidden', 0, %(manager)s, now()
FROM projects_tasksummary WHERE project_id = %(project)s AND answers = 3 AND task_id %% %(per_gold)s = 0;
INSERT INTO quality_goldgrade (project_id, gold_id, annotation_id, user_id, version, score, correct, fields,
    is_burnt, graded_at)
SELECT a.project_id, g.id, a.id, a.user_id, 1, 1, a.id %% 7 > 0, '{}', false, now()
FROM (SELECT id, user_id, project_id, row_number() OVER () AS n FROM annotate_annotation
      WHERE project_id = %(project)s AND id %% 15 = 0) a
JOIN (SELECT id, row_number() OVER () AS n, count(*) OVER () AS many FROM quality_golditem
      WHERE project_id = %(project)s) g ON g.n = 1 + a.n %% g.many;
UPDATE quality_golditem g SET graded = c.n, missed = c.n / 7
FROM (SELECT gold_id, count(*) AS n FROM quality_goldgrade WHERE project_id = %(project)s GROUP BY 1) c
WHERE c.gold_id = g.id
"""
LABELS = """
INSERT INTO quality_votelabel (project_id, field, kind, text, code)
SELECT %(project)s, 'topic', 'code', topic, place
FROM unnest(%(topics)s::text[]) WITH ORDINALITY AS t(topic, place)
UNION ALL SELECT %(project)s, 'topic', 'unit', '', 0
"""
# Pages show matrices, but read no vote: the answers to one task in ten are enough for them.
VOTES = """
INSERT INTO quality_vote (project_id, task_id, user_id, annotation_id, field, unit, code)
SELECT a.project_id, a.task_id, a.user_id, a.id, 'topic', 0,
       array_position(%(topics)s::text[], a.value ->> 'topic')
FROM annotate_annotation a WHERE a.project_id = %(project)s AND a.task_id %% 10 = ANY(%(which)s)
"""
ACTIVITY = """
INSERT INTO annotate_persontotal (project_id, user_id, answers, discarded, seconds, last_active)
SELECT project_id, user_id, count(*), 0, 12, now() FROM annotate_annotation WHERE project_id = %(project)s
GROUP BY 1, 2;
INSERT INTO annotate_activityday (project_id, user_id, day, answers, corrections, skips, seconds)
SELECT %(project)s, person, current_date - back, 20 + (person * back) %% 300, 2, 1, 3000
FROM unnest(%(people)s::bigint[]) AS person, generate_series(0, 89) AS back;
INSERT INTO annotate_prediction (project_id, task_id, model, version, value, score, created_at)
SELECT project_id, task_id, 'm', '1', '{"topic": "topic-01"}', 0.5, now()
FROM projects_tasksummary WHERE project_id = %(project)s AND task_id %% 10 = 0;
INSERT INTO annotate_comment (project_id, task_id, author_id, kind, body, key, created_at, resolved_at)
SELECT project_id, task_id, (%(people)s::bigint[])[1 + task_id %% %(crowd)s], 'question',
       'Is this one a parcel?', '', now(), CASE WHEN task_id %% 3000 <> 0 THEN now() END
FROM projects_tasksummary WHERE project_id = %(project)s AND task_id %% 1000 = 0
"""
TRUST = """
INSERT INTO quality_trust (project_id, user_id, field, label, basis, n, correct, accuracy, low, high,
    confusion, learned, computed_at)
SELECT %(project)s, person, field, label, basis, 500, 440, 0.88, 0.85, 0.91, '{}', '{}', now()
FROM unnest(%(people)s::bigint[]) AS person,
     (SELECT '' AS field, '' AS label, 'gold' AS basis UNION ALL SELECT '', '', 'consensus'
      UNION ALL SELECT 'topic', '', 'consensus'
      UNION ALL SELECT 'topic', unnest(%(topics)s::text[]), 'consensus') AS kinds
"""
STEPS = (TASKS, SUMMARIES, QUEUE, ANSWERS, VERSIONS, CONSENSUS, REVIEWS, GOLD, LABELS, VOTES, ACTIVITY, TRUST)


def seeded_project(
    organization: Organization, tasks: int, *, tidy: str = "VACUUM (ANALYZE)"
) -> tuple[Project, User, list[User]]:
    """A live project of so many tasks with its manager and its annotators; ``tidy`` ends it."""
    manager, *people = [make_person(organization) for _ in range(PEOPLE + 1)]
    project = create_project(
        organization=organization, by=manager, name="Seeded", ontology=ONTOLOGY, settings={"overlap": 3}
    )
    project.state = ProjectState.LIVE
    project.save()
    Membership.objects.bulk_create(
        Membership(project=project, user=person, role=Role.ANNOTATOR) for person in people
    )
    _write(project, manager, people, tasks)
    with connection.cursor() as cursor:
        for index in ("task_search", "task_meta", "summary_classes"):
            cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
        cursor.execute(tidy)
    return project, manager, people


def all_votes(project: Project) -> None:
    """The votes of all other answers too, for whoever infers something from them."""
    with connection.cursor() as cursor:
        cursor.execute(VOTES, {"project": project.pk, "topics": TOPICS, "which": list(range(1, 10))})
        cursor.execute("VACUUM (ANALYZE) quality_vote")


def _write(project: Project, manager: User, people: Sequence[User], tasks: int) -> None:
    values: dict[str, Any] = {
        "project": project.pk,
        "tasks": tasks,
        "manager": manager.pk,
        "people": [person.pk for person in people],
        "crowd": len(people),
        "topics": TOPICS,
        "ontology": project.ontology_id,
        "per_gold": PER_GOLD,
        "which": [0],
    }
    with connection.cursor() as cursor:
        for step in STEPS:
            with transaction.atomic():
                # Words of a million items reach their index in one go.
                cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL gin_pending_list_limit = '512MB'")
                cursor.execute("SET LOCAL synchronous_commit = off")
                cursor.execute(step, values)
