// Pose, status and legend over the room. The page around it has made scene, renderer and render(), and makes camera
// and controls when it has read the room.
"use strict";
(() => {
  const room = JSON.parse(document.getElementById("room").textContent);
  const at = (id) => document.getElementById(id);
  if (typeof renderer === "undefined" || !renderer) {
    at("pose").textContent = "This browser cannot draw in 3D (WebGL is missing or switched off).";
    return;
  }
  const angles = ["gantry", "couch"], joints = {}, parts = {}, marks = {};
  const decoded = (text, Kind) => new Kind(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const map = room.map && { ...room.map, status: decoded(room.map.status, Uint8Array),
    culprits: decoded(room.map.culprits, Uint8Array) };
  const colour = (text) => new THREE.Color(text).convertSRGBToLinear();

  renderer.outputEncoding = THREE.sRGBEncoding;
  scene.background = new THREE.Color("#f4f6f8");
  // Most light from above and from the left, so that faces differ; a little from the viewer, so that none is black.
  const lamp = new THREE.DirectionalLight(0xffffff, 0.5);
  lamp.position.set(-0.45, 1, 0.65);
  scene.add(lamp, new THREE.HemisphereLight(0xffffff, 0x8d8478, 0.42));
  tracklight.intensity = 0.16;

  /** What holds at a pose: as it was checked, if it is the one of the file; else as the map has it. */
  function answer(pose) {
    if (!map || pose.every((angle, k) => angle === room.pose[k])) return room;
    const cell = index(0, pose[0]) * map.couch.length + index(1, pose[1]);
    const bits = map.culprits, poses = map.status.length;
    const isCulprit = (bit) => (bits[bit >> 3] >> (7 - (bit & 7))) & 1;
    const pairs = map.pairs.filter((_, k) => isCulprit(k * poses + cell));
    const culprits = pairs.map((pair) => pair.name), guilty = pairs.flatMap((pair) => pair.parts);
    return { status: map.status[cell], culprits, guilty, gap: null };
  }

  /** How far two angles are apart, round the circle. */
  function apart(from, to) { return Math.abs(((from - to) % 360 + 540) % 360 - 180); }

  /** The index of the grid's angle that is nearest to one. */
  function index(k, angle) {
    const list = map[angles[k]];
    return list.reduce((best, from, here) => (apart(from, angle) < apart(list[best], angle) ? here : best), 0);
  }

  function show(pose) {
    const found = answer(pose);
    angles.forEach((name, k) => {
      const { node, zero, axis } = joints[name];
      const turn = new THREE.Quaternion().setFromAxisAngle(axis, THREE.MathUtils.degToRad(pose[k]));
      node.quaternion.copy(zero).multiply(turn);
      if (map) at(name).nextElementSibling.value = `${pose[k]}°`;
    });
    for (const [name, part] of Object.entries(parts)) {
      part.material.color.copy(colour(found.guilty.includes(name) ? room.colours[found.status] : part.userData.colour));
    }
    if (marks.clearance) marks.clearance.visible = found.gap !== null;
    at("pose").textContent = `gantry ${pose[0]}°, couch ${pose[1]}°`;
    at("status").textContent = room.statuses[found.status];
    at("status").dataset.status = found.status;
    at("culprits").replaceChildren(...found.culprits.map((name) => item(name)));
    at("gap").hidden = found.gap === null;
    at("gap").textContent = found.gap;
    render();
  }

  function item(text, swatch) {
    const line = document.createElement("li");
    if (swatch) line.appendChild(document.createElement("i")).style.background = swatch;
    line.append(text);
    return line;
  }

  /** The pose that the address asks for, as in #gantry=100&couch=60 or #gantry=350: at the grid's nearest angle.
   * What it leaves out, or is more than a step beyond the grid, is as in the file. */
  function asked() {
    const given = new URLSearchParams(location.hash.slice(1));
    return angles.map((name, k) => {
      const angle = parseFloat(given.get(name));
      if (!map || !isFinite(angle)) return room.pose[k];
      const list = map[name], near = list[index(k, angle)];
      return list.length < 2 || apart(near, angle) <= list[1] - list[0] ? near : room.pose[k];
    });
  }

  function follow() {
    const pose = asked();
    if (map) angles.forEach((name, k) => { at(name).value = index(k, pose[k]); });
    show(pose);
  }

  function slide() { show(angles.map((name) => map[name][at(name).value])); }

  function link() {
    const pose = angles.map((name) => `${name}=${map[name][at(name).value]}`);
    history.replaceState(null, "", `#${pose.join("&")}`);
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
    camera.fov = THREE.MathUtils.radToDeg(2 * Math.atan(room.halfView / fits));
    camera.setViewOffset(width, height, -left / 2, below / 2, width, height);
    render();
  }

  function start() {
    scene.traverse((node) => {
      const { joint, part, role, axis, value } = node.userData;
      if (part) parts[part] = node;
      if (role) marks[role] = node;
      if (!angles.includes(joint)) return;
      const along = new THREE.Vector3(...axis), back = THREE.MathUtils.degToRad(-value);
      const zero = node.quaternion.clone().multiply(new THREE.Quaternion().setFromAxisAngle(along, back));
      joints[joint] = { node, axis: along, zero };
    });
    controls.target.set(...room.focus);
    controls.addEventListener("change", () => { level(); render(); });
    window.addEventListener("resize", frame);
    window.addEventListener("hashchange", follow);
    at("ball").addEventListener("change", () => { marks.directions.visible = at("ball").checked; render(); });
    angles.forEach((name) => {
      if (!map) return;
      at(name).max = map[name].length - 1;
      at(name).addEventListener("input", slide);
      at(name).addEventListener("change", link);
    });
    at("sliders").hidden = at("directions").hidden = !map;
    at("pose").hidden = Boolean(map);  // the sliders tell it
    at("legend").replaceChildren(...room.legend.map((key) => item(key.label, key.colour)));
    follow();
    level();
    frame();
  }

  // The room is read while this page already stands.
  const wait = () => (controls ? start() : requestAnimationFrame(wait));
  wait();
})();
