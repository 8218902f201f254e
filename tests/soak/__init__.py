"""Campaigns that run for minutes or hours; each is a module to run with `-m`, and writes its figures to `docs/`."""
