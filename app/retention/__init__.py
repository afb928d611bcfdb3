"""Retention: who falls due for deletion, when, and under which rule (P-7)."""
