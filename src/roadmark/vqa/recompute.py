"""A dataset's answers from its clips' labels once more: its questions are asked again, and the answers compared."""

from __future__ import annotations

from dataclasses import dataclass

from roadmark.clip import AugmentedClip, Clip
from roadmark.dataset import DatasetFolder, HardNegative, Sample
from roadmark.errors import InputError
from roadmark.pipeline import item_generator
from roadmark.questions import FAMILIES, Asker, Question, ShownScene, samples_of, template_of
from roadmark.vqa.question_stage import QuestionStage, chance_of, draws_of, scene_of
from roadmark.vqa.videos import ShownVideo

_FAMILIES = {family.name: family for family in FAMILIES}


class AnswersFromLabels:
    """Gives the answer of a sample that `roadmark vqa` made, from the labels as they are now.

    Questions are drawn from the split's seed, so asking again finds each in the same words, whatever else was chosen
    when the dataset was built. What is read of a clip is kept until a sample of another clip comes.

    Args:
        dataset: The dataset.

    Raises:
        InputError: It has no split, whose seed is needed, or does not say where its clips lie.
    """

    def __init__(self, dataset: DatasetFolder) -> None:
        if dataset.split is None:
            raise InputError(f"{dataset.path}: has no split.json, whose seed is needed to ask its questions again")
        self._dataset, self._seed, self._sources = dataset, dataset.split.seed, dataset.sources
        self._clip: _AskedClip | None = None

    def __call__(self, sample: Sample) -> str | None:
        """The answer; None for a sample that comes from elsewhere.

        Raises:
            InputError: The labels are missing, or they give no such question.
            FormatError: They are malformed.
        """
        template = template_of(sample)
        if sample.family not in _FAMILIES or not template.startswith(f"{sample.family}."):
            return None
        if self._clip is None or self._clip.name != sample.clip:
            self._clip = _AskedClip.open(self._dataset, sample.clip, self._seed)
        scene, questions = self._clip.asked(sample.augmentation, sample.family)
        question = next((one for one in questions.get(sample.question, ()) if one.template == template), None)
        if question is None:
            raise InputError("the labels give no such question: clip, marks, verification or Roadmark have changed")
        reasoning = sample.answer.startswith("<think>")
        (again,) = samples_of(scene, [question], sample.media[0].path, None, reasoning=reasoning)
        return again.answer


@dataclass
class _AskedClip:
    """A clip, and everything that was asked about its videos so far."""

    name: str
    dataset: DatasetFolder
    clip: Clip
    negatives: list[HardNegative]
    seed: int
    scenes: dict[str | None, ShownScene]
    questions: dict[tuple[str | None, str], dict[str, list[Question]]]

    @classmethod
    def open(cls, dataset: DatasetFolder, name: str, seed: int) -> _AskedClip:
        clip = Clip.open(dataset.clip_folder(name))
        negatives, own_seed = draws_of(clip, item_generator(seed, name, QuestionStage.name))
        return cls(name, dataset, clip, negatives, own_seed, {}, {})

    def asked(self, augmentation: str | None, family: str) -> tuple[ShownScene, dict[str, list[Question]]]:
        """What a video shows, and all that a family asks about it, by its words."""
        video = self._video(augmentation)
        if augmentation not in self.scenes:
            self.scenes[augmentation] = scene_of(self.clip, video, self.negatives, self.dataset.path)
        scene = self.scenes[augmentation]
        if (augmentation, family) not in self.questions:
            found: dict[str, list[Question]] = {}
            asker = Asker(chance_of(self.seed, video, _FAMILIES[family]))
            for question in _FAMILIES[family].ask(scene, asker):
                found.setdefault(question.text, []).append(question)
            self.questions[augmentation, family] = found
        return scene, self.questions[augmentation, family]

    def _video(self, augmentation: str | None) -> ShownVideo:
        path, digest = self.clip.path, self.clip.digest
        if augmentation is None:
            return ShownVideo(self.name, path, None, None, self.clip.video("rgb"), digest)
        folders = self.dataset.augmented_folders(self.name)
        if augmentation not in folders:
            raise InputError(f"{self.dataset.path}: does not say where {self.name}/{augmentation} lies")
        found = AugmentedClip.open(folders[augmentation])
        return ShownVideo(self.name, path, augmentation, found.record_file, found.video, digest)
