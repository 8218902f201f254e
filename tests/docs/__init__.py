"""What the documentation says is true: commands run, links lead somewhere, references are current."""
