"""Assignments other than the shipped one, which the engine must be as good for."""
