"""Makes wrong solutions of a right one: a cell's source in, mutants out, each with a stable id, a diff and one line on it."""

from autograder.authoring.audit.mutate.engine import Mutant, imported_modules, mutants

__all__ = ["Mutant", "imported_modules", "mutants"]
