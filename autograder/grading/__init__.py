"""From a submission's file to its result: execution, judging, scoring, one at a time or many.

Nothing is imported here: what comes before the sandbox is launched (`launch`) must not bring torch along.
"""
