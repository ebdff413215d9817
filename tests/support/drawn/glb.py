"""GLB files drawn at random: what glTF 2.0 can say of where triangles are."""

import json
import struct

import numpy as np
from scipy.spatial.transform import Rotation
from support.drawn.bodies import Chances, Drawn, body

CODES = {"<i1": 5120, "<u1": 5121, "<i2": 5122, "<u2": 5123, "<u4": 5125, "<f4": 5126}
KINDS = {1: "SCALAR", 3: "VEC3", 4: "VEC4"}


class Writer:
    """Tables of a file while they grow."""

    def __init__(self, rng, without):
        self.rng, self.blob, self.chance = rng, b"", Chances(rng, without)
        self.views, self.accessors, self.meshes, self.nodes = [], [], [], []
        self.used = set()

    def view(self, content, **more):
        self.blob += b"\0" * (-len(self.blob) % 4 + 4 * int(self.rng.integers(2)))
        self.views.append({"buffer": 0, "byteOffset": len(self.blob), "byteLength": len(content), **more})
        self.blob += content
        return len(self.views) - 1

    def accessor(self, values, kind, bounds=False, **more):
        """Store values (n, width), in a view of their own, in one with gaps, or as changes to other ones."""
        values = np.asarray(values, kind).reshape(len(values), -1)
        told = {"componentType": CODES[kind], "count": len(values), "type": KINDS[values.shape[1]], **more}
        if bounds:
            told |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        if values.shape[1] > 1 and self.chance("sparse", 0.2):
            places = np.flatnonzero(self.rng.random(len(values)) < 0.5)
            places = places if len(places) else np.array([0])
            base = values.copy()
            base[places] = 0
            if base.any() or self.rng.random() < 0.5:
                told["bufferView"] = self.view(base.tobytes())
            index_kind = ("<u1", "<u2", "<u4")[self.rng.integers(3)]
            told["sparse"] = {
                "count": len(places),
                "indices": {
                    "bufferView": self.view(places.astype(index_kind).tobytes()),
                    "componentType": CODES[index_kind],
                },
                "values": {"bufferView": self.view(values[places].tobytes())},
            }
        elif values.shape[1] > 1 and self.chance("strides"):
            width = values.itemsize * values.shape[1]
            stride, offset = -(-width // 4) * 4 + 4 * int(self.rng.integers(1, 4)), 4 * int(self.rng.integers(2))
            gaps = np.full((len(values), stride), 7, np.uint8)
            gaps[:, :width] = np.frombuffer(values.tobytes(), np.uint8).reshape(len(values), -1)
            told["bufferView"] = self.view(b"\7" * offset + gaps.tobytes(), byteStride=stride)
            told["byteOffset"] = offset
        else:
            told["bufferView"] = self.view(values.tobytes())
        self.accessors.append(told)
        return len(self.accessors) - 1

    def mesh(self):
        """Add a mesh, and return its index and its triangles in its own axes."""
        each = body(self.rng, polygons=self.chance("fans and strips", 0.5))
        shown, attributes, more = each.vertices, {}, {}
        if self.chance("quantised", 0.2):
            self.used.add("KHR_mesh_quantization")
            attributes["POSITION"] = self.accessor(np.floor(shown), "<i2", bounds=True)
            shown = np.floor(shown)
        elif self.chance("normalised", 0.15):
            self.used.add("KHR_mesh_quantization")
            stored = np.floor(shown * 30)
            attributes["POSITION"] = self.accessor(stored, "<i2", bounds=True, normalized=True)
            shown = stored / 32767
        elif self.chance("morphed", 0.25):
            moved = np.round(self.rng.normal(size=(2, *shown.shape)) * 80) / 8
            targets = [{"POSITION": self.accessor(each, "<f4", bounds=True)} for each in moved]
            attributes["POSITION"] = self.accessor(shown, "<f4", bounds=True)
            weights = [0.5, 0.0] if self.rng.random() < 0.7 else [-1.0, 0.25]
            more = {"weights": weights}
            shown = shown + weights[0] * moved[0] + weights[1] * moved[1]
        else:
            attributes["POSITION"] = self.accessor(shown, "<f4", bounds=True)
        attributes["NORMAL"] = attributes["POSITION"] if self.chance("normals", 0.2) else 0
        if attributes["NORMAL"] == 0:
            del attributes["NORMAL"]
        primitives, triangles = self.primitives(each, shown, attributes)
        if more:
            primitives = [{**primitive, "targets": targets} for primitive in primitives]
        if self.chance("points and lines", 0.2):
            primitives.append({**primitives[0], "mode": int(self.rng.integers(4))})
        self.meshes.append({"name": "same", "primitives": primitives, **more})
        return len(self.meshes) - 1, triangles

    def primitives(self, each, shown, attributes):
        """Divide a body into primitives of all modes."""
        kind = ("<u1", "<u2", "<u4")[self.rng.integers(3)]
        alone = [face for face in each.faces if len(face) == 3]
        found, triangles = [], [shown[face] for face in alone]
        if alone:
            found.append({"attributes": attributes, "indices": self.accessor(np.ravel(alone), kind), "mode": 4})
            if self.rng.random() < 0.3:
                del found[-1]["mode"]
        for face in each.faces:
            if len(face) == 3:
                continue
            if self.rng.random() < 0.5:
                found.append({"attributes": attributes, "indices": self.accessor(face, kind), "mode": 6})
                triangles += [shown[[face[k + 1], face[k + 2], face[0]]] for k in range(len(face) - 2)]
            else:
                strip = (
                    face if self.rng.random() < 0.5 else [face[0], *face]
                )  # begins with a triangle without an area
                found.append({"attributes": attributes, "indices": self.accessor(strip, kind), "mode": 5})
                for k in range(len(strip) - 2):
                    corners = [strip[k], strip[k + 1 + k % 2], strip[k + 2 - k % 2]]
                    triangles += [shown[corners]] if len(set(corners)) == 3 else []
        if self.chance("not indexed", 0.2) and "targets" not in found[0] and len(alone) == len(each.faces):
            flat = np.ravel(alone)
            if shown is each.vertices:
                found = [{"attributes": {"POSITION": self.accessor(shown[flat], "<f4", bounds=True)}}]
        return found, np.array(triangles)

    def local(self, node):
        """Give a node a transform, and return it (4, 4)."""
        T = np.eye(4)
        if not self.chance("transforms", 0.7):
            return T
        turn = Rotation.from_quat(self.rng.normal(size=4))
        scale = self.rng.choice([0.5, 1.0, 2.0, -1.0 if self.chance("mirrored") else 1.0], 3)
        shift = self.rng.integers(-300, 300, 3).astype(float)
        T[:3, :3] = turn.as_matrix() * scale
        T[:3, 3] = shift
        if self.rng.random() < 0.5:
            node["matrix"] = T.T.ravel().tolist()
        else:
            node |= {"rotation": turn.as_quat().tolist(), "scale": scale.tolist(), "translation": shift.tolist()}
        return T

    def instances(self, node):
        """Give a node instances, and return their transforms (n, 4, 4)."""
        self.used.add("EXT_mesh_gpu_instancing")
        number = int(self.rng.integers(1, 4))
        turns = Rotation.from_quat(self.rng.normal(size=(number, 4)))
        turns = Rotation.from_quat(turns.as_quat().astype("<f4"))
        shifts, scales = self.rng.integers(-300, 300, (number, 3)), self.rng.choice([0.5, 1.0, 2.0], (number, 3))
        T = np.tile(np.eye(4), (number, 1, 1))
        attributes = {"TRANSLATION": self.accessor(shifts, "<f4")}
        T[:, :3, 3] = shifts
        if self.rng.random() < 0.6:
            attributes["ROTATION"] = self.accessor(turns.as_quat(), "<f4")
            T[:, :3, :3] = turns.as_matrix()
        if self.rng.random() < 0.6:
            attributes["SCALE"] = self.accessor(scales, "<f4")
            T[:, :3, :3] *= scales[:, None, :]
        node["extensions"] = {"EXT_mesh_gpu_instancing": {"attributes": attributes}}
        return T


def draw(rng, without=()):
    writer, found = Writer(rng, without), []
    meshes = [writer.mesh() for _ in range(rng.integers(1, 4))]
    roots, chain = [], [np.eye(4)]
    for number in range(int(rng.integers(1, 5))):
        node = {"name": "same"}
        parent = int(rng.integers(number)) if number and writer.chance("nested", 0.6) else None
        T = (np.eye(4) if parent is None else chain[parent + 1]) @ writer.local(node)
        chain.append(T)
        index, triangles = meshes[int(rng.integers(len(meshes)))] if number else meshes[0]
        if number == 0 or rng.random() < 0.8:
            node["mesh"] = index
            places = T @ (writer.instances(node) if writer.chance("instances", 0.25) else np.eye(4)[None])
            for place in places:
                placed = triangles @ place[:3, :3].T + place[:3, 3]
                found.append(placed if np.linalg.det(place[:3, :3]) > 0 else placed[:, ::-1])
        writer.nodes.append(node)
        if parent is None:
            roots.append(number)
        else:
            writer.nodes[parent].setdefault("children", []).append(number)
    scenes, scene = [{"nodes": roots}], {"scene": 0}
    if writer.chance("several scenes", 0.2):
        writer.nodes.append({"mesh": 0, "name": "elsewhere"})
        scenes, scene = [{"nodes": [len(writer.nodes) - 1]}, {"nodes": roots}], {"scene": 1}
    elif rng.random() < 0.2:
        scene = {}
    tree = {
        "asset": {"version": "2.0", "generator": "a test"}, **scene, "scenes": scenes, "nodes": writer.nodes,
        "meshes": writer.meshes, "accessors": writer.accessors, "bufferViews": writer.views,
        "buffers": [{"byteLength": len(writer.blob)}], "materials": [{"name": "of any look", "alphaMode": "BLEND"}],
    }  # fmt: skip
    if writer.used:
        tree["extensionsUsed"] = sorted(writer.used)
        tree["extensionsRequired"] = sorted(writer.used)
    return Drawn(packed(tree, writer.blob), np.concatenate(found), features=writer.chance.found)


def packed(tree, blob):
    """Return a file of a JSON tree and a binary chunk."""
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    blob += b"\0" * (-len(blob) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(blob), b"BIN\0") + blob
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
