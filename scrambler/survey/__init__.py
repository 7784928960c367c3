"""The survey: one pass over narrow columns for the facts that a single batch cannot see.

Which child does a review belong to? Has the referral an assessment? Does another episode start the
day this one ends? Each answer is an index from identifier lanes to small numbers: keyed digests and
days, never a value. The survey also books places in the reserved ranges for UPNs and their like.
"""

from scrambler.survey.facts import FACTS
from scrambler.survey.reading import survey

__all__ = ["FACTS", "survey"]
