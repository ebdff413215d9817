"""A binary glTF 2.0 file, read by the specification: what a reader that knows nothing of this project finds in it."""

import io
import json
import struct

import numpy as np
from PIL import Image

KINDS = {5121: "<u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
SIZES = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


class Glb:
    """Nodes, meshes, materials and pictures of a file; ``turned`` may hold other matrices for nodes."""

    def __init__(self, content):
        magic, self.version, length = struct.unpack_from("<4sII", content)
        assert (magic, length) == (b"glTF", len(content))
        chunks, start = {}, 12
        while start < len(content):
            size, kind = struct.unpack_from("<I4s", content, start)
            chunks[kind] = content[start + 8 : start + 8 + size]
            assert size % 4 == 0
            start += 8 + size
        self.tree = json.loads(chunks[b"JSON"])
        self._binary = chunks[b"BIN\0"]
        self._parent = {child: k for k, node in enumerate(self.nodes) for child in node.get("children", ())}
        self.turned = {}

    @property
    def nodes(self):
        return self.tree["nodes"]

    def node(self, **extras):
        """The index of the node with these extras, such as ``part="head cover"``."""
        (found,) = [k for k, node in enumerate(self.nodes) if extras.items() <= node.get("extras", {}).items()]
        return found

    def local(self, index):
        """The matrix (4, 4) of a node to its parent's axes."""
        assert not {"translation", "rotation", "scale"} & self.nodes[index].keys()
        return np.reshape(self.nodes[index].get("matrix", np.eye(4)), (4, 4)).T

    def world(self, index):
        """The matrix (4, 4) of a node to the file's axes: metres, y up."""
        T = self.turned.get(index, self.local(index))
        return T if index not in self._parent else self.world(self._parent[index]) @ T

    def path(self, index):
        """The names from the root to a node."""
        name = [self.nodes[index]["name"]]
        return name if index not in self._parent else self.path(self._parent[index]) + name

    def primitive(self, index):
        return self.tree["meshes"][self.nodes[index]["mesh"]]["primitives"][0]

    def attribute(self, index, name):
        return self._array(self.primitive(index)["attributes"][name])

    def faces(self, index):
        return self._array(self.primitive(index)["indices"]).reshape(-1, 3)

    def triangles(self, index):
        """The corners (m, 3, 3) of a node's mesh in the file's axes."""
        T = self.world(index)
        points = self.attribute(index, "POSITION").astype(float) @ T[:3, :3].T + T[:3, 3]
        return points[self.faces(index)]

    def material(self, index):
        return self.tree["materials"][self.primitive(index)["material"]]

    def picture(self, index):
        """The picture (rows, columns, 4) on a node's mesh, 0 to 255, from its upper left."""
        texture = self.material(index)["pbrMetallicRoughness"]["baseColorTexture"]["index"]
        image = self.tree["images"][self.tree["textures"][texture]["source"]]
        assert image["mimeType"] == "image/png"
        view = self.tree["bufferViews"][image["bufferView"]]
        return np.asarray(Image.open(io.BytesIO(self._binary[view["byteOffset"] :][: view["byteLength"]])))

    def _array(self, accessor):
        told = self.tree["accessors"][accessor]
        view = self.tree["bufferViews"][told["bufferView"]]
        size = SIZES[told["type"]]
        start = view.get("byteOffset", 0) + told.get("byteOffset", 0)
        flat = np.frombuffer(self._binary, KINDS[told["componentType"]], told["count"] * size, start)
        return flat.reshape(-1, size) if size > 1 else flat
