"""Cut the inputs into batches: by count and bytes alone, so that the same inputs always give the same batches."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator
from itertools import accumulate

from cleaner.dumps.inputs import Inputs
from cleaner.dumps.items import END, Bad, Item, Position, Skip, Stream
from cleaner.dumps.read import read
from cleaner.dumps.read.open import Opener
from cleaner.dumps.work import Batch
from cleaner.errors import RunError

#: A batch is full at so many records, or so many bytes.
RECORDS, BYTES = 128, 1 << 20
#: A batch that begins among the first records of a stream is smaller, so that there is something to see at once.
FIRST_RECORDS, FIRST_BYTES = 32, 1 << 17
#: Records that are no pages are passed over in batches of this many, so that a place is kept now and then.
PASSED = 20_000


def batches(inputs: Inputs, start: Position, limit: int, sample: int | None = None, check: int = 0) -> Iterator[Batch]:
    """The batches of all inputs, from a position on.

    Args:
        inputs: what to read.
        start: where to begin.
        limit: records of more bytes than this are not kept.
        sample: read so many records only, spread evenly over the streams and taken from the front of each.
        check: for standard input, the checksum of what lies before ``start``.

    Yields:
        The batches, in the order of the inputs. None holds records of two streams.

    Raises:
        RunError: a connection broke, or standard input is not what it was.
    """
    opener = Opener(inputs.stdin)
    done = sum(stream.size for stream in inputs.streams[: start.stream])
    left = sample
    for stream in inputs.streams[start.stream :]:
        index, offset = (start.record, start.offset) if stream.number == start.stream else (0, 0)
        quota = None
        if left is not None:
            quota = -(-left // (len(inputs.streams) - stream.number))
        if stream.name == "-" and index:
            items = _again(read(opener, stream, 0, 0, limit), index, check)
        else:
            items = read(opener, stream, index, offset, limit)
        for batch in _of_stream(opener, stream, items, done, quota):
            if left is not None:
                left -= sum(not isinstance(item.data, Skip) for item in batch.items)
            yield batch
        done += stream.size
        if left is not None and left <= 0:
            return


def _of_stream(opener: Opener, stream: Stream, items: Iterator[Item], done: int, quota: int | None) -> Iterator[Batch]:
    held: list[Item] = []
    size = pages = 0
    following = Position(stream.number + 1)
    whole = stream.size
    #: Of pages, how many bytes lie before each; there may be millions.
    before = array("q", accumulate((max(0, size) for size in stream.sizes), initial=0))

    def batch(after: Position) -> Batch:
        known = stream
        if stream.format == "page":
            first, last = held[0].number, held[-1].number + 1
            names = stream.names[first - stream.first : last - stream.first]
            known = stream._replace(names=names, sizes=(), stamps=(), first=first)
        here = before[held[-1].number] if stream.format == "page" else opener.position
        return Batch(known, tuple(held), after, done + min(here, whole))

    ended = False
    for item in items:
        if quota is not None and not isinstance(item.data, Skip):
            if quota == 0:
                break
            quota -= 1
        held.append(item)
        size += item.size
        pages += not isinstance(item.data, Skip)
        ended = item.after == END
        full = FIRST_BYTES if held[0].number < FIRST_RECORDS else BYTES
        if pages >= RECORDS or size >= full or len(held) >= PASSED:
            yield batch(following if ended else Position(stream.number, item.number + 1, item.after))
            held, size, pages = [], 0, 0
    if held:
        yield batch(following)


def _again(items: Iterator[Item], index: int, check: int) -> Iterator[Item]:
    """Read standard input up to record ``index`` once more, and see that it is the same."""
    found = 0
    for item in items:
        if item.number >= index:
            if found != check:
                break
            yield item
            yield from items
            return
        found = checksum(found, item)
    if found != check:
        raise RunError("standard input is not what it was when this run began; give it the same, or --restart")


def checksum(before: int, item: Item) -> int:
    """The checksum of a record and those before it."""
    data = item.data.record if isinstance(item.data, Bad) else item.data
    return zlib.crc32(data if isinstance(data, bytes) else repr(data).encode("utf-8", "surrogatepass"), before)
