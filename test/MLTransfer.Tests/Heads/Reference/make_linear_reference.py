"""Writes linear.json beside itself: small synthetic data and what scikit-learn fits on it. Run with scikit-learn 1.2.1 and numpy 1.24.

Features are standardised first, with the row weights, as LinearHead does; coefficients are given for raw features.
"""
import json
import os

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

rng = np.random.RandomState(7)
n, d, k = 61, 5, 3
features = (rng.randn(n, d) * [1, 3, 0.2, 10, 1] + [0, 5, -1, 100, 2]).astype(np.float32)
features[:, 4] = 2.5  # a constant feature
scores = (features[:, :3] - [0, 5, -1]) / [1, 3, 0.2] @ rng.randn(3, k) * 1.5 + [0.8, 0, -0.8]
classes = np.array([rng.choice(k, p=p) for p in np.exp(scores) / np.exp(scores).sum(1, keepdims=True)])
binary = (classes == 0).astype(int)
weights = rng.uniform(0.2, 3, n).astype(np.float32)
target = (features[:, 0] * 2 - features[:, 3] * 0.3 + 500 + rng.randn(n)).astype(np.float32)


def fit(name, y, strength, make, w=None, factors=None):
    x = features.astype(np.float64)
    scaler = StandardScaler().fit(x, sample_weight=w)
    rows = np.ones(n) if w is None else w.astype(np.float64)
    if factors is not None:
        rows = rows * np.array([factors[label] for label in y])
    model = make(strength, rows.sum()).fit(scaler.transform(x), y, sample_weight=rows)
    coefficients = np.atleast_2d(model.coef_) / scaler.scale_
    intercept = np.atleast_1d(model.intercept_) - coefficients @ scaler.mean_
    return dict(name=name, regularization=strength, weighted=w is not None, balanced=factors is not None,
                coefficients=coefficients.tolist(), intercepts=intercept.tolist())


def logistic(strength, total):
    return LogisticRegression(C=1 / (strength * total), tol=1e-12, max_iter=100000, multi_class="multinomial" if multinomial else "auto")


def balanced(y):
    counts = np.bincount(y)
    return len(y) / (len(counts) * counts)


cases = []
multinomial = True
for strength in (0.1, 0.003):
    cases.append(fit("multiclass", classes, strength, logistic))
cases.append(fit("multiclass", classes, 0.03, logistic, w=weights))
cases.append(fit("multiclass", classes, 0.03, logistic, factors=balanced(classes)))
cases.append(fit("multiclass", classes, 0.03, logistic, w=weights, factors=balanced(classes)))
multinomial = False
for strength in (0.1, 0.003):
    cases.append(fit("binary", binary, strength, logistic))
cases.append(fit("binary", binary, 0.03, logistic, w=weights, factors=balanced(binary)))
for strength in (0.1, 0.001):
    cases.append(fit("regression", target, strength, lambda s, total: Ridge(alpha=s * total, solver="cholesky")))
cases.append(fit("regression", target, 0.03, lambda s, total: Ridge(alpha=s * total, solver="cholesky"), w=weights))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "linear.json"), "w") as file:
    json.dump(dict(features=features.tolist(), classes=classes.tolist(), binary=binary.tolist(), weights=weights.tolist(), target=target.tolist(), cases=cases), file)
    file.write("\n")
