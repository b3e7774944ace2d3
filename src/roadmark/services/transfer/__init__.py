"""A local server of each API that transfer services speak; behind them works our own relight."""
