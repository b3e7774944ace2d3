"""Answers of a built dataset once more from its labels: all are found, and a changed one is noticed."""

from dataclasses import replace

import pytest

from roadmark.dataset import DatasetCheck, DatasetFolder, read_samples, write_samples
from roadmark.errors import InputError
from roadmark.vqa import AnswersFromLabels, DatasetSettings, build_dataset, find_videos


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "reasoned"])
def dataset(labelled_run, tmp_path_factory, request):
    """Built with settings that no file of the dataset tells, but for the seed."""
    folder = tmp_path_factory.mktemp("recomputed") / "dataset"
    settings = DatasetSettings(seed=5, per_template=3, reasoning=request.param, marks="numbers")
    found = find_videos(labelled_run / "simulated", labelled_run / "augmented")
    assert build_dataset(settings, found, folder).succeeded
    return DatasetFolder.open(folder)


def test_every_answer_of_a_dataset_is_found_again(dataset):
    samples = list(dataset.samples())
    assert {sample.augmentation for sample in samples} == {None, "Augmentation_0"}
    recompute = AnswersFromLabels(dataset)
    assert [recompute(sample) for sample in samples] == [sample.answer for sample in samples]
    backwards = AnswersFromLabels(dataset)  # each clip is opened again; nothing depends on the order
    assert [backwards(sample) for sample in samples[::-1]] == [sample.answer for sample in samples[::-1]]


def test_a_wrong_answer_is_noticed(dataset, tmp_path):
    samples = list(dataset.samples())
    position = next(index for index, sample in enumerate(samples) if sample.answer_kind == "yes_no")
    right = samples[position]
    wrong = {"Yes": "No", "No": "Yes"}
    last = right.answer.replace(*next((a, b) for a, b in wrong.items() if a in right.answer.rpartition("<answer>")[2]))
    samples[position] = replace(right, messages=(*right.messages[:-1], replace(right.messages[-1], text=last)))
    recompute = AnswersFromLabels(dataset)
    assert [sample.id for sample in samples if recompute(sample) != sample.answer] == [right.id]


def test_labels_that_changed_no_longer_give_the_question(dataset):
    sample = next(one for one in dataset.samples() if one.marks)
    other = replace(sample, messages=(replace(sample.messages[0], text="Does it?"), *sample.messages[1:]))
    with pytest.raises(InputError, match="the labels give no such question"):
        AnswersFromLabels(dataset)(other)


def test_samples_from_elsewhere_are_left_alone(dataset):
    sample = next(dataset.samples())
    assert AnswersFromLabels(dataset)(replace(sample, family="mine", facts={})) is None
    assert AnswersFromLabels(dataset)(replace(sample, facts={})) is None


def test_the_check_uses_it(dataset):
    asked = DatasetCheck(dataset, decode=False, recompute=AnswersFromLabels(dataset))
    assert list(asked.problems()) == []
    assert asked.recomputed == asked.samples > 50


def test_without_a_split_there_is_no_seed(dataset, tmp_path):
    write_samples(tmp_path / "samples.jsonl", read_samples(dataset.samples_file))
    with pytest.raises(InputError, match=r"has no split.json, whose seed is needed"):
        AnswersFromLabels(DatasetFolder.open(tmp_path))
