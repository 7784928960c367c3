"""The prescan: one pass over narrow columns for the facts that a single batch cannot see.

Which child does a review belong to? Has the referral an assessment? Does another episode start the
day this one ends? Each answer is an index from identifier tokens to small numbers: keyed digests
and days, never a value. The prescan also books places in the reserved ranges for UPNs and their
like.
"""

from scrambler.run.prescan.facts import INDEX_DEFINITIONS
from scrambler.run.prescan.gather import prescan

__all__ = ["INDEX_DEFINITIONS", "prescan"]
