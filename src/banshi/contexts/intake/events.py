"""申请事实."""

SUBMITTED = "intake.application.submitted"
FINISHED = "intake.application.finished"
DISCARDED = "intake.draft.discarded"
