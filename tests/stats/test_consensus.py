"""Inference over categorical answers: the 1979 set, simulated crowds, gold, undefined and refused input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.consensus import steps
from stats.consensus.answers import Answers
from stats.consensus.dawid_skene import dawid_skene, diagonal_prior
from stats.consensus.em import Stopping
from stats.consensus.glad import glad
from stats.consensus.mace import mace
from stats.consensus.majority import majority_vote
from stats.consensus.one_coin import one_coin
from stats.consensus.posterior import posterior_for_task
from stats.consensus.robust import robust_consensus
from stats.consensus.variational import variational
from tests.stats.crowds import crowd, fair_accuracy, tiny, with_gold

# Dawid, Skene (1979), table 1: 45 patients; observer 1 judged each three times, observers 2 to 5 once.
PATIENTS = [
    "1111111",
    "3334334",
    "1122122",
    "2223121",
    "2223222",
    "2223322",
    "1222111",
    "3333433",
    "2222223",
    "2322223",
    "4444444",
    "2223343",
    "1111111",
    "2223212",
    "1211111",
    "1112111",
    "1111111",
    "1111111",
    "2222221",
    "2221322",
    "2222222",
    "2222221",
    "2223222",
    "2212222",
    "1111111",
    "1111111",
    "2322222",
    "1111111",
    "1111111",
    "1121121",
    "1111111",
    "3333233",
    "1111111",
    "2222222",
    "2223232",
    "4334343",
    "2212232",
    "2323233",
    "3333432",
    "1111111",
    "1111111",
    "1212111",
    "2322222",
    "1211111",
    "2222222",
]
LABELS = "1 4 2 2 2 2 1 3 2 2 4 3 1 2 1 1 1 1 2 2 2 2 2 2 1 1 2 1 1 1 1 3 1 2 2 4 2 3 3 1 1 1 2 1 2"


def glad_consensus(answers):
    return glad(answers).consensus


METHODS = [dawid_skene, robust_consensus, one_coin, variational, mace, glad_consensus]


def answers_1979():
    cells = [
        (i, w, int(c) - 1)
        for i, row in enumerate(PATIENTS)
        for w, c in zip([0, 0, 0, 1, 2, 3, 4], row, strict=True)
    ]
    task, worker, label = np.array(cells, dtype=np.int32).T
    return Answers(task, worker, label, n_tasks=45, n_workers=5, n_classes=4)


def test_it_works():
    result = dawid_skene(answers_1979(), stopping=Stopping(tolerance=1e-10, max_iterations=1000))
    assert result.converged
    assert result.marginals == pytest.approx([0.3996, 0.4220, 0.1118, 0.0667], abs=5e-5)
    assert result.log_likelihood == pytest.approx(-192.8909, abs=5e-5)
    assert " ".join(str(c + 1) for c in result.label) == LABELS


def test_published_matrix_and_doubtful_patients():
    result = dawid_skene(answers_1979(), stopping=Stopping(tolerance=1e-10, max_iterations=1000))
    published = [
        [0.8895, 0.1105, 0, 0],
        [0.0706, 0.8764, 0.0530, 0],
        [0, 0.3388, 0.6612, 0],
        [0, 0, 0.5556, 0.4444],
    ]
    assert result.confusion[0] == pytest.approx(np.array(published), abs=5e-5)
    assert (np.flatnonzero(result.confidence < 0.99) + 1).tolist() == [7, 35, 38]
    assert result.confidence[[6, 34, 37]] == pytest.approx([0.981, 0.948, 0.979], abs=5e-4)
    assert result.label[[6, 34, 37]].tolist() == [0, 1, 2]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("classes", [2, 4])
def test_rerun_gives_the_same_bits(method, classes):
    answers, _, _ = crowd(1, classes=classes)
    first, second = method(answers), method(answers)
    for name in ("posterior", "confusion", "marginals", "pooled", "log_likelihood"):
        assert np.asarray(getattr(first, name)).tobytes() == np.asarray(getattr(second, name)).tobytes()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("classes", [2, 3])
def test_order_of_answers_and_names_do_not_matter(method, classes):
    answers, _, _ = crowd(2, classes=classes)
    rng = np.random.default_rng(0)
    order, workers = rng.permutation(answers.size), rng.permutation(answers.n_workers).astype(np.int32)
    tasks, labels = (
        rng.permutation(answers.n_tasks).astype(np.int32),
        rng.permutation(classes).astype(np.int32),
    )
    other = Answers(
        tasks[answers.task][order], workers[answers.worker][order], labels[answers.label][order],
        answers.n_tasks, answers.n_workers, classes,
    )  # fmt: skip
    base, moved = method(answers), method(other)
    assert moved.posterior[tasks][:, labels] == pytest.approx(base.posterior, abs=1e-6)
    assert moved.confusion[workers][:, labels][:, :, labels] == pytest.approx(base.confusion, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("classes", [2, 5])
def test_probabilities_sum_to_one(method, classes):
    result = method(crowd(3, classes=classes)[0])
    assert result.posterior.sum(axis=1) == pytest.approx(1)
    assert result.confusion.sum(axis=2) == pytest.approx(1)
    assert result.pooled.sum(axis=1) == pytest.approx(1)
    assert result.marginals.sum() == pytest.approx(1)
    assert result.posterior.min() >= 0


@pytest.mark.parametrize("classes", [2, 4])
def test_known_skill_is_recovered(classes):
    answers, truth, matrices = crowd(4, tasks=4000, workers=20, per_task=7, classes=classes)
    result = dawid_skene(answers)
    assert np.abs(result.confusion - matrices).mean() < 0.03
    assert (result.label == truth).mean() >= fair_accuracy(majority_vote(answers).share, truth)


def test_plain_em_never_lowers_the_likelihood():
    answers, _, _ = crowd(5)
    runs = [
        dawid_skene(answers, stopping=Stopping(tolerance=0, max_iterations=n)).log_likelihood
        for n in range(1, 15)
    ]
    assert (np.diff(runs) >= -1e-8).all()


def test_the_two_class_path_equals_the_general_one():
    answers, _, _ = crowd(6, classes=2)
    gold = np.full(answers.n_tasks, -1, dtype=np.int32)
    gold[:20] = 1
    padded = Answers(answers.task, answers.worker, answers.label, answers.n_tasks, answers.n_workers, 3, gold)
    # Few steps: in the long run EM finds a use for a third class that nobody has answered.
    few = Stopping(tolerance=0, max_iterations=4)
    two, three = dawid_skene(with_gold(answers, gold), stopping=few), dawid_skene(padded, stopping=few)
    assert three.posterior[:, :2] == pytest.approx(two.posterior, abs=1e-6)
    assert three.log_likelihood == pytest.approx(two.log_likelihood, rel=1e-6)


def test_single_precision_changes_nothing_that_matters(monkeypatch):
    answers, _, _ = crowd(7, tasks=3000, classes=6)
    exact = dawid_skene(answers)
    monkeypatch.setattr(steps, "SINGLE_PRECISION_FROM", 1)
    quick = dawid_skene(answers)
    assert quick.posterior.dtype == np.float64
    assert (quick.label == exact.label).mean() > 0.999
    assert quick.confusion == pytest.approx(exact.confusion, abs=1e-3)
    assert quick.posterior.sum(axis=1) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_gold_is_clamped_and_teaches(method):
    answers, truth, _ = crowd(8, tasks=200, workers=10, per_task=4, classes=2)
    gold = np.full(200, -1, dtype=np.int32)
    gold[:100] = 1 - truth[:100]  # a crowd that is wrong on every gold task is read inverted
    result = method(with_gold(answers, gold))
    assert (result.label[:100] == gold[:100]).all()
    assert (result.confidence[:100] == 1).all()
    assert (result.confusion[:, 0, 0] < 0.75).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("classes", [2, 3])
def test_tasks_without_answers_have_no_label_and_change_nothing(method, classes):
    answers, _, _ = crowd(9, classes=classes)
    longer = Answers(
        answers.task, answers.worker, answers.label, answers.n_tasks + 50, answers.n_workers + 3, classes
    )
    base, padded = method(answers), method(longer)
    assert (padded.label[-50:] == -1).all()
    assert padded.posterior[-1] == pytest.approx(base.marginals, abs=1e-6)
    assert padded.posterior[:-50] == pytest.approx(base.posterior, abs=1e-9)
    assert padded.log_likelihood == pytest.approx(base.log_likelihood)
    assert padded.confusion[-1] == pytest.approx(padded.pooled, abs=1e-9) or method is one_coin


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("classes", [1, 2, 3])
def test_nothing_at_all(method, classes):
    result = method(tiny([], [], [], classes=classes, tasks=2))
    assert result.label.tolist() == [-1, -1]
    assert result.posterior == pytest.approx(np.full((2, classes), 1 / classes))
    assert result.log_likelihood == 0


@pytest.mark.parametrize("method", METHODS)
def test_one_class_is_certain(method):
    result = method(tiny([0, 1], [0, 0], [0, 0], classes=1))
    assert result.posterior.tolist() == [[1.0], [1.0]]
    assert result.log_likelihood == pytest.approx(0)


@pytest.mark.parametrize("method", METHODS)
def test_unanimous_answers_win(method):
    answers = tiny([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1], [0, 0, 1, 1, 2, 2], classes=3)
    assert method(answers).label.tolist() == [0, 1, 2]


def test_posterior_for_task_equals_the_fit():
    answers, _, _ = crowd(10, classes=4)
    result = dawid_skene(answers, stopping=Stopping(tolerance=0, max_iterations=50))
    for task in range(0, 400, 37):
        rows = answers.task == task
        one = posterior_for_task(
            answers.worker[rows], answers.label[rows], confusion=result.confusion, marginals=result.marginals
        )
        assert one == pytest.approx(result.posterior[task], abs=1e-9)


def coin(accuracy):
    return np.array([[accuracy, 1 - accuracy], [1 - accuracy, accuracy]])


@pytest.mark.parametrize(("difference", "expected"), [(1, 0.8), (2, 0.941176), (3, 0.984615), (4, 0.996109)])
def test_published_posterior_by_vote_difference(difference, expected):
    posterior = posterior_for_task(
        [0] * difference, [1] * difference, confusion=coin(0.8)[None], marginals=np.array([0.5, 0.5])
    )
    assert posterior[1] == pytest.approx(expected, abs=1e-6)


def test_one_good_worker_outweighs_two_weak_ones():
    matrices = np.stack([coin(0.9), coin(0.6), coin(0.6)])
    posterior = posterior_for_task([0, 1, 2], [1, 0, 0], confusion=matrices, marginals=np.array([0.5, 0.5]))
    assert posterior[1] == pytest.approx(0.8)


def test_a_newcomer_is_judged_by_the_pooled_matrix():
    even, none = np.array([0.5, 0.5]), np.empty((0, 2, 2))
    assert posterior_for_task([-1], [1], confusion=none, marginals=even, pooled=coin(0.7))[
        1
    ] == pytest.approx(0.7)
    assert posterior_for_task([], [], confusion=none, marginals=even).tolist() == [0.5, 0.5]
    with pytest.raises(ValueError, match="pooled"):
        posterior_for_task([-1], [1], confusion=none, marginals=even)
    with pytest.raises(ValueError, match="length"):
        posterior_for_task([-1], [1, 0], confusion=none, marginals=even)


def test_majority_breaks_ties_fairly():
    answers = tiny([0, 0, 1, 1, 1, 2], [0, 1, 0, 1, 2, 0], [0, 1, 1, 1, 0, 1], tasks=4)
    vote = majority_vote(answers)
    assert vote.label.tolist() == [-1, 1, 1, -1]
    assert vote.tied.tolist() == [True, False, False, False]
    assert vote.pick[0].tolist() == [0.5, 0.5]
    assert vote.share[1] == pytest.approx([1 / 3, 2 / 3])
    assert np.isnan(vote.share[3]).all()
    assert np.isnan(vote.pick[3]).all()


def test_majority_draws_ties_evenly_with_a_seed():
    tied = tiny(np.arange(2000).repeat(2).tolist(), [0, 1] * 2000, [0, 2] * 2000, classes=3)
    drawn = majority_vote(tied, seed=1)
    assert set(drawn.label.tolist()) == {0, 2}
    assert (drawn.label == 0).mean() == pytest.approx(0.5, abs=0.05)
    assert (majority_vote(tied, seed=1).label == drawn.label).all()


def test_majority_takes_gold_as_decided():
    vote = majority_vote(tiny([0, 0], [0, 1], [0, 0], gold=[1, 0, -1], tasks=3))
    assert vote.label.tolist() == [1, 0, -1]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(0, 2)), max_size=40))
def test_any_answers_give_finite_probabilities(rows):
    columns = np.array(rows, dtype=np.int32).reshape(-1, 3).T
    for method in METHODS:
        result = method(Answers(*columns, n_tasks=7, n_workers=5, n_classes=3))
        assert np.isfinite(result.posterior).all()
        assert np.isfinite(result.log_likelihood)
        assert result.posterior.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": [0, 2]}, "task"),
        ({"worker": [-1, 0]}, "worker"),
        ({"label": [0.0, 1.0]}, "label"),
        ({"label": [0]}, "same length"),
        ({"gold": [0]}, "gold"),
        ({"gold": [0, 2]}, "gold"),
        ({"n_classes": 0}, "n_classes"),
    ],
)
def test_wrong_answers_are_refused(change, message):
    good = {"task": [0, 1], "worker": [0, 0], "label": [0, 1], "n_tasks": 2, "n_workers": 1, "n_classes": 2}
    given_arrays = {k: np.array(v) if isinstance(v, list) else v for k, v in (good | change).items()}
    with pytest.raises(ValueError, match=message):
        Answers(**given_arrays)


def test_wrong_priors_are_refused():
    answers = tiny([0], [0], [0])
    for prior in (np.ones((3, 3)), -np.ones((2, 2))):
        with pytest.raises(ValueError, match="prior"):
            dawid_skene(answers, prior=prior)
    with pytest.raises(ValueError, match="strength"):
        robust_consensus(answers, strengths=(-1.0,))


def test_map_prior_keeps_a_newcomer_from_certainty():
    answers = tiny([0, 0, 1, 1, 2], [0, 1, 0, 1, 2], [0, 0, 1, 1, 1], classes=2)
    assert dawid_skene(answers).confusion[2, 1, 1] == pytest.approx(1, abs=1e-6)
    assert dawid_skene(answers, prior=diagonal_prior(2)).confusion[2, 1, 1] < 0.9


def test_the_variational_bound_never_falls():
    answers, _, _ = crowd(5)
    runs = [
        variational(answers, stopping=Stopping(tolerance=0, max_iterations=n)).log_likelihood
        for n in range(1, 15)
    ]
    assert (np.diff(runs) >= -1e-8).all()


def test_mace_knows_who_answers_by_habit():
    answers, truth, _ = crowd(12, tasks=800, workers=12, classes=3, skill=(8, 2))
    label = np.where(answers.worker < 3, 1, answers.label).astype(np.int32)
    habit = Answers(answers.task, answers.worker, label, 800, 12, 3)
    result = mace(habit)
    diagonal = np.diagonal(result.confusion, axis1=1, axis2=2)
    assert diagonal[:3, [0, 2]].max() < 0.1 < diagonal[3:].min()
    assert (result.label == truth).mean() > fair_accuracy(majority_vote(habit).share, truth)


def test_glad_finds_the_able_and_the_easy():
    """Drawn from GLAD's own model, abilities and easiness come back in order."""
    rng = np.random.default_rng(13)
    ability, easiness = rng.normal(1.5, 0.8, 30), np.exp(rng.normal(0, 1, 500))
    task = np.arange(500).repeat(10)
    worker = np.concatenate([rng.choice(30, 10, replace=False) for _ in range(500)])
    is_right = rng.random(task.size) < 1 / (1 + np.exp(-ability[worker] * easiness[task]))
    label = np.where(is_right, 0, 1)
    found = glad(Answers(*(a.astype(np.int32) for a in (task, worker, label)), 500, 30, 2))
    assert np.corrcoef(found.ability, ability)[0, 1] > 0.9
    assert np.corrcoef(np.log(found.easiness), np.log(easiness))[0, 1] > 0.5


@pytest.mark.parametrize("bad", [np.ones((3, 3)), np.zeros((2, 2))])
def test_wrong_variational_priors_are_refused(bad):
    with pytest.raises(ValueError, match="prior"):
        variational(tiny([0], [0], [0]), prior=bad)


def test_negative_smoothing_is_refused():
    with pytest.raises(ValueError, match="smoothing"):
        mace(tiny([0], [0], [0]), smoothing=-1)
