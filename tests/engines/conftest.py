"""Clusters that the tests share, and a fixture for what engines leave open."""

from __future__ import annotations

import gc
import os
import shutil
import site
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """What engines leave open is found while warnings of theirs are not errors."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has what the package needs, and not the package: as a cluster's image would."""
    home = tmp_path_factory.mktemp("executors")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    packages = next((home / "lib").glob("python3*")) / "site-packages"
    (packages / "needs.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    found = subprocess.run(
        [str(home / "bin/python"), "-c", "import cleaner"], capture_output=True, cwd=home, check=False
    )
    assert found.returncode, "the package must come to the executors by being sent"
    return home / "bin/python"


@pytest.fixture(scope="session")
def spark(python: Path) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    from cleaner.engines.spark import ship

    os.environ["PYSPARK_PYTHON"] = str(python)
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .appName("cleaner tests")
        .config("spark.executor.memory", "1g")
        .config("spark.driver.memory", "512m")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "40")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    ship(session)
    yield session
    app = session.sparkContext.applicationId
    home = os.environ.get("SPARK_HOME")
    session.stop()
    os.environ.pop("PYSPARK_PYTHON")
    if home:
        shutil.rmtree(Path(home) / "work" / app, ignore_errors=True)


@pytest.fixture(scope="session")
def nodes() -> Iterator[Any]:
    """Two nodes of two CPUs each (as Ray counts them), which share this machine."""
    import ray
    from ray.cluster_utils import Cluster

    os.environ["RAY_DATA_DISABLE_PROGRESS_BARS"] = "1"
    memory = 100_000_000
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 2, "object_store_memory": memory, "include_dashboard": False},
    )
    cluster.add_node(num_cpus=2, object_store_memory=memory)
    ray.init(address=cluster.address, log_to_driver=False)
    yield ray
    ray.shutdown()
    cluster.shutdown()
