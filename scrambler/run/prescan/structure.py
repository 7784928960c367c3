"""Facts of structure: what hangs on a row, what came before it, how long it lasted.

All of it is visible in the output as well: in references, empty cells and dates. Days, and what
follows from them, are those of the output, so that rules hold there however dates move. No fact is
a code.
"""

from __future__ import annotations

from scrambler.run.prescan.adoption import ADOPTION
from scrambler.run.prescan.care import CARE
from scrambler.run.prescan.referrals import REFERRALS

STRUCTURE = (*REFERRALS, *ADOPTION, *CARE)
