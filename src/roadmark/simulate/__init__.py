"""Scenario + map + cameras -> labelled clips."""
