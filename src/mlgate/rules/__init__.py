"""What a gate demands of measurements, and the decision: pure functions, without numpy."""

from mlgate.rules.accepted import Levels
from mlgate.rules.any_of import AnyOf
from mlgate.rules.bounds import AtLeast, AtMost, Between
from mlgate.rules.champion import BetterThanChampion, NotWorseThanChampion
from mlgate.rules.deciding import Decided, decide
from mlgate.rules.findings import NoFindings
from mlgate.rules.judgement import Demand, Judgement, Rule
from mlgate.rules.mistakes import RuleMistake, RuleSyntaxErrors
from mlgate.rules.policy import Bootstrap, CheckRules, Policy, Secrets, Vouched, Waiver
from mlgate.rules.syntax import RULE_NAMES, parse_rules
from mlgate.rules.units import Quantity

__all__ = [
    "RULE_NAMES",
    "AnyOf",
    "AtLeast",
    "AtMost",
    "BetterThanChampion",
    "Between",
    "Bootstrap",
    "CheckRules",
    "Decided",
    "Demand",
    "Judgement",
    "Levels",
    "NoFindings",
    "NotWorseThanChampion",
    "Policy",
    "Quantity",
    "Rule",
    "RuleMistake",
    "RuleSyntaxErrors",
    "Secrets",
    "Vouched",
    "Waiver",
    "decide",
    "parse_rules",
]
