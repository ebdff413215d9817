"""What disks, mails and editors do to a file: a cut, other bytes, more bytes, fewer, some twice."""

import struct
import zipfile
from io import BytesIO

from support.drawn.glb import packed


def damaged(rng, content, suffix):
    """Return a file with one to three damages; in GLB and 3MF files mostly within their parts."""
    if suffix == ".glb" and rng.random() < 0.8:
        (length,) = struct.unpack_from("<I", content, 12)
        text, blob = content[20 : 20 + length], content[28 + length :]
        return packed(_damaged(rng, text), blob) if rng.random() < 0.8 else packed(text, _damaged(rng, blob))
    if suffix == ".3mf" and rng.random() < 0.8:
        stream = BytesIO()
        with zipfile.ZipFile(BytesIO(content)) as given, zipfile.ZipFile(stream, "w") as written:
            names = given.namelist()
            chosen = names[int(rng.integers(len(names)))]
            for name in names:
                part = given.read(name)
                written.writestr(name, _damaged(rng, part) if name == chosen else part)
        return stream.getvalue()
    return _damaged(rng, content)


def _damaged(rng, content):
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(len(content) + 1))
        length = int(rng.integers(1, 9))
        kind = rng.integers(7)
        if kind == 0:
            content = content[:place]
        elif kind == 1 and place < len(content):
            flipped = bytes([content[place] ^ 1 << int(rng.integers(8))])
            content = content[:place] + flipped + content[place + 1 :]
        elif kind == 2:
            content = content[:place] + rng.bytes(length) + content[place + length :]
        elif kind == 3:
            content = content[:place] + rng.bytes(length) + content[place:]
        elif kind == 4:
            content = content[:place] + content[place + length :]
        elif kind == 5:
            content = content[:place] + content[place : place + 40] + content[place:]
        else:
            word = rng.choice([b" ", b"\n", b"\r", b"\f", b"\\\n", b"#", b"-", b"0", b"nan", b"9" * 12])
            content = content[:place] + bytes(word) + content[place:]
    return content
