"""申请事实."""

SUBMITTED = "intake.application.submitted"
DISCARDED = "intake.draft.discarded"
