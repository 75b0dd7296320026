"""办理台: officers, approvers and supervisors work on cases here, by keyboard."""
