# SPDX-License-Identifier: Apache-2.0
"""Reads a run directory by TensorBoard (board DIR) or a file store by MLflow (flow DIR) and prints what is there as JSON; Python writes NaN as NaN."""

import json
import math
import os
import sys
from dataclasses import asdict


def number(value: float) -> float | None:
    return None if math.isnan(value) else value


def board(folder: str) -> dict:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    everything = dict.fromkeys(["scalars", "histograms", "tensors"], 0)
    events = EventAccumulator(folder, size_guidance=everything)
    events.Reload()
    tags = events.Tags()
    return {
        "version": events.file_version,
        "scalars": {tag: [[e.step, number(e.value)] for e in events.Scalars(tag)] for tag in tags["scalars"]},
        "times": [e.wall_time for tag in tags["scalars"] if tag == "step/seconds" for e in events.Scalars(tag)],
        "histograms": {tag: [{"step": e.step, **asdict(e.histogram_value)} for e in events.Histograms(tag)] for tag in tags["histograms"]},
        "texts": {
            tag: [[e.step, e.tensor_proto.string_val[0].decode()] for e in events.Tensors(tag)]
            for tag in tags["tensors"]
            if events.SummaryMetadata(tag).plugin_data.plugin_name == "text"
        },
        "hparams": hparams(events),
    }


def hparams(events) -> dict:
    """Of the session's start and end, as TensorBoard's own plugin reads them."""
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    found = events.PluginTagToContent("hparams")
    start = HParamsPluginData.FromString(found["_hparams_/session_start_info"]).session_start_info
    end = HParamsPluginData.FromString(found["_hparams_/session_end_info"]).session_end_info
    values = {name: getattr(v, v.WhichOneof("kind")) for name, v in start.hparams.items()}
    return {"values": values, "status": end.status}


def flow(folder: str) -> list:
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=folder)
    experiment = client.get_experiment_by_name("revgn")
    return [flow_run(client, run) for run in client.search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"])]


def flow_run(client, run) -> dict:
    info = run.info
    artifacts = {f.path: open(os.path.join(info.artifact_uri.removeprefix("file://"), f.path)).read() for f in client.list_artifacts(info.run_id)}
    return {
        "id": info.run_id,
        "name": info.run_name,
        "status": info.status,
        "start": info.start_time,
        "end": info.end_time,
        "params": run.data.params,
        "tags": run.data.tags,
        "artifacts": artifacts,
        "metrics": {
            name: [[m.step, number(m.value)] for m in client.get_metric_history(info.run_id, name)] for name in run.data.metrics
        },
    }


if __name__ == "__main__":
    print(json.dumps({"board": board, "flow": flow}[sys.argv[1]](sys.argv[2]), allow_nan=False))
