// The room in a browser: sliders move the joints of its glTF file, and the map says what holds there.
const room = JSON.parse(at("room").textContent);
const map = room.map && { ...room.map, status: bytes(room.map.status), culprits: bytes(room.map.culprits) };
const followed = Object.entries(map ? map.follows : {}).map(([name, text]) => [name, new Float32Array(bytes(text).buffer)]);
const stands = Object.fromEntries(followed);  // of the joints of an arm, at the poses of the map
const moving = [], parts = {}, marks = {}, sliders = [];
halfView = room.halfView;

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
  light(gltf.scene);
  scene.traverse(take);
  look(gltf.cameras[0], room.focus);
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

begin("pose", start);
