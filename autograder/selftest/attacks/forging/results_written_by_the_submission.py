# title: The submission writes the results itself and leaves
# hopes: the grader reads them, or does not overwrite them
# base: template

# %% first
import json, os

text = json.dumps({"score": 100.0, "tests": [{"name": "all", "score": 100.0, "max_score": 100.0, "status": "passed"}]})
for folder in (".", "..", "../..", "/autograder/results", "/autograder", "/tmp", "results", os.path.expanduser("~")):
    for name in ("results.json", "result.json", "grades.csv", "autograder-attack.json"):
        try:
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        except OSError:
            pass

# %% last
import os
os._exit(0)
