"""秒批事实."""

RECORDED = "instant.decision.recorded"
CHECKED = "instant.decision.checked"
STOPPED = "instant.item.stopped"
ALLOWED = "instant.item.allowed"
