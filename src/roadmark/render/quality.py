"""How much work goes into the colours of a frame; labels do not depend on it."""

from __future__ import annotations

from dataclasses import dataclass

from roadmark.errors import ConfigError


@dataclass(frozen=True)
class Quality:
    """Switches of the colour image.

    Attributes:
        ao: Ambient occlusion: corners and the ground below objects get less sky light.
        reflections: Mirror reflections on glass, paint and wet roads.
        aa_samples: Extra samples on edge pixels, beside the one at the pixel's centre; 0 turns anti-aliasing off.
    """

    ao: bool = True
    reflections: bool = False
    aa_samples: int = 2

    def __post_init__(self) -> None:
        """Check the range."""
        if not 0 <= self.aa_samples <= MAX_AA_SAMPLES:
            raise ConfigError(f"aa_samples must be in 0..{MAX_AA_SAMPLES}, not {self.aa_samples}")

    @property
    def water(self) -> bool:
        """Whether puddles and floods mirror what stands around them: in all but drafts."""
        return self.ao or self.reflections

    @classmethod
    def preset(cls, name: str) -> Quality:
        """A named quality.

        Args:
            name: `draft` (sun shadows only), `standard` (ambient occlusion, mirror images in puddles, two
                extra samples on edges) or `high`
                (reflections, six extra samples).

        Raises:
            ConfigError: for another name.
        """
        if name not in _PRESETS:
            raise ConfigError(f"unknown quality {name!r}; choose one of {', '.join(_PRESETS)}")
        return _PRESETS[name]


MAX_AA_SAMPLES = 8
_PRESETS = {
    "draft": Quality(ao=False, reflections=False, aa_samples=0),
    "standard": Quality(ao=True, reflections=False, aa_samples=2),
    "high": Quality(ao=True, reflections=True, aa_samples=6),
}
