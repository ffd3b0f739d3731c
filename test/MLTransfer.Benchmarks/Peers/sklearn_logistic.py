"""Trains scikit-learn's LogisticRegression: sklearn_logistic.py FEATURES_F32 LABELS_I32 ROWS COLUMNS LAMBDA LOSS

The tolerance is the loosest of a sweep that reaches LOSS (mean log-loss on the training rows) within one percent. Standardising is part of the time, as it is in ours.
"""
import json
import sys
import time
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
features_file, labels_file, rows, columns, strength, loss = sys.argv[1:]
x = np.fromfile(features_file, np.float32).reshape(int(rows), int(columns))
y = np.fromfile(labels_file, np.int32)


def fit(tolerance):
    start = time.perf_counter()
    standardized = StandardScaler().fit_transform(x)
    model = LogisticRegression(C=1 / (float(strength) * len(y)), tol=tolerance, max_iter=5000, n_jobs=None).fit(standardized, y)
    return time.perf_counter() - start, log_loss(y, model.predict_proba(standardized))


def gigaflops():
    """The speed of the matrix product that scikit-learn stands on: a ratio over a slow one says nothing."""
    a = np.ones((1024, 1024), np.float32)
    a @ a
    start = time.perf_counter()
    for _ in range(5):
        a @ a
    return 5 * 2 * 1024 ** 3 / (time.perf_counter() - start) / 1e9


chosen = reached = None
for chosen in [1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5]:
    reached = fit(chosen)[1]
    if abs(reached - float(loss)) <= 0.01 * float(loss):
        break
print("ready " + json.dumps({"tolerance": chosen, "loss": reached, "gigaflops": gigaflops()}), flush=True)
for line in sys.stdin:
    if line.strip() == "run":
        print(json.dumps({"seconds": fit(chosen)[0]}), flush=True)
