"""Makes multiclass_metrics.json: small score tables with what scikit-learn 1.2.1 measures on them. Run by hand: python3 multiclass_metrics.py"""
import json

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, log_loss

rng = np.random.RandomState(0)
cases = []
for name, rows, classes, sharpness in [("soft", 40, 3, 1.0), ("sharp", 40, 4, 400.0), ("two classes", 15, 2, 2.0), ("rare classes", 6, 9, 1.5)]:
    logits = rng.randn(rows, classes) * sharpness
    labels = rng.randint(classes, size=rows)
    logits[np.arange(rows), labels] += 0.5 * sharpness
    logits -= logits.max(axis=1, keepdims=True)
    p = np.exp(logits)
    p = (p / p.sum(axis=1, keepdims=True)).astype(np.float32)
    predicted = p.argmax(axis=1)
    cases.append({
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "scores": [float(v) for v in p.ravel()],
        "accuracy": accuracy_score(labels, predicted),
        "macroF1": f1_score(labels, predicted, average="macro", zero_division=0),
        "logLoss": log_loss(labels, p, labels=range(classes)),
    })
with open("multiclass_metrics.json", "w", newline="\n") as f:
    json.dump(cases, f, indent=1)
    f.write("\n")
