"""Enough of English grammar to take a condition out of a sentence: what stands before and after it."""

import re

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'(])")
"""Space between two sentences."""
ACTORS = re.compile(
    r"\b(?:cars?|vehicles?|trucks?|bus(?:es)?|vans?|taxis?|cabs?|sedans?|suvs?|hatchbacks?|pickups?|lorr(?:y|ies)|"
    r"ambulances?|motorc\w+|scooters?|bicycl\w+|bikes?|cyclists?|riders?|pedestrians?|persons?|people|drivers?|traffic|"
    r"footage|video|clip|camera)\b",
    re.IGNORECASE,
)
"""Words of sentences that tell who is there, or what the video is of."""
INCIDENTS = re.compile(
    r"\b(?:collid\w+|collisions?|crash\w*|hits?|struck|strikes?|rams?|impact\w*|accidents?|near[ -]miss\w*|swerv\w+|"
    r"overturn\w*|runs? (?:a|the) red|falls? (?:over|to the ground)|jaywalk\w*|wrong[ -]way)\b",
    re.IGNORECASE,
)
"""Words of sentences that tell the incident; those are never left out."""
ABOUT_CONDITIONS = re.compile(
    r"^(?:the\s+|it\s+is\s+|it's\s+)?(?:overall\s+|ambient\s+)?(?:sky|skies|weather|light(?:ing)?|atmosphere|visibility|"
    r"sun\w*|shadows|daylight|time of day|roads?(?: surface| conditions?)?|pavement|asphalt|"
    r"street ?(?:lamps?|lights?))\b",
    re.IGNORECASE,
)
"""Beginnings of sentences that tell conditions, even where they mention vehicles that they fall on."""
BEFORE_PHRASE = re.compile(
    r"(?:^|,?\s+)(?:at|in|under|during|on|through|amid|beneath|despite|by|with)\s+"
    r"(?:(?:a|an|the|this|some)\s+)?(?:(?!and\b)\w+\s+){0,1}$",
    re.IGNORECASE,
)
"""What stands before a condition where both are a phrase that can go: at, in the, under a heavy."""
TAIL = re.compile(r"\s+(?:conditions?|weather|light(?:ing)?|sk(?:y|ies)|hours?|time|days?|scene)\b", re.IGNORECASE)
"""A noun after a condition that goes with it: rainy weather, night sky."""
PHRASE_ENDS = re.compile(
    r"\s*(?:$|[,.;:!?]|\s(?:and|but|as|while|when|with|a|an|the|one|two|three|its?|his|her|their|at|in|on|under)\b)",
    re.IGNORECASE,
)
"""What stands after a phrase that can go."""
PREDICATE = re.compile(
    r"\b(?:is|are|was|were|looks?|appears?|seems?|remains?|stays?)\s+(?:\w+ly\s+|very\s+|quite\s+)?$", re.IGNORECASE
)
"""What stands before a condition that is said of something: the road is."""
CLAUSE_START = re.compile(
    r"(?:^|[,;]?\s+\b(?:as|while|and|when|where|because)\s+|[,;]\s+)(?:(?:the|a|some)\s+)?(?:\w+\s+)?$", re.IGNORECASE
)
"""What stands before a condition that begins a clause: as, while the heavy."""
VERB = re.compile(
    r"\s+(?:is|are|was|falls?|drifts?|covers?|lies|hangs?|fills?|pours?|reduces?|obscures?|blankets?|begins?|continues?|"
    r"makes?|sets? in|rolls?|comes?|casts?|glows?|shines?)\b",
    re.IGNORECASE,
)
"""What conditions do: falls, covers, reduces."""
CLAUSE_END = re.compile(r"[,.;:!?]|\s+(?:as|while|and|when|but)\b|$", re.IGNORECASE)
"""Where a clause in the middle of a sentence ends."""
FIRST_CLAUSE_END = re.compile(
    r"[.;:!?]|,\s+(?:(?=a\b|an\b|the\b|one\b|two\b|three\b|several\b)|(?:as|while|when|but)\b)|\s+(?:as|while|when|but)\b|$",
    re.IGNORECASE,
)
"""Where the first clause ends, so that what follows is a sentence; no list of nouns does."""
NOUN_AT_END = re.compile(
    r"(?:shadows?|lights?|lighting|sunlight|sunshine|daylight|snow|darkness|ambi\w+|visibility|evening|water)$",
    re.IGNORECASE,
)
"""Words against a condition that end in a noun: without it, what stands around them is no sentence."""
ARTICLE = re.compile(r"\b([Aa])n?(\s+)(\w)")
"""An article, and the first letter of the next word."""
