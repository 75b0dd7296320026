"""综合窗口: any matter is taken in at any window, on one dense page, and results are handed over."""
