"""The settings of the metrics."""

from __future__ import annotations

from pydantic import BaseModel, field_validator

from tracker.config._values import STRICT


class MetricsConfig(BaseModel):
    """Where the daemon writes its metrics for Prometheus' node exporter; empty: nowhere."""

    model_config = STRICT

    textfile: str = ""

    @field_validator("textfile")
    @classmethod
    def _is_file(cls, path: str) -> str:
        if path and not (path.startswith("/") and path.endswith(".prom")):
            raise ValueError("write the whole path of a file that ends in .prom")
        return path
