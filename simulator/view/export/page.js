// The room in a browser: three.js draws the glTF file, sliders move its joints, and the map says what holds there.
"use strict";
const at = (id) => document.getElementById(id);
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const colour = (text) => new THREE.Color(text).convertSRGBToLinear();

const room = JSON.parse(at("room").textContent);
const map = room.map && { ...room.map, status: bytes(room.map.status), culprits: bytes(room.map.culprits) };
const followed = Object.entries(map ? map.follows : {}).map(([name, text]) => [name, new Float32Array(bytes(text).buffer)]);
const stands = Object.fromEntries(followed);  // of the joints of an arm, at the poses of the map
const moving = [], parts = {}, marks = {}, sliders = [];
const scene = new THREE.Scene(), torch = new THREE.DirectionalLight(0xffffff, 0.16);
let renderer, camera, controls;

/** Which pose of the map it is; null for the one of the file, which was checked. */
function cellOf(pose) {
  if (!map || pose.every((value, k) => value === room.joints[k].value)) return null;
  return pose.reduce((before, value, k) => before * map.axes[k].length + nearest(k, value), 0);
}

/** What holds at a pose: as it was checked, if it is the one of the file; else as the map has it. */
function answer(cell) {
  if (cell === null) return room;
  const bits = map.culprits, poses = map.status.length;
  const isCulprit = (bit) => (bits[bit >> 3] >> (7 - (bit & 7))) & 1;
  const pairs = map.pairs.filter((_, k) => isCulprit(k * poses + cell));
  const culprits = pairs.map((pair) => pair.name), guilty = pairs.flatMap((pair) => pair.parts);
  return { status: map.status[cell], culprits, guilty, gap: null };
}

/** How far two values of a joint are apart; angles round the circle. */
function apart(k, from, to) {
  return room.joints[k].unit === "deg" ? Math.abs(((from - to) % 360 + 540) % 360 - 180) : Math.abs(from - to);
}

/** The index of the map's value of a joint that is nearest to one. */
function nearest(k, value) {
  const list = map.axes[k];
  return list.reduce((best, from, here) => (apart(k, from, value) < apart(k, list[best], value) ? here : best), 0);
}

function told(k, value) { return `${value}${room.joints[k].symbol}`; }

function show(pose) {
  const cell = cellOf(pose), found = answer(cell);
  for (const { node, name, k, multiplier, axis, isTurning, place, turn } of moving) {
    const leads = k < 0 ? (cell === null || !stands[name] ? room.follows[name] : stands[name][cell]) : pose[k];
    if (Number.isNaN(leads)) continue;  // an arm that is out of reach stays where it is
    const value = multiplier * leads;
    if (isTurning) node.quaternion.copy(turn).multiply(turned(axis, value));
    else node.position.copy(place).add(axis.clone().multiplyScalar(value).applyQuaternion(turn));
  }
  sliders.forEach((slider, k) => { slider.nextElementSibling.value = told(k, pose[k]); });
  for (const [name, part] of Object.entries(parts)) {
    part.material.color.copy(colour(found.guilty.includes(name) ? room.colours[found.status] : part.userData.colour));
  }
  if (marks.clearance) marks.clearance.visible = found.gap !== null;
  at("pose").textContent = room.joints.map((joint, k) => `${joint.name} ${told(k, pose[k])}`).join(", ");
  at("status").textContent = room.statuses[found.status];
  at("status").dataset.status = found.status;
  at("culprits").replaceChildren(...found.culprits.map((name) => item(name)));
  at("gap").hidden = found.gap === null;
  at("gap").textContent = found.gap;
  render();
}

function turned(axis, degrees) {
  return new THREE.Quaternion().setFromAxisAngle(axis, THREE.MathUtils.degToRad(degrees));
}

function item(text, swatch) {
  const line = document.createElement("li");
  if (swatch) line.appendChild(document.createElement("i")).style.background = swatch;
  line.append(text);
  return line;
}

/** The pose that the address asks for, as in #gantry=100&couch=60 or #gantry=350: at the map's nearest values.
 * What it leaves out, or is more than a step beyond the map, is as in the file. */
function asked() {
  const given = new URLSearchParams(location.hash.slice(1));
  return room.joints.map(({ name, value }, k) => {
    const wanted = parseFloat(given.get(name));
    if (!map || !isFinite(wanted)) return value;
    const list = map.axes[k], near = list[nearest(k, wanted)];
    return list.length < 2 || apart(k, near, wanted) <= list[1] - list[0] ? near : value;
  });
}

