"""Parametric solids: the generators of the meshes in ``meshes/``.

A model's description names its generator, as a module of this package (``c_arm``: its function ``build``) or as
module and function (``phantoms.box``). A generator takes the values of the description's ``[dimensions]`` and
returns the solids of the model's own parts by the stem of their mesh files. No dimension is in the code: the code
says which shape a part has, the description says how large it is and how that is known.
"""
