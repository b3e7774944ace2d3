"""Which conditions each variation of each clip gets, and the prompt that asks for them."""

from roadmark.variations.plan import PlanMode, VariationPlan, plan_variations
from roadmark.variations.rules import RULES, ContradictionError, Rule, Selections, check_selections, contradictions

__all__ = [
    "RULES",
    "ContradictionError",
    "PlanMode",
    "Rule",
    "Selections",
    "VariationPlan",
    "check_selections",
    "contradictions",
    "plan_variations",
]
