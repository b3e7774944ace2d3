"""Traffic lights and signs: where a map has them, what they look like, which recorded light each of them is."""

from roadmark.world.signals.models import (
    SIGNAL_EMISSION,
    SignalHead,
    SignalModels,
    bind_signals,
    signal_models,
)

__all__ = ["SIGNAL_EMISSION", "SignalHead", "SignalModels", "bind_signals", "signal_models"]
