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

import kerasae
from kerasae import anomaly
from kerasae.estimators import AnomalyDetector
from kerasae.plotting import (
    plot_anomaly_maps,
    plot_contributions,
    plot_scores,
    plot_series,
)

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
malignant = (table.target[x_test.index] == 0).to_numpy()
print(f"{len(x_train)} benign tumors to learn from, {x_train.shape[1]} columns")
print(f"{len(x_test)} tumors to judge, {malignant.sum()} of them malignant")

# %% The detector
detector = AnomalyDetector(
    false_alarm_rate=0.1,
    calibration_fraction=0.4,
    epochs=arguments.epochs,
    random_state=0,
)
detector.fit(x_train)
flagged = detector.predict(x_test) == -1
print(f"benign ones flagged:    {flagged[~malignant].mean():.1%}")
print(f"malignant ones flagged: {flagged[malignant].mean():.1%}")

# %% Its scores
scores = -detector.score_samples(x_test)
plot_scores(
    scores,
    threshold=-detector.offset_,
    rate=0.1,
    labels=malignant,
    path=arguments.out / "anomalies_scores.png",
)

# %% Why
worst = x_test.iloc[[scores.argmax()]]
reasons = detector.explain(worst).iloc[0]
print(f"p-value {detector.p_values(worst)[0]:.3f}")
print(reasons.sort_values(ascending=False).head(3).round(1).to_string())
plot_contributions(
    reasons,
    values=worst.iloc[0].tolist(),
    path=arguments.out / "anomalies_reasons.png",
)

# %% Simpler methods
scaler = StandardScaler().fit(x_train)
train, test = scaler.transform(x_train), scaler.transform(x_test)
pca = PCA(10, random_state=0).fit(train)
restored = pca.inverse_transform(pca.transform(test))
neighbors = NearestNeighbors(n_neighbors=5).fit(train)
forest = IsolationForest(random_state=0).fit(train)
methods = {
    "AnomalyDetector": scores,
    "PCA, 10 components": np.square(test - restored).sum(axis=1),
    "5 nearest neighbors": neighbors.kneighbors(test)[0][:, -1],
    "isolation forest": -forest.score_samples(test),
}
print(f"{'':20}  ROC AUC  average precision")
for name, found in methods.items():
    area = roc_auc_score(malignant, found)
    precision = average_precision_score(malignant, found)
    print(f"{name:20}  {area:7.3f}  {precision:17.3f}")

# %% Many at once
p_values = detector.p_values(x_test)
chosen = anomaly.benjamini_hochberg(p_values, 0.1)
wrong = (chosen & ~malignant).sum()
print(f"{chosen.sum()} chosen, {wrong} of them benign")

# %% A file
path = detector.save(arguments.out / "tumors.kerasae")
again = AnomalyDetector.load(path)
print(f"the same after loading: {np.array_equal(again.predict(x_test) == -1, flagged)}")

# %% Images
data = kerasae.data.load_dataset(arguments.data)
images, others = data.x_train[data.y_train == 0], data.y_test != 0
inspector = AnomalyDetector(
    "conv",
    latent_dim=32,
    measure="squared",
    scaling="none",
    output_activation="sigmoid",
    false_alarm_rate=0.05,
    epochs=max(1, arguments.epochs * 2 // 5),
    random_state=0,
)
inspector.fit(images)
found = -inspector.score_samples(data.x_test)
alarms = inspector.predict(data.x_test) == -1
print(f"ROC AUC of squared errors {roc_auc_score(others, found):.3f}")
distances = anomaly.scores(
    inspector.autoencoder_, data.x_test, "joint", reference=inspector.reference_
)
print(f"ROC AUC of joint distances {roc_auc_score(others, distances):.3f}")
print(f"zeros flagged {alarms[~others].mean():.1%}, others {alarms[others].mean():.1%}")

# %% Where in the image
spoiled = data.x_test[~others][:4].copy()
middle = images.shape[1] // 2
spoiled[:, middle - 2 : middle + 2, middle - 2 : middle + 2] = 1
shown = np.concatenate([spoiled, data.x_test[others][:4]])
plot_anomaly_maps(
    shown,
    inspector.explain(shown),
    titles=[f"p = {p:.4f}" for p in inspector.p_values(shown)],
    path=arguments.out / "anomalies_maps.png",
)


# %% A series
def make_pump(days, seed):
    """Return the load and the temperature of a pump, hour by hour."""
    random = np.random.default_rng(seed)
    hours = np.arange(24 * days)
    load = 50 + 30 * np.sin(2 * np.pi * hours / 24) + random.normal(0, 2, len(hours))
    heat = np.convolve(load, np.ones(6) / 6)[: len(hours)]
    temperature = 20 + 0.5 * heat + random.normal(0, 0.5, len(hours))
    return np.stack([load, temperature], axis=1)[24:]


ordinary, watched = make_pump(120, seed=0), make_pump(31, seed=1)
faulty = np.zeros(len(watched), bool)
watched[200:212, 1] = watched[200, 1]  # the thermometer sticks
watched[400:424, 1] += 4  # the pump runs hot
watched[600:606, 0] = 50  # it idles
for begin, end in ((200, 212), (400, 424), (600, 606)):
    faulty[begin:end] = True

# %% Windows
past = anomaly.windows(ordinary, length=12)
now = anomaly.windows(watched, length=12)
watchman = AnomalyDetector(
    "conv1d",
    options={"filters": (16, 8)},
    false_alarm_rate=0.01,
    epochs=arguments.epochs,
    random_state=0,
)
watchman.fit(past.values)
at_steps = now.at_steps(-watchman.score_samples(now.values), "min")
threshold = -watchman.offset_
print(f"ROC AUC by step {roc_auc_score(faulty, at_steps):.3f}")
print(f"ordinary steps flagged {(at_steps > threshold)[~faulty].mean():.1%}")
print(f"faulty steps flagged {(at_steps > threshold)[faulty].mean():.1%}")

# %% Which channel
parts = now.at_steps(watchman.explain(now.values))
plot_series(
    watched,
    scores=at_steps,
    threshold=threshold,
    contributions=parts,
    names=["load", "temperature"],
    path=arguments.out / "anomalies_series.png",
)
