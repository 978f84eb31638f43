"""The inbox: what waits for a person, shown as it was meant."""

import pytest
from django.test import Client

from annotate.models import CommentKind, Notice, NoticeKind
from annotate.services.comments import post_comment
from annotate.services.notices import notify
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def answered(world: World, body: str) -> str:
    """Ann's inbox after an answer to her question."""
    (task,) = make_tasks(world.project, 1, queue=False)
    thread = post_comment(task=task, by=world.ann, body="Why *so*?", kind=CommentKind.QUESTION)
    post_comment(task=task, by=world.max, body=body, kind=CommentKind.ANSWER, thread=thread)
    return inbox(world)


def inbox(world: World) -> str:
    client = Client()
    client.force_login(world.ann)
    return str(client.get(f"/projects/{world.project.pk}/inbox/").content.decode())


def test_an_answer_is_shown_as_markdown(world: World) -> None:
    page = answered(world, "**No.** See [the rules](https://example.org):\n\n- irony is *negative*\n")
    assert "<strong>No.</strong>" in page
    assert "<li>irony is <em>negative</em></li>" in page
    assert 'href="https://example.org"' in page
    assert "**No.**" not in page
    client = Client()
    client.force_login(world.max)
    threads = client.get(f"/projects/{world.project.pk}/questions/").content.decode()
    assert "<strong>No.</strong>" in threads, "whoever answered sees it as it arrives"
    assert f"/tasks/{world.project.tasks.get().pk}/" in threads


def test_an_answer_cannot_do_harm(world: World) -> None:
    page = answered(
        world, "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://evil.example/p.png)"
    )
    assert "<script>alert" not in page
    assert "javascript:alert" not in page.replace("[x](javascript:alert(1))", "")
    assert "evil.example" not in page


def test_two_answers_with_one_heading_share_no_anchor(world: World) -> None:
    answered(world, "# Rule\n\nfirst")
    Notice.objects.update(ref="another")
    notify(
        project_id=world.project.pk,
        user_ids=[world.ann.pk],
        kind=NoticeKind.ANSWER,
        ref="one-more",
        text="# Rule",
    )
    page = inbox(world)
    assert page.count("<h1>Rule</h1>") == 2
    assert "guideline-rule" not in page


def test_a_long_answer_arrives_whole(world: World) -> None:
    assert "the end." in answered(world, f"{'word ' * 300}the end.")


def test_other_notices_stay_as_they_are_written(world: World) -> None:
    notify(
        project_id=world.project.pk, user_ids=[world.ann.pk], kind=NoticeKind.PAUSED, ref="p", text="a *b* c"
    )
    assert "a *b* c" in inbox(world)


def test_feedback_leads_to_what_was_missed_and_is_done_at_once(world: World) -> None:
    for number, correct in enumerate((True, False)):
        notify(
            project_id=world.project.pk,
            user_ids=[world.ann.pk],
            kind=NoticeKind.FEEDBACK,
            ref=f"graded:{number}",
            text="This one.",
            correct=correct,
        )
    page = inbox(world)
    assert page.count("Look at it in My work") == 1, "what was right is not there"
    assert "All feedback done" in page
    client = Client()
    client.force_login(world.ann)
    ids = [str(pk) for pk in Notice.objects.values_list("pk", flat=True)]
    client.post(f"/projects/{world.project.pk}/inbox/", {"notice": ids})
    assert not Notice.objects.filter(read_at=None).exists()
    assert "All feedback done" not in inbox(world)
