"""人群的规则: the rule language over many rows at once: in columns (`plan.py`), or as SQL (`sql.py`)."""
