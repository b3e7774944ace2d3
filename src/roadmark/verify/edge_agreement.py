"""Agreement of edges: Canny's edges of both videos within two pixels, and the labels' own boundaries among them.

Source: PAI-Bench-C's `canny_f1_score`, with edges up to two pixels apart counted as the same.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.verify.frames import ComparedFrame
from roadmark.verify.outcomes import Measured, NotMeasured, Outcome


class _Share:
    """A share of pixels over all frames."""

    def __init__(self) -> None:
        self._found = self._total = 0

    def add(self, wanted: NDArray[np.bool_], near: NDArray[np.bool_]) -> None:
        """Count the wanted pixels, and those of them that something is near to."""
        self._total += int(np.count_nonzero(wanted))
        self._found += int(np.count_nonzero(wanted & near))

    @property
    def value(self) -> float | None:
        """None where nothing was wanted."""
        return self._found / self._total if self._total else None


class EdgeAgreement:
    """Precision, recall and F1 of the video's edges: 1 for the same picture."""

    def __init__(self) -> None:
        self._precision, self._recall = _Share(), _Share()

    def add(self, frame: ComparedFrame) -> None:
        """Count a frame's edges."""
        self._precision.add(frame.result.edges, frame.source.near_edges)
        self._recall.add(frame.source.edges, frame.result.near_edges)

    def outcomes(self) -> dict[str, Outcome]:
        """`edge_f1`, `edge_precision`, `edge_recall`, in [0, 1]."""
        names = ("edge_f1", "edge_precision", "edge_recall")
        recall = self._recall.value
        if recall is None:
            return dict.fromkeys(names, NotMeasured("the source has no edges"))
        precision = self._precision.value or 0.0  # without edges there are no right ones either
        both = precision + recall
        f1 = 2.0 * precision * recall / both if both else 0.0
        return {name: Measured(value) for name, value in zip(names, (f1, precision, recall), strict=True)}


class BoundaryRecall:
    """Share of the boundaries between labelled classes and actors at which the video shows an edge.

    No video reaches 1: some boundaries have the same colour on both sides.
    """

    def __init__(self) -> None:
        self._share = _Share()

    def add(self, frame: ComparedFrame) -> None:
        """Count a frame's boundaries."""
        near, boundaries = frame.result.near_edges, frame.truth.boundaries
        if boundaries.shape != near.shape:
            size = near.shape[1], near.shape[0]
            boundaries = cv2.resize(boundaries.view(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
        self._share.add(boundaries, near)

    def outcomes(self) -> dict[str, Outcome]:
        """`boundary_recall`, in [0, 1]."""
        value = self._share.value
        return {"boundary_recall": NotMeasured("the labels have no boundaries") if value is None else Measured(value)}
