"""What a reader of an output could find out without a key, tried and scored.

Attacks use the output, public calendars and what a reader may have been told of the source. Who is
who is known from the epoch file, and used to score guesses only.
"""

from scrambler.verification.attacks.attack import Attack
from scrambler.verification.attacks.battery import attack

__all__ = ["Attack", "attack"]
