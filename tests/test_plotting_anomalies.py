"""Pictures of anomalies: what is drawn, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from kerasae import plotting
from kerasae.plotting.charts.scores import ANOMALOUS
from kerasae.plotting.charts.series import CAUSE, FLAGGED

NOISE = np.random.default_rng(0)


def spans(axes):
    """Return begin, end and color of the colored stretches."""
    return [
        (
            patch.get_x(),
            patch.get_x() + patch.get_width(),
            to_hex(patch.get_facecolor()),
        )
        for patch in axes.patches
    ]


def test_scores_with_threshold_and_labels(tmp_path):
    scores = np.concatenate([NOISE.random(90), 100 + NOISE.random(10)])
    labels = scores > 50
    path = tmp_path / "scores.png"
    figure = plotting.plot_scores(
        scores, threshold=2.0, rate=0.05, labels=labels, path=path
    )
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    counts = [patch.get_data()[0].sum() for patch in axes.patches]
    assert counts == [90, 10]
    assert to_hex(axes.patches[1].get_facecolor()) == ANOMALOUS.lower()
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    assert words == ["90 ordinary", "10 anomalies"]
    assert "threshold 2, for 0.05 false alarms" in {t.get_text() for t in axes.texts}
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("values", [[1.0], [0.0, 0.0], [-3.0, -1.0], [1e-9, 1e9]])
def test_few_scores_and_negative_ones(values):
    axes = plotting.plot_scores(values, threshold=0.0, log=True).axes[0]
    assert sum(patch.get_data()[0].sum() for patch in axes.patches) == len(values)


def test_words_stay_within_the_figure():
    for threshold in (-2.9, 0.0, 2.9):
        figure = plotting.plot_scores(NOISE.normal(size=99), threshold=threshold)
        figure.draw_without_rendering()
        (word,) = figure.axes[0].texts
        box = word.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width


def test_contributions_in_order_with_the_rest_in_one():
    shares = pd.Series(np.arange(20.0), index=[f"column {i}" for i in range(20)])
    axes = plotting.plot_contributions(shares, most=3, title="row 7").axes[0]
    words = [label.get_text() for label in axes.get_yticklabels()]
    assert words == ["column 19", "column 18", "column 17", "17 others"]
    widths = [patch.get_width() for patch in axes.patches]
    assert widths == [19, 18, 17, sum(range(17))]


def test_contributions_beside_values():
    axes = plotting.plot_contributions(
        [1.0, 5.0], ["a", "b" * 99], values=[0.5, 80]
    ).axes[0]
    first, second = (label.get_text() for label in axes.get_yticklabels())
    assert first.startswith("bbb")
    assert "…" in first
    assert first.endswith(" = 80")
    assert second == "a = 0.5"


def test_series_with_the_channel_behind_each_stretch():
    series, scores = NOISE.random((300, 2)), np.ones(300)
    parts = np.full((300, 2), 0.1)
    scores[100:110], parts[100:110, 1] = 9, 5
    scores[200:220], parts[200:220, 0] = 9, 5
    figure = plotting.plot_series(
        series, scores=scores, threshold=5, contributions=parts, names=["load", "heat"]
    )
    load, heat, score = figure.axes
    cause, flagged = CAUSE.lower(), FLAGGED.lower()
    assert spans(load) == [(99.5, 109.5, flagged), (199.5, 219.5, cause)]
    assert spans(heat) == [(99.5, 109.5, cause), (199.5, 219.5, flagged)]
    assert [color for *_, color in spans(score)] == [flagged] * 2
    assert [text.get_text() for text in load.texts] == ["heat", "load"]


def test_a_single_step_of_many_is_seen():
    flagged = np.zeros(10_000, bool)
    flagged[5000] = True
    axes = plotting.plot_series(NOISE.random(10_000), flagged=flagged).axes[0]
    ((begin, end, _),) = spans(axes)
    assert end - begin == pytest.approx(30)
    assert (begin + end) / 2 == pytest.approx(5000)


@pytest.mark.parametrize("shape", [(5, 8, 8), (5, 8, 8, 1), (5, 6, 9, 3)])
def test_maps_of_images(shape, tmp_path):
    images, parts = NOISE.random(shape), NOISE.random(shape)
    path = tmp_path / "maps.png"
    figure = plotting.plot_anomaly_maps(images, parts, columns=3, path=path)
    assert len(figure.axes) == 7
    drawn = figure.axes[3].images[0].get_array()
    np.testing.assert_allclose(drawn, parts[0].reshape(*shape[1:3], -1).sum(axis=-1))
    assert len({axes.images[0].norm.vmax for axes in figure.axes[3:6]}) == 1
    assert path.stat().st_size > 1000


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plotting.plot_scores([]), "non-empty"),
        (lambda: plotting.plot_scores([[1.0]]), "of one axis"),
        (lambda: plotting.plot_scores([np.nan]), "finite"),
        (lambda: plotting.plot_scores([1.0], labels=[1, 0]), "one for each of the 1"),
        (lambda: plotting.plot_scores([1.0, 2], labels=[1, -1]), "labels == -1"),
        (lambda: plotting.plot_contributions(np.ones((2, 3))), r"contributions\[0\]"),
        (lambda: plotting.plot_contributions([1.0], ["a", "b"]), "names"),
        (lambda: plotting.plot_series(np.ones((4, 2)), scores=np.ones(3)), r"\(4,\)"),
        (lambda: plotting.plot_series(np.ones((4, 2, 2))), "steps, channels"),
        (
            lambda: plotting.plot_series(np.ones((4, 2)), contributions=np.ones(4)),
            r"shape \(4, 2\)",
        ),
        (
            lambda: plotting.plot_anomaly_maps(np.ones((2, 4, 4)), np.ones((2, 4, 5))),
            "shape of the images",
        ),
        (
            lambda: plotting.plot_anomaly_maps(np.ones((2, 16)), np.ones((2, 16))),
            "plot_contributions",
        ),
    ],
)
def test_bad_input(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
