"""Exports to label formats: pictures of the dataset's clips, on the sides of their samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from roadmark.clip import Clip
from roadmark.errors import InputError
from roadmark.formats.augmented_pictures import is_rejected
from roadmark.formats.coco import write_coco
from roadmark.formats.export_job import ExportJob
from roadmark.formats.kitti import write_kitti
from roadmark.formats.labelled_images import ImageSource
from roadmark.formats.nuscenes import write_nuscenes
from roadmark.formats.odvg import write_odvg
from roadmark.formats.yolo import write_yolo

IMAGES = "images"


def export_coco(job: ExportJob) -> dict[str, int]:
    """`annotations/instances_<side>.json`; file names are relative to `images/`."""
    return {
        side: write_coco(
            job.folder / "annotations" / f"instances_{side}.json",
            sources,
            job.options.choice,
            images=job.folder / IMAGES,
            media=job.pictures,
        )[0]
        for side, sources in _by_side(job)
    }


def export_odvg(job: ExportJob) -> dict[str, int]:
    """`<side>/annotations.jsonl` and `label_map.json`; file names are relative to `images/`."""
    return {
        side: write_odvg(
            job.folder / side, sources, job.options.choice, images=job.folder / IMAGES, media=job.pictures
        )
        for side, sources in _by_side(job)
    }  # fmt: skip


def export_yolo(job: ExportJob) -> dict[str, int]:
    """`images/<side>/`, `labels/<side>/` and `data.yaml`."""
    side_of = {source.name: side for side, sources in _sources(job).items() for source in sources}
    every = (source for _, sources in _by_side(job) for source in sources)
    choice = job.options.choice
    return job.write_into(
        lambda folder: write_yolo(folder, every, choice, side_of=side_of.__getitem__, media=job.pictures)
    )


def export_kitti(job: ExportJob) -> dict[str, int]:
    """`<side>/training/` and `<side>/frames.csv`."""
    return {side: write_kitti(job.folder / side, sources, job.options.choice) for side, sources in _by_side(job)}


def export_nuscenes(job: ExportJob) -> dict[str, int]:
    """A `dataroot` per side: `<side>/v1.0-roadmark/`, `<side>/samples/`."""
    return {
        side: write_nuscenes(job.folder / side, sources, job.options.choice, media=job.pictures)["sample"]
        for side, sources in _by_side(job)
    }


def _by_side(job: ExportJob) -> Iterator[tuple[str, Iterable[ImageSource]]]:
    """Sources of every side, which tell how far they are while they are gone through."""
    found = _sources(job)
    total = sum(_images(job, source) for sources in found.values() for source in sources)
    done = 0

    def told(sources: Iterable[ImageSource]) -> Iterator[ImageSource]:
        nonlocal done
        for source in sources:
            yield source
            done += _images(job, source)
            if job.progress is not None:
                job.progress(done, total)

    for side, sources in found.items():
        yield side, told(sources)


def _sources(job: ExportJob) -> dict[str, list[ImageSource]]:
    """The dataset's clips, and on request its augmented ones, by side.

    Raises:
        InputError: A clip that samples speak of cannot be found, or there is none.
    """
    sides: dict[str, list[ImageSource]] = {side: [] for side in job.sides}
    for clip, side in sorted(job.dataset.clip_sides().items()):
        folder = job.dataset.clip_folder(clip)
        sides[side].append(ImageSource(clip, folder))
        for name, augmented in job.dataset.augmented_folders(clip).items() if job.options.augmented else ():
            if is_rejected(augmented):
                job.notes.append(f"{clip}/{name}: left out, verification rejected it")
            else:
                sides[side].append(ImageSource(f"{clip}/{name}", augmented, folder))
    if not any(sides.values()):
        raise InputError(f"{job.dataset.path}: has no samples, so no clip is on any side")
    return {side: sources for side, sources in sides.items() if sources}


def _images(job: ExportJob, source: ImageSource) -> int:
    return -(-len(Clip.open(source.labels or source.path)) // job.options.choice.every)
