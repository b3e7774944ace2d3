"""The storyboard of an OpenSCENARIO document."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from roadmark.imports.openscenario.actions import Actions
from roadmark.imports.openscenario.conditions import Conditions
from roadmark.imports.openscenario.document import Document
from roadmark.imports.openscenario.model import (
    Act,
    Action,
    ActionPart,
    Event,
    Maneuver,
    ManeuverGroup,
    Part,
    Story,
    Storyboard,
    Teleport,
)
from roadmark.imports.openscenario.positions import Positions

_PRIORITIES: Final = {"overwrite": "overwrite", "override": "overwrite", "skip": "skip", "parallel": "parallel"}


class StoryReader:
    """Reads the storyboard.

    Attributes:
        document: The document.
        positions: Reads places.
        actions: Reads actions.
        conditions: Reads triggers.
    """

    def __init__(self, document: Document, positions: Positions) -> None:
        self.document, self.positions = document, positions
        self.actions = Actions(document, positions)
        self.conditions = Conditions(document, positions)

    def read(self) -> Storyboard:
        """Read it.

        Raises:
            FormatError: Something in it is not supported; says what, and on which line.
        """
        read = self.document
        board = read.child(read.root, "Storyboard")
        first: list[tuple[str, Action]] = []
        stories, stop = [], None
        for child in read.children(board, "Init", "Story", "StopTrigger"):
            if child.tag == "Init":
                first = self._init(read.child(child, "Actions"))
            elif child.tag == "Story":
                stories.append(self._story(child))
            else:
                stop = self.conditions.trigger(child)
        parts = [part for story in stories for part in parts_of(story)]
        for element, kind, name in self.conditions.watched:
            if find_part(parts, kind, name) is None:
                read.fail(element, f"storyboardElementRef={name[:60]!r}: there is no {kind} of this name")
        return Storyboard(tuple(first), tuple(stories), stop)

    def _init(self, element: Element) -> list[tuple[str, Action]]:
        found: list[tuple[str, Action]] = []
        for child in self.document.children(element, "GlobalAction", "UserDefinedAction", "Private"):
            if child.tag == "GlobalAction":
                self._global(child)
            elif child.tag == "UserDefinedAction":
                self.document.unsupported(child)
            else:
                name = self.positions.entity(child)
                for one in self.document.children(child, "PrivateAction"):
                    action = self.actions.private(one)
                    if action is not None:
                        found.append((name, action))
        return found

    def _global(self, element: Element) -> None:
        kind = self.document.choice(element)
        if kind.tag != "EnvironmentAction":
            self.document.unsupported(kind)
        self.document.note(kind, "weather, time of day and road state are settings of `simulate`")

    def _story(self, element: Element) -> Story:
        story = Story("story", self._name(element), element)
        for child in self.document.children(element, "ParameterDeclarations", "Act"):
            if child.tag == "Act":
                story.acts.append(self._act(child))
            elif len(child):
                self.document.unsupported(child, "declare parameters at the top of the document")
        return story

    def _name(self, element: Element) -> str:
        return self.document.optional(element, "name") or f"line {self.document.line(element)}"

    def _act(self, element: Element) -> Act:
        act = Act("act", self._name(element), element)
        for child in self.document.children(element, "ManeuverGroup", "StartTrigger", "StopTrigger"):
            if child.tag == "ManeuverGroup":
                act.groups.append(self._group(child))
            elif child.tag == "StartTrigger":
                act.start = self.conditions.trigger(child)
            else:
                act.stop = self.conditions.trigger(child)
        return act

    def _group(self, element: Element) -> ManeuverGroup:
        read = self.document
        if read.integer(element, "maximumExecutionCount", 1) != 1:
            read.fail(element, "maximumExecutionCount must be 1; let its events happen more often")
        group = ManeuverGroup("maneuverGroup", self._name(element), element)
        for child in read.children(element, "Actors", "Maneuver", "CatalogReference"):
            if child.tag == "Actors":
                if read.boolean(child, "selectTriggeringEntities"):
                    read.fail(child, "selectTriggeringEntities=true is not supported; name the entities")
                group.actors = tuple(self.positions.entity(one) for one in read.children(child, "EntityRef"))
            elif child.tag == "Maneuver":
                group.maneuvers.append(self._maneuver(child))
            else:
                read.unsupported(child, "write the maneuver in place")
        for maneuver in group.maneuvers:
            for event in maneuver.events:
                event.actions = [
                    ActionPart("action", one.name, one.element, action=one.action)
                    for one in event.actions
                    for _ in group.actors
                ]
        return group

    def _maneuver(self, element: Element) -> Maneuver:
        maneuver = Maneuver("maneuver", self._name(element), element)
        for child in self.document.children(element, "ParameterDeclarations", "Event"):
            if child.tag == "Event":
                maneuver.events.append(self._event(child))
            elif len(child):
                self.document.unsupported(child, "declare parameters at the top of the document")
        return maneuver

    def _event(self, element: Element) -> Event:
        read = self.document
        priority = _PRIORITIES[read.word(element, "priority", tuple(_PRIORITIES), "parallel")]
        most = read.integer(element, "maximumExecutionCount", 1)
        event = Event("event", self._name(element), element, priority=priority, most=most)
        for child in read.children(element, "Action", "StartTrigger"):
            if child.tag == "StartTrigger":
                event.trigger = self.conditions.trigger(child)
                continue
            kind = read.choice(child)
            if kind.tag == "GlobalAction":
                self._global(kind)
                continue
            if kind.tag != "PrivateAction":
                read.unsupported(kind)
            action = self.actions.private(kind)
            if isinstance(action, Teleport):
                read.unsupported(kind[0], "after the start nobody is elsewhere at once; use a FollowTrajectoryAction")
            event.actions.append(ActionPart("action", self._name(child), child, action=action))
        return event


def parts_of(story: Story) -> list[Part]:
    """A story and everything in it, from the outside in."""
    found: list[Part] = [story]
    for act in story.acts:
        found.append(act)
        for group in act.groups:
            found.append(group)
            for maneuver in group.maneuvers:
                found.append(maneuver)
                for event in maneuver.events:
                    found += [event, *event.actions]
    return found


def find_part(parts: list[Part], kind: str, name: str) -> Part | None:
    """The first part of a kind that a name or the end of a path (`story::act::event`) means."""
    last = name.rpartition("::")[2]
    return next((part for part in parts if part.kind == kind and part.name in {name, last}), None)
