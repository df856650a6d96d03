"""Search for the code size that a classifier does best with, in a pipeline.

Run it with `python scikit_learn_pipeline.py --out FOLDER --epochs NUMBER`.
"""

import argparse
from pathlib import Path

import joblib
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from kerasae.data import load_dataset
from kerasae.estimators import AutoencoderTransformer

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=30)
arguments = parser.parse_args()

digits = load_dataset("digits")
x_train, x_test = (x.reshape(-1, 64) for x in (digits.x_train, digits.x_test))

pipeline = Pipeline(
    [
        ("scale", StandardScaler()),
        ("codes", AutoencoderTransformer(epochs=arguments.epochs, random_state=0)),
        ("classify", LogisticRegression(max_iter=2000)),
    ]
)
search = GridSearchCV(pipeline, {"codes__latent_dim": [2, 8, 32]}, cv=3)
search.fit(x_train, digits.y_train)
for parameters, accuracy in zip(
    search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True
):
    print(f"code of {parameters['codes__latent_dim']:2}  accuracy {accuracy:.3f}")
print(f"on the test images: {search.score(x_test, digits.y_test):.3f}")

file = arguments.out / "pipeline.joblib"
file.parent.mkdir(parents=True, exist_ok=True)
joblib.dump(search.best_estimator_, file)
print(f"written: {file}")