function follow() {
  const pose = asked();
  sliders.forEach((slider, k) => { slider.value = nearest(k, pose[k]); });
  show(pose);
}

function chosen() { return sliders.map((slider, k) => map.axes[k][slider.value]); }

function link() {
  const pose = chosen().map((value, k) => [room.joints[k].name, value]);
  history.replaceState(null, "", `#${new URLSearchParams(pose)}`);
}

function addSlider({ name }, k) {
  const line = at("sliders").appendChild(document.createElement("label"));
  const slider = document.createElement("input");
  const last = map.axes[k].length - 1;
  Object.assign(slider, { type: "range", name, step: 1, min: 0, max: last, disabled: last === 0 });
  line.append(name, slider, document.createElement("output"));
  slider.addEventListener("input", () => show(chosen()));
  slider.addEventListener("change", link);
  sliders.push(slider);
}

/** Up stays up, and the viewer stays off the poles, where there is no up. */
function level() {
  const away = new THREE.Spherical().setFromVector3(camera.position.clone().sub(controls.target));
  away.phi = Math.min(Math.max(away.phi, 0.05), Math.PI - 0.05);
  camera.position.setFromSpherical(away).add(controls.target);
  camera.up.set(0, 1, 0);
  camera.lookAt(controls.target);
}

/** The room in the middle of what the panel leaves free, and small enough for it. */
function frame() {
  const [width, height] = [window.innerWidth, window.innerHeight], beside = width > 720;
  const [left, below] = beside ? [320, 0] : [0, 0.45 * height];
  const fits = Math.min(height - below, (width - left) * 0.75) / height;
  renderer.setSize(width, height);
  controls.handleResize();
  camera.fov = THREE.MathUtils.radToDeg(2 * Math.atan(room.halfView / fits));
  camera.setViewOffset(width, height, -left / 2, below / 2, width, height);
  render();
}

function render() {
  torch.position.copy(camera.position);
  renderer.render(scene, camera);
}

function animate() {
  requestAnimationFrame(animate);
  controls.update();
}

/** Remember a part, a mark, or a joint with where it would stand at 0. */
function take(node) {
  const { joint, part, role, axis, value, type, mimic = joint, multiplier = 1 } = node.userData;
  if (part) parts[part] = node;
  if (role) marks[role] = node;
  const k = room.joints.findIndex(({ name }) => name === mimic);
  if (!joint || (k < 0 && !(mimic in room.follows))) return;
  const isTurning = type === "revolute", along = new THREE.Vector3(...axis), turn = node.quaternion.clone();
  const place = node.position.clone();
  if (isTurning) turn.multiply(turned(along, -value));
  else place.sub(along.clone().multiplyScalar(value).applyQuaternion(turn));
  moving.push({ node, name: mimic, k, multiplier, axis: along, isTurning, place, turn });
}

function start(gltf) {
  scene.add(gltf.scene, torch);
  scene.background = new THREE.Color("#f4f6f8");
  // Most light from above and from the left, so that faces differ; a little from the viewer, so that none is black.
  const lamp = new THREE.DirectionalLight(0xffffff, 0.5);
  lamp.position.set(-0.45, 1, 0.65);
  scene.add(lamp, new THREE.HemisphereLight(0xffffff, 0x8d8478, 0.42));
  scene.traverse(take);
  camera = gltf.cameras[0];
  controls = new THREE.TrackballControls(camera, renderer.domElement);
  controls.staticMoving = true;
  controls.panSpeed = 0.8;
  controls.target.set(...room.focus);
  controls.addEventListener("change", () => { level(); render(); });
  window.addEventListener("resize", frame);
  window.addEventListener("hashchange", follow);
  at("ball").addEventListener("change", () => { marks.directions.visible = at("ball").checked; render(); });
  if (map) room.joints.forEach(addSlider);
  at("sliders").hidden = at("directions").hidden = !map;
  at("pose").hidden = Boolean(map);  // the sliders tell it
  at("legend").replaceChildren(...room.legend.map((key) => item(key.label, key.colour)));
  follow();
  level();
  frame();
  animate();
}

try {
  renderer = new THREE.WebGLRenderer({ antialias: true });
} catch {
  at("pose").textContent = "This browser cannot draw in 3D (WebGL is missing or switched off).";
}
if (renderer) {
  renderer.setPixelRatio(window.devicePixelRatio);
  renderer.outputEncoding = THREE.sRGBEncoding;
  document.body.prepend(renderer.domElement);
  new THREE.GLTFLoader().parse(bytes(at("glb").textContent).buffer, "", start);
}
