"""Measures grading beside its peers, in one run on one machine, and writes `docs/benchmarks.md` with its plots.

make bench        about a quarter of an hour
python -m tests.bench --quick
"""
