"""From the solution notebook to what students and Gradescope get, with proof that both are right."""
