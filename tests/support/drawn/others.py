"""The same files through readers of others: VTK's, without a screen, assimp's, trimesh's and plyfile."""

import warnings

import numpy as np


def vtk_triangles(path):
    """Return the triangles (n, 3, 3) that VTK draws of an STL, OBJ, PLY or GLB file, polygons cut."""
    import vtk
    from vtk.util.numpy_support import vtk_to_numpy

    vtk.vtkObject.GlobalWarningDisplayOff()
    readers = {
        ".stl": vtk.vtkSTLReader,
        ".obj": vtk.vtkOBJReader,
        ".ply": vtk.vtkPLYReader,
        ".glb": vtk.vtkGLTFReader,
    }
    reader = readers[path.suffix]()
    reader.SetFileName(str(path))
    if path.suffix == ".stl":
        reader.MergingOff()
    if path.suffix == ".glb":
        reader.ApplyDeformationsToGeometryOn()
    reader.Update()
    output = reader.GetOutput()
    found = [np.empty((0, 3, 3))]
    for part in _parts(output):
        cut = vtk.vtkTriangleFilter()
        cut.PassLinesOff()
        cut.PassVertsOff()
        cut.SetInputData(part)
        cut.Update()
        polygons = cut.GetOutput()
        if polygons.GetNumberOfPolys():
            points = vtk_to_numpy(polygons.GetPoints().GetData()).astype(float)
            faces = vtk_to_numpy(polygons.GetPolys().GetConnectivityArray()).reshape(-1, 3)
            found.append(points[faces])
    return np.concatenate(found)


def _parts(output):
    if not output.IsA("vtkCompositeDataSet"):
        yield output
        return
    iterator = output.NewIterator()
    iterator.InitTraversal()
    while not iterator.IsDoneWithTraversal():
        yield iterator.GetCurrentDataObject()
        iterator.GoToNextItem()


def assimp_triangles(path):
    """Return the triangles (n, 3, 3) that assimp reads of a file, without those that have no area."""
    import assimp_py

    flags = assimp_py.Process_Triangulate | assimp_py.Process_PreTransformVertices
    found = [np.empty((0, 3, 3))]
    for mesh in assimp_py.import_file(str(path), flags).meshes:
        points = np.asarray(mesh.vertices, dtype=float).reshape(-1, 3)
        found.append(points[np.asarray(mesh.indices).reshape(-1, 3)])
    corners = np.concatenate(found)
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return corners[areas > 0]


def trimesh_triangles(path):
    """Return the triangles (n, 3, 3) that trimesh reads of a file."""
    import trimesh

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(trimesh.load_scene(path, process=False).to_mesh().triangles)


def plyfile_polygons(path):
    """Return the polygons (n, 3) that plyfile finds in a PLY file."""
    from plyfile import PlyData

    held = PlyData.read(str(path))
    vertices = np.stack([np.asarray(held["vertex"][axis], dtype=float) for axis in "xyz"], axis=1)
    return [vertices[np.asarray(face[0], dtype=np.int64)] for face in held["face"].data] if "face" in held else []
