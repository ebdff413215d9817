"""A tree of named nodes with shapes and materials, and the bytes of a binary glTF 2.0 file of it.

trimesh writes the file. Materials are written here, since colours in glTF are linear and trimesh has no unlit ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.view.colours import rgb

if TYPE_CHECKING:
    import pyvista
    from PIL.Image import Image

Extras = dict[str, Any]
"""What a node tells about itself; anything that fits into JSON."""
ROUGHNESS = 0.7
CLAMP, REPEAT, LINEAR, LINEAR_MIPMAP_LINEAR = 33071, 10497, 9729, 9987
"""How a picture is read beyond its ends and between its pixels: numbers of OpenGL that glTF uses."""


class Nodes:
    """A glTF scene in the making.

    Parameters
    ----------
    generator : str
        What made the file.
    notes : sequence of str
        What a reader of it should know.
    """

    def __init__(self, generator: str, notes: Sequence[str]) -> None:
        import trimesh

        self._scene = trimesh.Scene()
        self._asset = {"version": "2.0", "generator": generator, "extras": {"note": "\n".join(notes)}}
        self._names: dict[str, str] = {}
        self._materials: list[dict[str, Any]] = []

    def add(
        self, key: str, parent: str | None, T_parent_node: NDArray[np.float64], name: str, extras: Extras
    ) -> None:
        """Add a node without a shape.

        Parameters
        ----------
        key, parent : str
            What tells the node and its parent from others; None for a node at the root.
        T_parent_node : ndarray, shape (4, 4)
            From its axes to its parent's.
        name : str
            In the file; several nodes may have one name.
        extras : dict
            Stand in the file beside it.
        """
        self._place(f"node {key}", parent, T_parent_node, name, metadata=extras)

    def add_shape(
        self,
        parent: str,
        name: str,
        shape: pyvista.PolyData,
        material: dict[str, Any],
        extras: Extras,
        *,
        T_parent_node: NDArray[np.float64] | None = None,
        picture: Image | None = None,
    ) -> None:
        """Add a node with a shape.

        Parameters
        ----------
        parent, name, extras
            As for :meth:`add`.
        shape : pyvista.PolyData
            Triangles in the node's axes, with normals, and with texture coordinates for a picture.
        material : dict
            From :func:`material`; it is named as the node.
        T_parent_node : ndarray, shape (4, 4), optional
            From its axes to its parent's; they are the same if not given.
        picture : PIL.Image.Image, optional
            A picture on the shape.
        """
        import trimesh

        key = f"shape {len(self._materials)}"
        normals = shape.point_data.active_normals
        mesh = trimesh.Trimesh(shape.points, shape.regular_faces, vertex_normals=normals, process=False)
        if picture is not None:
            of_picture = trimesh.visual.material.PBRMaterial(name=name, baseColorTexture=picture)
            mesh.visual = trimesh.visual.TextureVisuals(uv=shape.active_texture_coordinates, material=of_picture)
            material["pbrMetallicRoughness"]["baseColorTexture"] = {"index": 0}
        self._materials.append({"name": name, **material})
        self._scene.geometry[key] = mesh
        T = np.eye(4) if T_parent_node is None else T_parent_node
        self._place(key, parent, T, name, geometry=key, metadata=extras)

    def add_camera(self, T_world_camera: NDArray[np.float64], view_deg: float) -> None:
        """Add a camera that looks along its -z, y up, and sees this angle from top to bottom."""
        import trimesh

        self._scene.camera = trimesh.scene.Camera(name="camera", fov=(view_deg * 4 / 3, view_deg), z_near=0.1)
        self._scene.camera_transform = T_world_camera

    def _place(
        self, key: str, parent: str | None, T_parent_node: NDArray[np.float64], name: str, **what: Any
    ) -> None:
        self._names[key] = name
        above = None if parent is None else f"node {parent}"
        self._scene.graph.update(frame_to=key, frame_from=above, matrix=T_parent_node, **what)

    def glb(self) -> bytes:
        """Return the file."""
        from trimesh.exchange.gltf import export_glb

        return bytes(export_glb(self._scene, include_normals=True, tree_postprocessor=self._finish))

    def _finish(self, tree: dict[str, Any]) -> None:
        """Give nodes and shapes their names and materials, and the file its maker."""
        tree["asset"] = self._asset
        tree["materials"] = self._materials
        for node in tree["nodes"]:
            node["name"] = self._names.get(node["name"], node["name"])
        for mesh in tree["meshes"]:
            index = int(mesh["name"].removeprefix("shape "))
            mesh["name"] = self._materials[index]["name"]
            mesh["primitives"][0]["material"] = index
        if "textures" in tree:
            read = {"magFilter": LINEAR, "minFilter": LINEAR_MIPMAP_LINEAR, "wrapS": REPEAT, "wrapT": CLAMP}
            tree["samplers"] = [read]
            for texture in tree["textures"]:
                texture["sampler"] = 0
        if any("extensions" in each for each in self._materials):
            tree["extensionsUsed"] = ["KHR_materials_unlit"]


def material(
    colour: str, opacity: float = 1.0, *, is_lit: bool = True, is_open: bool = False, blends: bool = False
) -> dict[str, Any]:
    """Return a glTF material of a colour such as ``"#0072b2"``.

    Parameters
    ----------
    colour : str
        As on the screen. What is not lit has it from all sides.
    opacity : float
        1 for what nothing is seen through.
    is_lit : bool
        Whether light and shadow fall on it.
    is_open : bool
        True for a surface that is not closed and can be seen from both sides.
    blends : bool
        True for a picture with an opacity of its own.
    """
    surface = {
        "baseColorFactor": [*linear(rgb(colour)), opacity],
        "metallicFactor": 0.0,
        "roughnessFactor": ROUGHNESS,
    }
    found: dict[str, Any] = {"pbrMetallicRoughness": surface}
    if is_open:
        found["doubleSided"] = True
    if blends or opacity < 1:
        found["alphaMode"] = "BLEND"
    if not is_lit:
        found["extensions"] = {"KHR_materials_unlit": {}}
    return found


def linear(colour: tuple[float, float, float]) -> list[float]:
    """Return a colour of the screen (sRGB, IEC 61966-2-1) as light, which glTF's factors are."""
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
