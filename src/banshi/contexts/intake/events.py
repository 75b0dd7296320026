"""申请事实."""

SUBMITTED = "intake.application.submitted"
FINISHED = "intake.application.finished"
CLOCK_RECOMPUTED = "intake.application.clock_recomputed"
DISCARDED = "intake.draft.discarded"
