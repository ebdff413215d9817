"""An OBJ file read in the plainest way: what its words say, without judging them."""

import re

import numpy as np


def polygons_of_obj(content):
    """Return the corners (k, 3) of each face."""
    text = re.sub(rb"\r\n?", b"\n", content)
    text = re.sub(rb"#.*", b"", text).replace(b"\\\n", b" ")
    points, faces = [], []
    for line in text.split(b"\n"):
        match line.split():
            case [b"v", x, y, z, *_]:
                points.append([float(x), float(y), float(z)])
            case [b"f", *corners]:
                indices = [int(corner.split(b"/")[0]) for corner in corners]
                faces.append([index - 1 if index > 0 else len(points) + index for index in indices])
    return [np.array([points[index] for index in face]) for face in faces]
