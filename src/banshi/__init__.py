"""Banshi 办事: the platform on which a city or county runs its government services."""

__version__ = "0.1.0"
