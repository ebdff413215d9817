// An atlas in a browser: targets in the patient, coloured; a click shows what was found of one, its sphere and its map.
const atlas = JSON.parse(at("atlas").textContent);
const all = "all targets", still = 3;  // a button that goes up so many pixels from where it went down was a click
const ray = new THREE.Raycaster(), place = new THREE.Object3D();
let volume, cloud, mark, ball, pressed;

/** The coordinate of a target along an axis, in planes of the lattice. */
function planeOf(target, axis) { return volume.cells[3 * target + axis]; }

function isShown(target) {
  const axis = atlas.slices.findIndex(({ name }) => name === at("shown").value);
  return axis < 0 || planeOf(target, atlas.slices[axis].axis) === Number(at("plane").value);
}

/** Draw the targets of the chosen slice as the cells of the lattice, or all of them as smaller ones. */
function draw() {
  const slice = atlas.slices.find(({ name }) => name === at("shown").value);
  const size = volume.spacing * (slice ? 0.96 : 0.4);
  for (let target = 0; target < volume.rows.length; target += 1) {
    place.position.fromArray(volume.places, 3 * target);
    place.scale.setScalar(isShown(target) ? size : 0);
    place.updateMatrix();
    cloud.setMatrixAt(target, place.matrix);
  }
  cloud.instanceMatrix.needsUpdate = true;
  at("plane").disabled = !slice;
  at("where").textContent = slice ? `${"xyz"[slice.axis]} ${volume.axes[slice.axis][at("plane").value]} mm` : "";
  render();
}

/** Show one of the lattices of the study, if there are several. */
function open(number) {
  volume = atlas.volumes[number];
  if (cloud) scene.remove(cloud);
  const look = new THREE.MeshBasicMaterial();
  cloud = new THREE.InstancedMesh(new THREE.BoxGeometry(1, 1, 1), look, volume.rows.length);
  volume.colours.forEach((text, target) => cloud.setColorAt(target, colour(text)));
  scene.add(cloud);
  at("volume").value = number;
  choosePlane();
}

/** Take the middle plane of the chosen slice. */
function choosePlane() {
  const slice = atlas.slices.find(({ name }) => name === at("shown").value);
  at("plane").max = slice ? volume.axes[slice.axis].length - 1 : 0;
  at("plane").value = slice ? volume.middle[slice.axis] : 0;
  draw();
}

/** Show what was found of a target, and its sphere and map if the study kept them. */
function choose(target) {
  const row = atlas.rows[volume.rows[target]];
  at("target").textContent = row.said;
  at("pairs").replaceChildren(...row.pairs.map((text) => item(text)));
  mark.position.fromArray(volume.places, 3 * target);
  mark.scale.setScalar(1.15 * volume.spacing);
  mark.visible = true;
  at("directions").hidden = ball.visible = false;
  if (row.sphere) showSphere(bytes(row.sphere));
  history.replaceState(null, "", `#case=${row.index}`);
  render();
}

function showSphere(regions) {
  const { rows, columns, legend, clear } = atlas.sphere, flat = new ImageData(columns, rows);
  const round = new Uint8Array(4 * regions.length);
  regions.forEach((region, pixel) => {
    const rgb = legend[region].rgb;
    flat.data.set([...rgb, 255], 4 * pixel);
    round.set([...rgb, clear.includes(region) ? 30 : 150], 4 * pixel);
  });
  const canvas = at("map");
  [canvas.width, canvas.height] = [columns, rows];
  canvas.getContext("2d").putImageData(flat, 0, 0);
  const used = Object.entries(legend).filter(([region, key]) => key.label && regions.includes(Number(region)));
  at("legend").replaceChildren(...used.map(([, key]) => item(key.label, `rgb(${key.rgb})`)));
  ball.material.map = new THREE.DataTexture(round, columns, rows, THREE.RGBAFormat);
  Object.assign(ball.material.map, { encoding: THREE.sRGBEncoding, needsUpdate: true });
  ball.material.needsUpdate = true;
  ball.parent.position.copy(mark.position);
  at("directions").hidden = false;
  ball.visible = true;
}

/** The target under the pointer, of those that are shown. */
function under({ clientX, clientY }) {
  const seen = new THREE.Vector2(2 * clientX / window.innerWidth - 1, 1 - 2 * clientY / window.innerHeight);
  ray.setFromCamera(seen, camera);
  const hit = ray.intersectObject(cloud).find(({ instanceId }) => isShown(instanceId));
  return hit ? hit.instanceId : null;
}

/** The case that the address asks for, as in #case=12. */
function follow() {
  const wanted = Number(new URLSearchParams(location.hash.slice(1)).get("case") ?? NaN);
  atlas.volumes.forEach(({ rows }, number) => {
    const target = rows.findIndex((row) => atlas.rows[row].index === wanted);
    if (target < 0) return;
    open(number);
    choose(target);
  });
}

function start(gltf) {
  light(gltf.scene);
  scene.traverse((node) => { if (node.userData.role === "directions") ball = node; });
  ball.visible = false;
  mark = new THREE.Mesh(new THREE.BoxGeometry(1, 1, 1), new THREE.MeshBasicMaterial({ color: 0x000000, wireframe: true }));
  mark.visible = false;
  scene.add(mark);
  halfView = atlas.halfView;
  look(gltf.cameras[0], atlas.focus);
  at("volume").replaceChildren(...atlas.volumes.map(({ label }, number) => new Option(label, number)));
  at("volume").parentElement.hidden = atlas.volumes.length < 2;
  at("shown").replaceChildren(...[{ name: all }, ...atlas.slices].map(({ name }) => new Option(name)));
  at("volume").addEventListener("change", () => open(Number(at("volume").value)));
  at("shown").addEventListener("change", choosePlane);
  at("plane").addEventListener("input", draw);
  renderer.domElement.addEventListener("pointerdown", (event) => { pressed = event; });
  renderer.domElement.addEventListener("pointerup", (event) => {
    if (!pressed || Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) > still) return;
    const target = under(event);
    if (target !== null) choose(target);
  });
  window.addEventListener("hashchange", follow);
  open(0);
  follow();
  level();
  frame();
  animate();
}

begin("target", start);
