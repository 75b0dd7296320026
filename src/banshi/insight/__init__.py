"""数据看: what the facts add up to. Read models and figures; nothing here changes anything."""
