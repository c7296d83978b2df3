r"""scikit-learn: a transformer, for a ``Pipeline`` before a vectorizer.

>>> from sklearn.feature_extraction.text import CountVectorizer
>>> from sklearn.pipeline import make_pipeline
>>> from cleaner.engines.sklearn import CleanerTransformer
>>> pipeline = make_pipeline(CleanerTransformer(), CountVectorizer())
>>> pipeline.fit(["Skip to content\n\nThe harbour reopened."])[-1].get_feature_names_out().tolist()
['harbour', 'reopened', 'the']
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from cleaner import Settings
from cleaner.engines.arrow import warn_of
from cleaner.engines.cells import QUARANTINE, Job, clean_cells, make_job
from cleaner.errors import InputError


class CleanerTransformer(TransformerMixin, BaseEstimator):
    """Cleans texts, one for each sample. There is nothing to fit.

    Args:
        settings: the cleaner's settings; None for the default ones.
        html: whether the texts are HTML pages.
    """

    def __init__(self, settings: Settings | None = None, *, html: bool = False) -> None:
        self.settings = settings
        self.html = html

    def fit(self, X: Any, y: Any = None) -> CleanerTransformer:  # noqa: N803
        """Check the settings.

        Args:
            X: the texts; only their column's name is looked at.
            y: taken for the interface's sake.

        Returns:
            The transformer itself.

        Raises:
            SettingsError: settings that cannot be used.
        """
        self._job()
        names = getattr(X, "columns", None)
        self.__dict__.pop("feature_names_in_", None)  # of what it was fitted to before
        if names is not None:
            self.feature_names_in_ = np.asarray(names, dtype=object)
        self.n_features_in_ = 1
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Clean texts.

        Args:
            X: texts: a list, an array, a series, or a frame or array with one column.

        Returns:
            The clean texts: a 1-D object array, ready for a vectorizer; 2-D where ``X`` has columns. Nulls are None.
            Texts that had to be set aside are None, with a warning. With ``set_output`` a frame of one column.

        Raises:
            InputError: it has more than one column, or is a single text.

        Warns:
            QuarantineWarning: texts were set aside.
        """
        shape: tuple[int, ...] = getattr(X, "shape", (0,))
        if isinstance(X, str | bytes) or not isinstance(X, Iterable):
            raise InputError(f"takes a column of texts, not {type(X).__name__}")
        if (len(shape) > 1 and shape[1] != 1) or len(shape) > 2:
            raise InputError(f"takes a column of texts, not {type(X).__name__} of shape {shape}")
        columns = clean_cells(_nulls(np.asarray(X, dtype=object).ravel() if len(shape) > 1 else X), self._job())
        warn_of(columns[QUARANTINE])
        texts: Any = np.empty(len(columns["text"]), dtype=object)
        texts[:] = columns["text"]
        return texts.reshape(-1, 1) if len(shape) > 1 else texts

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The name of the column, ``"text"`` if it had none."""
        names = getattr(self, "feature_names_in_", None) if input_features is None else input_features
        return np.asarray(["text"] if names is None else names, dtype=object)

    def _job(self) -> Job:
        return make_job(settings=self.settings, html="text" if self.html else None)

    def __sklearn_tags__(self) -> Any:
        """What it takes: one column of strings; nothing needs to be fitted."""
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        tags.input_tags.two_d_array = True
        tags.input_tags.allow_nan = True
        tags.requires_fit = False
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        """True: there is nothing to fit."""
        return True


def _nulls(values: Iterable[Any]) -> list[Any]:
    """Cells with every kind of null as None (pandas' NA is none of Python's)."""
    return [None if type(value).__name__ in ("NAType", "NaTType") else value for value in values]
