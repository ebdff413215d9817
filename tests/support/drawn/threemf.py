"""3MF files drawn at random: objects of components, in several models of a package, placed by its build."""

import zipfile
from io import BytesIO

import numpy as np
from support.drawn.bodies import Chances, Drawn, body

MS = "http://schemas.microsoft.com/3dmanufacturing"
NAMESPACES = f'xmlns="{MS}/core/2015/02" xmlns:p="{MS}/production/2015/06" xmlns:m="{MS}/material/2015/02"'
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006"
UNITS = ("micron", "millimeter", "centimeter", "inch", "foot", "meter")


def draw(rng, without=()):
    chance = Chances(rng, without)
    models = ["/3D/3dmodel.model"]
    if chance("p:path", 0.4):
        models += ["/3D/Objects/a.model", "/3D/Objects/b.model"][: int(rng.integers(1, 3))]
    texts, known = {}, {}  # (model, id) to its triangles
    for model in models[::-1]:
        objects, first = [], 1 if chance("equal ids", 0.7) else 10 * len(texts) + 1
        for own_id in range(first, first + int(rng.integers(1, 4))):
            reached = [key for key in known if key[0] == model or (model == models[0] and key[0] != model)]
            if reached and chance("components", 0.5):
                xml, triangles = _components(rng, reached, known, model, chance)
            else:
                xml, triangles = _mesh(rng, chance)
            looks = ' name="Body"' if chance("equal names", 0.4) else ""
            objects.append(f'<object id="{own_id}" type="model"{looks}>{xml}</object>')
            known[model, own_id] = triangles
        texts[model] = objects
    items, found = [], []
    for _ in range(int(rng.integers(1, 4))):
        keys = [key for key in known if key[0] == models[0]] if rng.random() < 0.5 else list(known)
        key = keys[int(rng.integers(len(keys)))]
        transform, T = _transform(rng, chance)
        path = f' p:path="{key[0]}"' if key[0] != models[0] else ""
        items.append(f'<item objectid="{key[1]}"{path}{transform}/>')
        found.append(_moved(known[key], T))
    unit = UNITS[rng.integers(6)]
    head = f'unit="{unit}"' if chance("units", 0.8) else ""
    parts = {name: _model(head, objects, items if name == models[0] else []) for name, objects in texts.items()}
    return Drawn(packed(parts, related=chance("relationships", 0.5)), np.concatenate(found), features=chance.found)


def _mesh(rng, chance):
    each = body(rng, polygons=False)
    form = ("{:g}", "{:.3f}", "{:+.5e}")[rng.integers(3)]
    rows = "".join('<vertex x="{}" y="{}" z="{}"/>'.format(*map(form.format, vertex)) for vertex in each.vertices)
    faces = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in each.faces)
    gap = "\n  <!-- vertex -->\t" if chance("comments", 0.4) else ""
    return f"<mesh>{gap}<vertices>{rows}</vertices>{gap}<triangles>{faces}</triangles></mesh>", np.array(
        each.triangles()
    )


def _components(rng, reached, known, model, chance):
    parts, found = [], []
    for _ in range(int(rng.integers(1, 3))):
        key = reached[int(rng.integers(len(reached)))]
        transform, T = _transform(rng, chance)
        path = f' p:path="{key[0]}"' if key[0] != model else ""
        parts.append(f'<component objectid="{key[1]}"{path}{transform}/>')
        found.append(_moved(known[key], T))
    return f"<components>{''.join(parts)}</components>", np.concatenate(found)


def _transform(rng, chance):
    if not chance("transforms", 0.7):
        return "", np.eye(4)[:, :3]
    T = np.vstack([np.linalg.qr(rng.normal(size=(3, 3)))[0], rng.integers(-200, 200, 3)])
    T[:3] *= (-1 if chance("mirrored", 0.4) else 1) * np.sign(np.linalg.det(T[:3]))
    return f' transform="{" ".join(f"{value:.9f}" for value in T.ravel())}"', T


def _moved(triangles, T):
    moved = triangles @ T[:3] + T[3]
    return moved if np.linalg.det(T[:3]) > 0 else moved[:, ::-1]


def _model(head, objects, items):
    resources, build = "".join(objects), "".join(items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<model {head} xml:lang="en-US" {NAMESPACES} requiredextensions="p">'
        f'<metadata name="Title">vertex</metadata><resources>{resources}</resources><build>{build}</build></model>'
    )


def packed(parts, related=True, compression=zipfile.ZIP_DEFLATED):
    """Return a package whose root is the model 3D/3dmodel.model, with the other models related to it or not."""
    root = "/3D/3dmodel.model"
    link = f'<Relationship Target="{{}}" Id="r{{}}" Type="{MS}/2013/01/3dmodel"/>'
    rels = f'<Relationships xmlns="{RELATIONSHIPS}/relationships">{{}}</Relationships>'
    others = [name for name in parts if name != root]
    types = (
        f'<Types xmlns="{RELATIONSHIPS}/content-types"><Default Extension="rels" ContentType="application/'
        'vnd.openxmlformats-package.relationships+xml"/><Default Extension="model" ContentType="application/'
        'vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>'
    )
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as written:
        written.writestr("[Content_Types].xml", types)
        written.writestr("_rels/.rels", rels.format(link.format(root, 0)))
        if related and others:
            links = "".join(link.format(name, k) for k, name in enumerate(others))
            written.writestr("3D/_rels/3dmodel.model.rels", rels.format(links))
        for name, text in parts.items():
            written.writestr(name[1:], text)
    return stream.getvalue()
