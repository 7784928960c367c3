"""The policy: which treatment every column of every table gets, and why.

The shipped policy is ``ssd.csv`` beside this module; a local authority's own file has the same five
columns and overrides or adds lines. Nothing gets a treatment that is not written in one of the two.
"""

from scrambler.policy.assignment import Assignment
from scrambler.policy.read import Policy, load_policy, read_policy
from scrambler.policy.traits import Traits, traits_of

__all__ = ["Assignment", "Policy", "Traits", "load_policy", "read_policy", "traits_of"]
