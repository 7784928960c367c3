"""What people judge an output by: records of its checks beside it, and the page made of them.

Everything dated lies in ``OUT.evidence`` next to OUT and is bound to the SHA-256 of OUT's manifest;
in OUT itself every file is named in the manifest, and outputs of one epoch are equal.
"""

from scrambler.evidence.folder import Evidence, evidence_beside
from scrambler.evidence.record import Record

__all__ = ["Evidence", "Record", "evidence_beside"]
