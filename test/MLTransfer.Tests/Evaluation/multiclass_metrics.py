"""Makes multiclass_metrics.json: small score tables with what scikit-learn 1.2.1 measures on them. Run by hand: python3 multiclass_metrics.py

Calibration and the Brier score of several classes are not in scikit-learn 1.2: they follow Guo et al. 2017 (equations 3 and 5) and Brier 1950 in numpy; of two classes the Brier score is
checked against scikit-learn's, which is half of it.
"""
import json

import numpy as np
from sklearn.metrics import accuracy_score, brier_score_loss, confusion_matrix, log_loss, precision_recall_fscore_support

BINS = 15


def reliability(labels, p):
    confidence = p.max(axis=1).astype(np.float64)
    right = p.argmax(axis=1) == labels
    bins = []
    for m in range(BINS):
        inside = (confidence > m / BINS) & (confidence <= (m + 1) / BINS)
        count = int(inside.sum())
        bins.append({
            "rowCount": count,
            "meanConfidence": float(confidence[inside].mean()) if count else None,
            "accuracy": float(right[inside].mean()) if count else None,
        })
    filled = [b for b in bins if b["rowCount"]]
    gaps = [abs(b["accuracy"] - b["meanConfidence"]) for b in filled]
    return bins, sum(b["rowCount"] * g for b, g in zip(filled, gaps)) / len(labels), max(gaps)


def brier(labels, p):
    truth = np.eye(p.shape[1])[labels]
    value = float(((p.astype(np.float64) - truth) ** 2).sum(axis=1).mean())
    if p.shape[1] == 2:
        assert abs(value - 2 * brier_score_loss(labels, p[:, 1].astype(np.float64))) < 1e-6
    return value


rng = np.random.RandomState(0)
cases = []
for name, rows, classes, sharpness in [("soft", 40, 3, 1.0), ("sharp", 40, 4, 400.0), ("two classes", 15, 2, 2.0), ("rare classes", 6, 9, 1.5), ("many rows", 400, 5, 3.0)]:
    logits = rng.randn(rows, classes) * sharpness
    labels = rng.randint(classes, size=rows)
    logits[np.arange(rows), labels] += 0.5 * sharpness
    logits -= logits.max(axis=1, keepdims=True)
    p = np.exp(logits)
    p = (p / p.sum(axis=1, keepdims=True)).astype(np.float32)
    predicted = p.argmax(axis=1)
    bins, expected, maximum = reliability(labels, p)
    scores = {}
    for average in ["macro", "micro"]:
        for name_of, value in zip(["Precision", "Recall", "F1"], precision_recall_fscore_support(labels, predicted, average=average, zero_division=0)):
            scores[average + name_of] = float(value)
    each = precision_recall_fscore_support(labels, predicted, labels=range(classes), zero_division=0)
    cases.append({
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "scores": [float(v) for v in p.ravel()],
        "accuracy": accuracy_score(labels, predicted),
        **scores,
        "logLoss": log_loss(labels, p, labels=range(classes)),
        "brierScore": brier(labels, p),
        "expectedCalibrationError": expected,
        "maximumCalibrationError": maximum,
        "precision": each[0].tolist(),
        "recall": each[1].tolist(),
        "f1": each[2].tolist(),
        "support": each[3].tolist(),
        "confusion": confusion_matrix(labels, predicted, labels=range(classes)).tolist(),
        "reliability": bins,
    })
with open("multiclass_metrics.json", "w", newline="\n") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
