"""Runs a stage on a Ray cluster of two nodes, one of which is lost in the middle; started by a test in a process of its
own, as a process has one Ray runtime. Prints what it saw as JSON.

    python two_nodes.py FOLDER
"""

import json
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import ray
from ray.cluster_utils import Cluster

from roadmark.files import AtomicDirectory
from roadmark.pipeline import Item, RayExecutor, RunManifest, run_stage

LOST, KEPT = "item_0", "item_1"


@dataclass(frozen=True)
class HeldUp:
    """Two items begin and wait, one on each node; the first is lost with its node, and made elsewhere."""

    folder: Path
    name: str = "held"
    version: str = "1"

    def config(self):
        return {}

    def run(self, item, rng):
        with AtomicDirectory(item.output, overwrite=item.replace) as made:
            (made / "value.txt").write_text("half")
            first = self.folder / f"{item.id}.first"
            if item.id in (LOST, KEPT) and not first.exists():
                first.touch()
                node = ray.get_runtime_context().get_node_id()
                with (self.folder / f"{item.id}.begun").open("w") as pipe:  # waits until somebody reads
                    pipe.write(node)
                (self.folder / f"{item.id}.go").open().close()  # waits until somebody lets it go on
            (made / "value.txt").write_text(f"{item.id} {rng.integers(1_000_000)}")
        return {"letters": len(item.id)}


class Watcher:
    """Loses the node of the first item once both are at work."""

    def __init__(self, folder, cluster):
        self.folder, self.cluster, self.nodes = folder, cluster, {}

    def __call__(self):
        for name in (LOST, KEPT):
            self.nodes[name] = (self.folder / f"{name}.begun").read_text()
        (node,) = (node for node in self.cluster.list_all_nodes() if node.node_id == self.nodes[LOST])
        self.cluster.remove_node(node, allow_graceful=False)
        (self.folder / f"{KEPT}.go").open("w").close()


def main(folder):
    for name in (LOST, KEPT):
        os.mkfifo(folder / f"{name}.begun")
        os.mkfifo(folder / f"{name}.go")
    noticed_soon = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 300}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "_system_config": noticed_soon})
    for _ in range(2):
        cluster.add_node(num_cpus=1)
    items = [Item(f"item_{i}", folder / "out" / f"item_{i}") for i in range(4)]
    watcher = Watcher(folder, cluster)
    thread = threading.Thread(target=watcher)
    with RayExecutor(cluster.address) as executor:
        thread.start()
        summary = run_stage(HeldUp(folder), items, RunManifest(folder / "out" / "run.json"), executor=executor)
        thread.join()
    left = ray.is_initialized()
    for node in list(cluster.worker_nodes):
        cluster.remove_node(node)
    more = [Item("alone", folder / "out" / "alone")]
    with RayExecutor(cluster.address, patience=0.0) as executor:
        (alone,) = run_stage(HeldUp(folder), more, RunManifest(folder / "alone.json"), executor=executor).results
    cluster.shutdown()
    print(
        json.dumps(
            {
                "statuses": [result.status for result in summary.results],
                "nodes": len(set(watcher.nodes.values())),
                "left": left,
                "alone": alone.error.message,
            }
        )
    )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    import two_nodes

    two_nodes.main(Path(sys.argv[1]))
