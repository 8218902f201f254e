"""Measurements that take minutes: run by hand, each writes its figures to `docs/`."""
