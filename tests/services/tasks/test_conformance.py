"""What every task does, whatever it is about. Another one is another entry of `CASES`."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from gradcam.backends.keras.network import KerasNetwork
from gradcam.targets import target_weights
from services.choices.filter import BY_TASK
from services.tables import csv_of
from services.tasks.answers import BY_NAME, RANDOM
from services.tasks.parts import Place, sample_of
from services.tasks.registry import TASKS
from services.tasks.shown import By, Choose, Limit, Press
from tests.services import projects
from tests.services.tasks.cases import CASES, sieve
from tests.services.tasks.checklist import Checklist


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


@pytest.fixture(scope="module")
def network():
    """Its head is all that matters: sigmoids, which leave every output as it is."""
    return KerasNetwork(projects.redness_scored("sigmoid"), "n.h5")


@pytest.fixture
def answers(case, network):
    return case.read(network)


@pytest.fixture
def targets(case, answers):
    return case.task.targets(answers.network)


def same(found, expected):
    np.testing.assert_array_equal(np.asarray(found, float), np.asarray(expected, float))


def test_every_task_of_the_product_is_here_and_one_more():
    assert {type(case.task) for case in CASES.values()} == {*TASKS.values(), Checklist}
    assert all(TASKS[name].name == name for name in TASKS)


# --------------------------------------------------------------------------------- compared


def test_each_answer_is_the_same_as_itself_as_another_computation_tells_it(answers):
    for position in range(4):
        one = answers.compared(position, answers.as_other(position))
        if one is not None:  # only a task of the tests tells nothing
            assert (one.agrees, one.difference) == (True, pytest.approx(0.0, abs=1e-6))
        assert (one is None) == (not answers.as_other(position))


# ---------------------------------------------------------------------------------- verdicts


def test_each_sample_is_judged_as_by_hand(case, answers):
    same(answers.correct(), case.correct)
    same([answers.verdict(i) for i in range(4)], case.correct)
    assert answers.judged.tolist() == [i for i, c in enumerate(case.correct) if c == c]


def test_each_part_is_judged_as_by_hand_and_knows_its_sample(case, answers):
    parts = answers.parts()
    same(parts.correct, [each for own in case.parts for each in own])
    assert parts.sample.tolist() == [i for i, own in enumerate(case.parts) for _ in own]
    places = parts.places(np.ones(len(parts.sample), bool))
    assert places == [Place(i, k) for i, own in enumerate(case.parts) for k in range(len(own))]
    assert [parts.at(place) for place in places] == list(range(len(places)))
    same([answers.verdict(place) for place in places], parts.correct)


def test_parts_count_into_groups_that_their_labels_name(case, answers):
    parts, task = answers.parts(), case.task
    for sample, group in zip(parts.sample, parts.group, strict=True):
        label = case.labels[sample]
        if group >= 0 and label is not None:
            assert task.groups[group] in task.groups_of(label)
    assert len(set(task.groups)) == len(task.groups) > 0


def test_a_sample_without_a_label_is_neither_right_nor_wrong(case, answers):
    for threshold in (None, 0.0, 0.9):
        assert np.isnan(answers.correct(threshold)[case.labels.index(None)])


def test_a_threshold_moves_verdicts_where_there_is_one_and_only_there(case, answers):
    moved = any(
        not np.array_equal(answers.correct(t), answers.correct(), equal_nan=True)
        for t in (0.0, 0.55, 0.95)
    )
    has = "limit" not in case.cannot
    assert moved == has
    assert (case.task.limit(0.3), answers.pages.limit(0.3) is not None) == (
        0.3 if has else None,
        has,
    )
    assert (case.task.limit(None) is not None) == has


def test_what_is_said_of_a_sample(case, answers):
    assert answers.said(0) == case.said
    assert all(answers.said(i).strip() for i in range(4))
    assert all(answers.said(Place(0, k)).strip() for k in range(len(case.parts[0])))


# ---------------------------------------------------------------------- which, in what order


def test_orders_are_orders_and_an_unknown_one_is_the_first(answers):
    every = np.ones(4, bool)
    for order in answers.orders:
        assert sorted(answers.ordered(every, order, None).tolist()) == [0, 1, 2, 3]
    first = answers.ordered(every, answers.orders[0], None).tolist()
    assert answers.ordered(every, "By size", None).tolist() == first
    assert answers.ordered(every, "", None).tolist() == first
    assert answers.orders[-2:] == (BY_NAME, RANDOM)
    assert answers.ordered(every, BY_NAME, None).tolist() == [1, 3, 2, 0]


def test_only_some_are_ordered(answers):
    some = np.array([True, False, True, False])
    assert set(answers.ordered(some, None, None).tolist()) == {0, 2}
    for order in answers.orders:
        whole = answers.ordered(np.ones(4, bool), order, None, 7).tolist()
        assert answers.ordered(some, order, None, 7).tolist() == [i for i in whole if some[i]]


def test_a_label_that_a_key_suggests_is_one_that_the_task_reads(case, answers):
    pages = answers.pages
    for position in range(4):
        for label in pages.labels:
            assert case.task.obstacle(pages.relabelled(position, label)) == ""


def test_no_filter_lets_all_pass_and_one_of_another_project_too(answers):
    assert answers.passing(sieve()).tolist() == [True] * 4
    elsewhere = sieve(true_class="of another", predicted_class="of another")
    assert answers.passing(elsewhere).tolist() == [True] * 4


def test_each_name_of_a_filter_lets_some_pass_and_together_they_are_narrow(case, answers):
    names = [control for control in answers.filters if isinstance(control, Choose)]
    assert bool(names) == ("names" not in case.cannot)
    for control in names:
        passing = [answers.passing(sieve(**{control.key: name})) for name in control.names]
        assert np.any(passing)
        assert not np.all(passing)


def test_controls_are_bound_to_choices_that_there_are(answers):
    from services.choices.choices import FLAT

    for control in (*answers.filters, *answers.pages.review_controls(None)):
        keys = {
            Limit: lambda _: ["threshold"],
            Press: lambda c: [c.key],
        }.get(type(control), lambda c: c.keys)(control)
        assert set(keys) <= set(FLAT)


def test_what_narrows_says_what_it_was_set_to(answers):
    everything = vars(sieve())
    for control in answers.filters:
        assert control.said(everything.get) == ""
        for key in control.keys:
            value = control.names[0] if isinstance(control, Choose) else 2
            words = control.said((everything | {key: value}).get)
            assert str(value) in words
    assert all(key in BY_TASK for control in answers.filters for key in control.keys)


def test_a_caption_says_the_same_as_the_line_but_for_long_names(answers):
    for address in (0, 1, 2, 3, Place(0, 0)):
        assert str(answers.caption(address)) == answers.said(address)


# ----------------------------------------------------------------------------------- targets


def test_each_target_can_be_explained_and_has_a_name(case, answers, targets):
    words = [option.word for option in targets.options]
    assert targets.default in words
    assert len(set(words)) == len(words)
    for option in targets.options:
        for target in answers.targets(range(4), option.word, ""):
            assert np.any(target_weights(answers.network, target))
            assert targets.names(target)[0]
        assert targets.checked(option.word, "") == (option.word, "")
        assert targets.typed(option.word, "") == (option.word, "")


def test_what_can_be_told_early_is_what_is_told_later(case, answers, targets):
    for option in targets.options:
        early = targets.early(option.word, "", case.labels)
        later = answers.targets(range(4), option.word, "")
        own = answers.targets(range(4), targets.default, "")
        if early is not None:
            assert [e or o for e, o in zip(early, own, strict=True)] == later


def test_a_target_can_be_set_against_others_or_against_none(case, targets):
    assert bool(targets.against) == ("against" not in case.cannot)
    if targets.against:
        assert targets.against[0].word == ""


def test_words_of_another_project_are_put_right(targets):
    assert targets.fitting("=of another", "=of another") == (targets.default, "")
    first = targets.options[0].word
    assert targets.fitting(first, "") == (first, "")


def test_a_part_is_explained_for_its_own_answer(case, answers):
    for k in range(len(case.parts[0])):
        (target,) = answers.targets([Place(0, k)], "predicted", "")
        assert np.any(target_weights(answers.network, target))
    if len(case.parts[0]) > 1:
        assert len(set(answers.targets([Place(0, k) for k in range(3)], "predicted", ""))) == 3


# ------------------------------------------------------------------------------------- pages


def test_both_sides_together_are_all_that_is_judged(case, answers):
    found = answers.pages.sides(By.TRUE, "", None)
    right = [i for i, c in enumerate(case.correct) if c == 1]
    wrong = [i for i, c in enumerate(case.correct) if c == 0]
    assert sorted(map(sample_of, found.correct)) == right
    assert sorted(map(sample_of, found.incorrect)) == wrong
    for name in case.task.names:
        sides = answers.pages.sides(By.TRUE, name, None)
        assert all(answers.verdict(address) == 1 for address in sides.correct)
        assert all(answers.verdict(address) == 0 for address in sides.incorrect)


def test_what_a_page_gets_can_be_written_as_json(answers):
    pages = answers.pages
    plain = [*map(asdict, pages.figures(None)), *(asdict(pages.bars(i, None)) for i in range(4))]
    plain += [dict(row) for table in pages.tables for row in table.rows]
    assert json.dumps(plain)  # numpy's own numbers are none that a page can carry
    assert len(pages.figures(None)) == 2
    for i in range(4):
        assert all(0 <= bar.length <= 1 for bar in pages.bars(i, None).bars)


def test_figures_without_a_label_are_a_dash(case, network):
    nobody = case.task.read(
        case.asked(network),
        [type(s)(s.id, s.path, None) for s in case.samples],
        np.array(case.outputs, np.float32),
    )
    assert nobody.pages.figures(None)[1].text == "–"
    assert len(nobody.judged) == 0
    assert nobody.pages.sides(By.TRUE, "", None).correct == ()


def test_rows_and_views_of_a_sample_can_be_explained(case, answers, targets):
    pages = answers.pages
    assert bool(pages.views(0)) == ("views" not in case.cannot)
    sights = [*pages.rows(0), *(sight for view in pages.views(0) for sight in view.sights)]
    for sight in sights:
        assert np.any(target_weights(answers.network, sight.target))
        assert sight.title
        words = targets.fitting(sight.words, sight.against)
        assert words == (sight.words, sight.against)
        address = 0 if sight.part is None else Place(0, sight.part)
        assert answers.targets([address], *words) == [sight.target]


# ----------------------------------------------------------------------------------- mistakes


def test_facets_have_names_of_their_own(answers):
    names = [facet.name for facet in answers.mistakes.facets(None)]
    assert len(set(names)) == len(names) > 1


def test_all_that_is_wrong_is_looked_at_one_by_one(case, answers):
    lists = answers.mistakes.listed(80, None).lists
    seen = [address for listed in lists.values() for address in listed]
    assert len(set(seen)) == len(seen)
    wrong = {i for i, c in enumerate(case.correct) if c == 0}
    assert wrong <= set(map(sample_of, seen))
    for address in seen:
        first, *_ = answers.mistakes.sights(address)
        assert np.any(target_weights(answers.network, first.target))
        row = answers.mistakes.row(address)
        assert row["sample"] == case.samples[sample_of(address)].id
        assert csv_of([row]).count("\n") == 2
        _, others = answers.mistakes.taken_for(address)
        assert sample_of(address) not in others.tolist()
        assert isinstance(answers.mistakes.own_boxes(sample_of(address)), set)


# ----------------------------------------------------------------------------------- likeness


def test_who_is_alike_is_told_by_what_is_true(case, answers):
    likeness = answers.likeness
    assert np.isnan(likeness.truth).tolist() == [label is None for label in case.labels]
    assert sorted(np.concatenate(likeness.strata).tolist()) == [0, 1, 2, 3]
    assert likeness.separated.of.shape == (4,)
    assert bool(likeness.separated.name) != bool(likeness.separated.note)
    true, predicted, *_ = likeness.colourings
    assert (true.name, predicted.name) == ("True", "Predicted")
    assert all(len(column) == 2 for column in likeness.columns(np.array([1, 3])).values())
    assert likeness.strata_said.strip()
    assert likeness.same_said(None).strip()


def test_nearest_are_sought_among_the_correct_and_never_at_home(answers):
    for position in range(4):
        found = answers.likeness.candidates(position, None)
        assert position not in found.tolist()
        assert all(answers.correct()[found] == 1)


def test_a_suggestion_is_in_words(answers):
    near = answers.likeness.truth[np.isfinite(answers.likeness.truth)]
    suggestion, votes = answers.likeness.suggestion(near)
    assert 1 <= votes <= len(near)
    assert answers.likeness.suggestion_said(suggestion, votes, len(near)).strip()


def test_what_the_network_says_names_positions(answers):
    for said in answers.likeness.said_alike:
        assert set(said.positions.tolist()) <= {0, 1, 2, 3}
    for apart in answers.likeness.told_apart:
        assert not np.any(apart.those & ~apart.known)


# ------------------------------------------------------------------------------------- export


def test_a_table_has_a_cell_under_each_head(case, answers):
    head, rows = answers.export.head, list(answers.export.rows(None))
    assert len(set(head)) == len(head)
    assert [len(row) for row in rows] == [len(head)] * 4
    assert all(isinstance(cell, str) for row in rows for cell in row)
    found = [row[head.index("correct")] for row in rows]
    assert found == ["" if c != c else str(int(c)) for c in case.correct]


def test_a_report_has_a_figure_and_words_for_each_mistake(case, answers):
    export = answers.export
    assert export.figure(None).text.strip("–")
    assert export.badness.shape == (4,)
    assert case.samples[1].label in export.mistaken(1)
    assert export.worst_first.strip()
    assert export.sections(None)


def test_what_is_kept_tells_settings_apart(case):
    names, settings = case.task.kept_as
    others = {each.task.kept_as for each in CASES.values()}
    assert (names, settings) in others
    assert len(others) == len(CASES)


# ------------------------------------------------------------------------------------- opening


def test_labels_that_a_task_cannot_read_are_told(case):
    assert all(case.task.obstacle(label) == "" for label in case.labels if label is not None)
    assert case.task.obstacle("of another project")


def test_a_better_preprocessing_is_better_in_its_measure(case, answers):
    """The outputs by hand against the same ones in another order."""
    known = [i for i, label in enumerate(case.labels) if label is not None]
    labels = [case.labels[i] for i in known]
    good = case.task.grade(answers.network, answers.outputs[known], labels)
    bad = case.task.grade(answers.network, answers.outputs[known][::-1], labels)
    sign = 1 if case.task.measure.higher_is_better else -1
    assert sign * good.score > sign * bad.score
    assert good.mean > bad.mean
    assert good.beats(bad) < bad.beats(good) == 1.0
    assert len(good.merits) == len(good.weights) == len(good.blind) == len(known)


def test_a_fitting_order_does_no_worse(case, answers):
    known = [i for i, label in enumerate(case.labels) if label is not None]
    labels = [case.labels[i] for i in known]
    given = answers.network, answers.outputs[known], labels
    fitting = case.task.fitting_order(*given)
    assert sorted(fitting.names) == sorted(case.task.names)
    assert fitting.grade(*given).mean >= case.task.grade(*given).mean
