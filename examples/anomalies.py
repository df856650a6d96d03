"""Find what does not belong: in a table, in images, and in a long series.

Run it with `python anomalies.py --out FOLDER --epochs NUMBER --data NAME`.
"""

# %% Settings
import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from kerasae.estimators import AnomalyDetector

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--epochs", type=int, default=50, help="passes over the data")
parser.add_argument("--data", default="mnist", help="or fashion_mnist, digits")
arguments = parser.parse_args()

# %% A table
table = load_breast_cancer(as_frame=True)
benign = table.data[table.target == 1]
x_train = benign.sample(250, random_state=0)
x_test = table.data.drop(x_train.index)
is_malignant = table.target[x_test.index] == 0
print(f"{len(x_train)} benign tumors to train on, {x_train.shape[1]} columns")
print(f"{len(x_test)} to judge, {is_malignant.sum()} of them malignant")

# %% The detector
detector = AnomalyDetector(
    false_alarm_rate=0.05, epochs=arguments.epochs, random_state=0
)
detector.fit(x_train)
flagged = detector.predict(x_test) == -1
print(f"benign ones flagged:    {flagged[~is_malignant].mean():.1%}")
print(f"malignant ones flagged: {flagged[is_malignant].mean():.1%}")

# %% The neighbors
scaler = StandardScaler().fit(x_train)
train, test = scaler.transform(x_train), scaler.transform(x_test)
pca = PCA(10, random_state=0).fit(train)
restored = pca.inverse_transform(pca.transform(test))
neighbors = NearestNeighbors(n_neighbors=5).fit(train)
scores = {
    "autoencoder": -detector.score_samples(x_test),
    "PCA, 10 components": np.square(test - restored).sum(axis=1),
    "5 nearest neighbors": neighbors.kneighbors(test)[0][:, -1],
    "isolation forest": -IsolationForest(random_state=0).fit(train).score_samples(test),
}
print(f"{'':22}ROC AUC  average precision")
for name, score in scores.items():
    area = roc_auc_score(is_malignant, score)
    precision = average_precision_score(is_malignant, score)
    print(f"{name:22}{area:7.3f}{precision:19.3f}")
