"""Kill a run over a large dump again and again, at random moments; its output must be that of a run left alone.

``python -m benchmarks.soak --mb 500 --kills 200 --data FOLDER``: pages of an evaluation set (else the repository's own
fixtures) as WARC, JSONL and Parquet, repeated up to the size wanted; the command itself is run, and killed by SIGKILL.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from benchmarks.dumps import pages, warc_member


def build(folder: Path, data: Path | None, mb: int) -> list[Path]:
    """Write the dumps: half of the bytes as WARC, the rest as JSONL (plain and zstandard) and Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from cleaner.dumps.read.open import zstd

    source: Iterator[tuple[str, bytes]] = cycle(pages(data))
    paths = [folder / name for name in ("a.warc.gz", "b.jsonl", "c.jsonl.zst", "d.parquet")]
    number = 0
    with paths[0].open("wb") as file:
        size = 0
        while size < mb * 500_000:
            name, page = next(source)
            number += 1
            size += len(page)
            file.write(gzip.compress(warc_member(number, name, page), 1, mtime=0))
            if number % 500 == 0:
                file.write(gzip.compress(b"WARC/1.0\r\n broken", 1, mtime=0)[:-6])
    rows = []
    for path, share in ((paths[1], 200_000), (paths[2], 200_000), (paths[3], 100_000)):
        size, rows = 0, []
        while size < mb * share:
            name, page = next(source)
            number += 1
            text = page.decode("utf-8", "replace")
            size += len(text)
            rows.append({"id": f"r{number}", "url": f"https://h{number % 50}.example/{name}", "html": text})
        if path.suffix == ".parquet":
            pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=200)
        else:
            body = b"".join(json.dumps(row).encode() + b"\n" for row in rows) + b'{"html": broken\n'
            path.write_bytes(zstd.compress(body) if path.suffix == ".zst" else body)
    return paths


def contents(folder: Path) -> dict[str, bytes]:
    """All files of an output folder but the run's own papers."""
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and ".cleaner" not in p.parts
    }


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=500)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--part-bytes", default="4M")
    parser.add_argument(
        "--longest", type=float, default=0.0, help="seconds to a kill at most (default: from the run's)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path)
    args = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="soak-"))
    paths = build(root, args.data, args.mb)
    size = sum(path.stat().st_size for path in paths)
    print(f"{len(paths)} dumps, {size / 1e6:.0f} MB on disk, from {args.mb} MB of pages")
    command = [sys.executable, "-m", "cleaner", "run", *map(str, paths), "--workers", str(args.workers)]
    command += ["--removed", "--min-words", "30", "--part-bytes", args.part_bytes, "--quiet", "-o"]
    began = time.monotonic()
    code = subprocess.run([*command, str(root / "calm")], stdout=subprocess.DEVNULL, check=False).returncode
    alone = time.monotonic() - began
    expected = contents(root / "calm")
    print(f"left alone: exit code {code}, {len(expected)} files, {alone:.0f} s")
    rng = random.Random(args.seed)
    longest = args.longest or max(2 * alone / max(args.kills, 1), 4.0)
    kills = rounds = 0
    while kills < args.kills:
        rounds += 1
        out = root / f"out{rounds}"
        while True:
            process = subprocess.Popen([*command, str(out)], stdout=subprocess.DEVNULL)
            try:
                process.wait(rng.uniform(0.0, longest) if kills < args.kills else None)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
                continue
            break
        found = contents(out)
        same = found == expected and process.returncode == code
        print(f"round {rounds}, {kills} kills so far: {'the same to the byte' if same else 'DIFFERENT'}", flush=True)
        if not same:
            differ = [name for name in {*found, *expected} if found.get(name) != expected.get(name)]
            sys.exit(f"{out} differs in {', '.join(sorted(differ)[:10])}; exit code {process.returncode}, not {code}")
        shutil.rmtree(out)
    shutil.rmtree(root)


if __name__ == "__main__":
    main()
