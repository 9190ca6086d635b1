"""Makes classification*.json and regression.json beside this file: by scikit-learn 1.2.1,
but sMAPE and MASE, which it does not have, straight from their definitions in NumPy.
"""
import json
import os

import numpy as np
from sklearn import metrics

HERE = os.path.dirname(os.path.abspath(__file__))


def save(name, **arrays):
    doc = {"case": "metrics/" + name, "arrays": {
        k: {"shape": list(np.shape(v)), "dtype": str(np.asarray(v).dtype),
            "data": np.asarray(v).tolist()} for k, v in arrays.items()}}
    with open(os.path.join(HERE, name + ".json"), "w") as f:
        json.dump(doc, f, indent=1)
        f.write("\n")


def classification(name, r, k, n, right):
    p = r.dirichlet(np.full(k, 0.6), n)
    p /= p.sum(axis=1, keepdims=True)
    predicted = p.argmax(axis=1)
    classes = np.arange(k)
    precision, recall, f1, examples = metrics.precision_recall_fscore_support(
        right, predicted, labels=classes, zero_division=0)
    save(name, right=right, probabilities=p, predicted=predicted,
         accuracy=np.array(metrics.accuracy_score(right, predicted)),
         precision=precision, recall=recall, f1=f1, examples=examples,
         # without labels: of the classes that occur
         macro_f1=np.array(metrics.f1_score(right, predicted, average="macro", zero_division=0)),
         weighted_f1=np.array(
             metrics.f1_score(right, predicted, average="weighted", zero_division=0)),
         log_loss=np.array(metrics.log_loss(right, p, labels=classes)),
         confusion=metrics.confusion_matrix(right, predicted, labels=classes))


def regression(name, r, n):
    actual = 3 * r.randn(n)
    actual[::7] = 0
    predicted = actual + r.randn(n)
    predicted[::14] = 0
    naive = np.abs(np.diff(actual)).mean()
    u = np.abs(actual - predicted)
    both = np.abs(actual) + np.abs(predicted)
    nonzero = actual != 0
    levels = np.array([0.05, 0.5, 0.9])
    save(name, actual=actual, predicted=predicted, naive=np.array(naive), levels=levels,
         mae=np.array(metrics.mean_absolute_error(actual, predicted)),
         rmse=np.array(metrics.mean_squared_error(actual, predicted, squared=False)),
         mape=np.array(100 * metrics.mean_absolute_percentage_error(
             actual[nonzero], predicted[nonzero])),
         zeros=np.array(int((~nonzero).sum())),
         smape=np.array(100 * np.where(both == 0, 0, 2 * u / np.where(both == 0, 1, both)).mean()),
         mase=np.array(u.mean() / naive),
         pinball=np.array([metrics.mean_pinball_loss(actual, predicted, alpha=q) for q in levels]),
         coverage=np.array((actual <= predicted).mean()))


r = np.random.RandomState(73)
classification("classification", r, 4, 60, r.choice(4, 60, p=[0.5, 0.3, 0.15, 0.05]))
# class 1 is answered and has no examples, class 4 has neither
classification("classification_few", r, 6, 5, np.array([2, 0, 3, 3, 5]))
regression("regression", r, 50)
