"""Widgets bound to choices."""
