"""What the notebook holds of its assignment, all of it for students' eyes: plain data in, frozen values out, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """One public test case: its function's name, its title, its messages, and the names that the function takes."""

    name: str
    title: str
    success: str
    failure: str
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A question: its public cases, the text of their functions, and the titles of rules that grading looks at."""

    name: str
    cases: tuple[Case, ...]
    source: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Handout:
    """An assignment as students have it.

    Attributes:
        name: used in file names.
        notebook: name of the file as it was handed out.
        cells: the code cells of the template without those of `grader`, each with the question that it answers or None.
        literals: names of the training cell whose value is replaced when the whole notebook is tried out.
        samples: a pass over a DataLoader ends after the batch that reaches so many then; None for no limit.
        training: the question whose cell that is.
    """

    name: str
    title: str
    notebook: str
    questions: tuple[Question, ...]
    cells: tuple[tuple[str | None, str], ...]
    training: str | None = None
    literals: Mapping[str, float] = field(default_factory=dict)
    samples: int | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Handout:
        """From JSON's types."""
        questions = tuple(
            Question(one["name"], tuple(Case(**{**case, "parameters": tuple(case["parameters"])}) for case in one["cases"]),
                     one["source"], tuple(one.get("rules", ())))
            for one in data["questions"]
        )  # fmt: skip
        return cls(**{**data, "questions": questions, "cells": tuple((name, source) for name, source in data["cells"])})

    def question(self, name: str) -> Question:
        """The question of that name. Raises KeyError, with the names that there are."""
        for question in self.questions:
            if question.name == name:
                return question
        raise KeyError(f"there is no question `{name}`; there are {', '.join(one.name for one in self.questions)}")

    def answer(self, question: str) -> str:
        """The answer cell of a question as it was handed out, blanks and all; several of them as one text."""
        return "\n".join(source for name, source in self.cells if name == question)
