"""Planted days: calls whose outcome is known, and the truth they add up to."""
