# SPDX-License-Identifier: Apache-2.0
"""Writes fixtures.json, with which the tests of internal/stats compare: what SciPy and statsmodels say.

    python3 -m venv venv && venv/bin/pip install -r internal/stats/testdata/requirements.txt
    venv/bin/python internal/stats/testdata/fixtures.py > internal/stats/testdata/fixtures.json

Numbers are written with 17 digits, so that they read back bit for bit.
"""
import json
import math
import sys

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests

LEVELS = [0.9, 0.95, 0.99]


def samples():
    """Pairs of samples by name: few seeds, many, unequal variances, far from zero, skewed, tied, a strong effect."""
    rng = np.random.default_rng(20241107)
    yield "five", rng.normal(0.7, 0.2, 5), rng.normal(0.0, 0.3, 5)
    yield "two", rng.normal(1, 1, 2), rng.normal(0, 1, 2)
    yield "three", rng.normal(0, 1, 3), rng.normal(0, 5, 3)
    yield "twelve", rng.normal(0, 1, 12), rng.normal(0.1, 1, 12)
    yield "skewed", rng.exponential(1, 25), rng.exponential(2, 25)
    yield "forty", rng.standard_t(3, 40), rng.standard_t(3, 40) + 0.5
    yield "far", 1e3 + rng.normal(0, 1, 10), 1e3 + rng.normal(0, 1, 10)
    yield "strong", rng.normal(30, 0.1, 20), rng.normal(0, 0.1, 20)
    yield "ties", np.round(rng.normal(0.5, 2, 11)), np.round(rng.normal(0, 2, 11))
    yield "small", rng.normal(0, 1e-9, 6), rng.normal(1e-9, 1e-9, 6)


def interval(ci):
    return [float(ci.low), float(ci.high)]


def tests(run):
    """A t test's numbers, from run(alternative)."""
    two = run("two-sided")
    return {
        "t": float(two.statistic),
        "df": float(two.df),
        "p": float(two.pvalue),
        "above": float(run("greater").pvalue),
        "below": float(run("less").pvalue),
        "intervals": [interval(two.confidence_interval(level)) for level in LEVELS],
    }


def mean(x):
    m, se = float(np.mean(x)), float(stats.sem(x))
    return {"mean": m, "se": se, "intervals": [list(map(float, stats.t.interval(level, len(x) - 1, m, se))) for level in LEVELS]}


def wilcoxon(d):
    """SciPy's exact test where no size is tied, else its permutation test over all signs; differences of zero are left out."""
    d = d[d != 0]
    tied = len(np.unique(np.abs(d))) < len(d)
    if len(d) > (13 if tied else 25):
        return None
    method = stats.PermutationMethod(n_resamples=math.inf) if tied else "exact"
    two = stats.wilcoxon(d, zero_method="wilcox", method=method)
    plus = stats.wilcoxon(d, zero_method="wilcox", alternative="greater", method=method)
    return {"n": len(d), "plus": float(plus.statistic), "p": float(two.pvalue)}


def skew_free(x, axis=-1):
    """A statistic that is not linear: the log of the mean square."""
    return np.log(np.mean(x * x, axis=axis))


def bootstrap(x, statistic, rng):
    """Intervals of the statistic from these resamples; an empty second call with their distribution gives SciPy's intervals from it alone."""
    index = rng.integers(0, len(x), (499, len(x)))
    theta = np.sort(statistic(x[index]))
    given = scipy.stats._resampling.BootstrapResult(None, theta, None)
    out = {"indices": index.tolist()}
    for method in ("percentile", "BCa"):
        out[method.lower()] = [
            interval(stats.bootstrap((x,), statistic, n_resamples=0, bootstrap_result=given, confidence_level=level, method=method, vectorized=True).confidence_interval)
            for level in LEVELS
        ]
    _, _, a = scipy.stats._resampling._bca_interval((x,), statistic, -1, 0.025, theta, None)
    below = (theta < statistic(x)).sum() + (theta <= statistic(x)).sum()
    out["z0"] = float(scipy.special.ndtri(below / (2 * len(theta))))
    out["acceleration"] = float(np.ravel(a)[0])
    jack = np.array([statistic(np.delete(x, i)) for i in range(len(x))])
    out["jackknife"] = jack.tolist()
    return out


def main():
    rng = np.random.default_rng(7)
    cases = []
    for name, a, b in samples():
        case = {"name": name, "a": a.tolist(), "b": b.tolist(), "mean": mean(a), "wilcoxon": wilcoxon(a - b)}
        case["paired"] = tests(lambda alternative: stats.ttest_rel(a, b, alternative=alternative))
        case["against"] = tests(lambda alternative: stats.ttest_1samp(a - b, 0.25, alternative=alternative))
        case["welch"] = tests(lambda alternative: stats.ttest_ind(a, b[: max(2, len(b) - 3)], equal_var=False, alternative=alternative))
        case["welch_b"] = b[: max(2, len(b) - 3)].tolist()
        if name in ("five", "skewed", "twelve"):
            case["bootstrap"] = {"mean": bootstrap(a, lambda x, axis=-1: np.mean(x, axis=axis), rng), "logsquare": bootstrap(a, skew_free, rng)}
        cases.append(case)
    families = [[0.01, 0.04, 0.03, 0.005], [0.5], [0.9, 0.6, 0.2], [1e-12, 0.02, 0.02, 0.7, 0.001, 0.04, 0.3, 0.0499], rng.uniform(0, 0.2, 12).tolist()]
    holm = [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in families]
    t = [{"level": level, "df": df, "t": float(stats.t.ppf((1 + level) / 2, df))} for level in LEVELS for df in (1, 2, 3, 4, 4.7, 9, 30, 200.5, 1e4)]
    versions = {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__}
    json.dump({"command": "python3 internal/stats/testdata/fixtures.py", "versions": versions, "levels": LEVELS, "cases": cases, "holm": holm, "quantiles": t}, sys.stdout, allow_nan=False)
    print()


main()
