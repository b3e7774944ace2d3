"""Numbers that Cosmos-Transfer's papers report, to stand beside ours.

They are of 600 videos that include robots and human activity, compared without labels; read them as an order of
magnitude, not as a target.

Source: Cosmos-Transfer2.5 (arXiv 2511.00062), table 12, PAIBench-Transfer, Cosmos-Transfer2.5-2B.
"""

from __future__ import annotations

from collections.abc import Collection

from roadmark.verify.outcomes import Measured, NotMeasured, Outcome

SOURCE = "Cosmos-Transfer2.5-2B, arXiv 2511.00062, table 12"

_ROWS = {
    "vis": {"blur_ssim": 0.90, "edge_f1": 0.26},
    "edge": {"blur_ssim": 0.79, "edge_f1": 0.49},
    "depth": {"blur_ssim": 0.71, "edge_f1": 0.19},
    "seg": {"blur_ssim": 0.68, "edge_f1": 0.14},
    "uniform": {"blur_ssim": 0.87, "edge_f1": 0.41},
}
"""By control; `uniform` is all four at equal weight."""


def published(metric: str, controls: Collection[str]) -> Outcome:
    """What the paper reports for a metric under the controls that were used; of several, for all of them together."""
    used = sorted(set(controls))
    if not used:
        return NotMeasured("no control bound the video to its source, and the papers report none without")
    row = _ROWS.get(used[0] if len(used) == 1 else "uniform")
    if row is None or metric not in row:
        return NotMeasured(f"the paper reports no such number for {', '.join(used)}")
    return Measured(row[metric])
