"""Which conditions each variation of each clip gets, and the prompt that asks for them."""

from roadmark.variations.caption_words import fit_caption
from roadmark.variations.chat import Chat, ChatOptions, ChatWriter, thinking_switch
from roadmark.variations.check import MAX_WORDS, check_prompt
from roadmark.variations.hand import HandWriter, read_prompt
from roadmark.variations.keywords import condition_words, said_values
from roadmark.variations.plan import PlanMode, VariationPlan, plan_variations
from roadmark.variations.prompt import CaptionText, Prompt, PromptError, PromptWriter
from roadmark.variations.rules import (
    RULES,
    ContradictionError,
    Rule,
    Selections,
    check_selections,
    contradictions,
)
from roadmark.variations.sentences import condition_sentences
from roadmark.variations.slots import SlotWriter

__all__ = [
    "MAX_WORDS",
    "RULES",
    "CaptionText",
    "Chat",
    "ChatOptions",
    "ChatWriter",
    "ContradictionError",
    "HandWriter",
    "PlanMode",
    "Prompt",
    "PromptError",
    "PromptWriter",
    "Rule",
    "Selections",
    "SlotWriter",
    "VariationPlan",
    "check_prompt",
    "check_selections",
    "condition_sentences",
    "condition_words",
    "contradictions",
    "fit_caption",
    "plan_variations",
    "read_prompt",
    "said_values",
    "thinking_switch",
]
