"""What happens to notebooks between a student's work and the grader, as named mishaps that can be put on top of each other."""
