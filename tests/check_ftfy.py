"""Is the encoding stage byte for byte ``ftfy.fix_text`` on a folder of texts, and on damaged copies of them?

    python tests/check_ftfy.py DATA [--every N] [--copies]

DATA is a file or a folder of ``.jsonl``, ``.jsonl.gz`` (objects with a ``text``) or ``.txt``; ``--every N`` takes every
Nth text, ``--copies`` adds the damaged copies. Ends with 1 if any text differs, or is not settled by one pass.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import ftfy

from cleaner.repair import fix_encoding, fix_whitespace
from cleaner.repair.options import DEFAULT
from cleaner.repair.segment import config

#: Read as: the encodings in which UTF-8 is most often misread.
MISREAD = ("cp1252", "latin-1", "mac_roman", "cp1251", "cp437")


def texts(path: Path) -> Iterator[str]:
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    for file in files:
        if file.name.endswith((".jsonl", ".jsonl.gz")):
            opener = gzip.open if file.suffix == ".gz" else open
            with opener(file, "rt", encoding="utf-8", newline="\n") as lines:
                for line in lines:
                    if isinstance(text := json.loads(line).get("text"), str):
                        yield text
        elif file.suffix == ".txt":
            yield file.read_bytes().decode("utf-8", "replace")


def misread(text: str, encoding: str) -> str:
    data = text.encode("utf-8", "replace")
    if encoding in ("cp1252", "cp1251"):
        return data.decode(f"sloppy-windows-{encoding[2:]}")
    return data.decode(encoding, "replace")


def damaged(text: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    for encoding in MISREAD:
        once = misread(text, encoding)
        yield encoding, once
        if encoding == "cp1252":
            yield "twice", misread(once, encoding)
            yield "lossy", text.encode("utf-8", "replace").decode("cp1252", "replace")
            yield "no NBSP", once.replace("\xa0", " ")
    lines = text.split("\n")
    yield "mixed", "\n".join(misread(x, rng.choice(MISREAD)) if rng.random() < 0.5 else x for x in lines)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--copies", action="store_true")
    args = parser.parse_args()
    rng = random.Random(1)
    settings = config(DEFAULT)
    seen: dict[str, list[int]] = {}
    ours = theirs = 0.0
    for n, text in enumerate(texts(args.data)):
        if n % args.every:
            continue
        for kind, copy in [("as given", text), *(damaged(text, rng) if args.copies else [])]:
            count = seen.setdefault(kind, [0, 0, 0, 0])
            start = time.perf_counter()
            lines = fix_encoding(copy.split("\n"))
            middle = time.perf_counter()
            expected = ftfy.fix_text(copy, settings)
            theirs += time.perf_counter() - middle
            ours += middle - start
            once = "\n".join(fix_whitespace(lines))
            count[0] += 1
            count[1] += len(copy)
            if "\n".join(lines) != expected:
                count[2] += 1
                print(f"text {n}, {kind}: differs from ftfy", file=sys.stderr)
            if "\n".join(fix_whitespace(fix_encoding(once.split("\n")))) != once:
                count[3] += 1
                print(f"text {n}, {kind}: a second pass changes it", file=sys.stderr)
    for kind, (number, size, differ, unsettled) in seen.items():
        print(f"{kind:10} {number:7,} texts {size:13,} characters: {differ} differ, {unsettled} not settled")
    print(f"encoding stage {ours:.1f} s, ftfy {theirs:.1f} s")
    return int(any(count[2] or count[3] for count in seen.values()) or not seen)


if __name__ == "__main__":
    sys.exit(main())
