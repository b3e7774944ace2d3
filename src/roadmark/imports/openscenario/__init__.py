"""OpenSCENARIO XML 1.0 to 1.2: entities, their first places, trajectories and simple manoeuvres, carried out."""

from roadmark.imports.openscenario.importer import OpenScenarioOptions, import_openscenario, logic_file

__all__ = ["OpenScenarioOptions", "import_openscenario", "logic_file"]
