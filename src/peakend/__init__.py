"""Peakend 峰终: a customer-service centre that is easy and memorable."""

__version__ = "0.1.0"
