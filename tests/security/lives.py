"""一生: the facts of a case as letters, and the lives that the law and the plan allow."""

from __future__ import annotations

import re

from banshi.contexts.cases import events

# One letter a fact, and what the law and the plan allow in a life.
LETTERS = {
    events.RECEIVED: "R",
    events.CORRECTION_REQUESTED: "C",
    events.CORRECTION_SUPPLIED: "S",
    events.ACCEPTED: "A",
    events.NOT_REQUIRED: "N",
    events.REJECTED: "J",
    events.TRANSFERRED: "T",
    events.WORKS_ASSIGNED: "W",
    events.OPINION_GIVEN: "O",
    events.SPECIAL_STARTED: "P",
    events.SPECIAL_ENDED: "E",
    events.REVIEWED: "V",
    events.PASSED: "G",
    events.REFUSED: "F",
    events.WITHDRAWN: "X",
    events.REVOKED: "K",
    events.CERTIFIED: "Z",
    events.DELIVERED: "D",
}
# What is told or offered beside the way, at any time.
BESIDE = frozenset({events.URGED, events.URGE_ANSWERED, events.HEARING_OFFERED, events.HEARING_REQUESTED})
BEFORE = r"RT*(?:CX|C(?:ST*)?)?"
HANDLING = r"A(?:T|PE)*(?:P|W(?:T|PE|O)*P?)?"
DECIDED = r"AT*(?:PE|T)*W(?:T|PE|O)*O(?:T|PE)*V(?:T|PE)*"
LIFE = re.compile(
    rf"{BEFORE}(?:[NJX]|{HANDLING}X?|{DECIDED}(?:P?X?|FD?|G(?:Z?K?|ZDK?|ZKD?)))?"  # in this order, and no other
)
