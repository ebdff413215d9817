// What the pages of a room and of an atlas share: three.js draws a glTF file in what the panel leaves free.
"use strict";
const at = (id) => document.getElementById(id);
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const colour = (text) => new THREE.Color(text).convertSRGBToLinear();

const scene = new THREE.Scene(), torch = new THREE.DirectionalLight(0xffffff, 0.16);
let renderer, camera, controls, halfView = 0.3;

function item(text, swatch) {
  const line = document.createElement("li");
  if (swatch) line.appendChild(document.createElement("i")).style.background = swatch;
  line.append(text);
  return line;
}

/** Up stays up, and the viewer stays off the poles, where there is no up. */
function level() {
  const away = new THREE.Spherical().setFromVector3(camera.position.clone().sub(controls.target));
  away.phi = Math.min(Math.max(away.phi, 0.05), Math.PI - 0.05);
  camera.position.setFromSpherical(away).add(controls.target);
  camera.up.set(0, 1, 0);
  camera.lookAt(controls.target);
}

/** The scene in the middle of what the panel leaves free, and small enough for it. */
function frame() {
  const [width, height] = [window.innerWidth, window.innerHeight], beside = width > 720;
  const [left, below] = beside ? [320, 0] : [0, 0.45 * height];
  const fits = Math.min(height - below, (width - left) * 0.75) / height;
  renderer.setSize(width, height);
  controls.handleResize();
  camera.fov = THREE.MathUtils.radToDeg(2 * Math.atan(halfView / fits));
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

/** Show what a file has, with most light from above. */
function light(found) {
  scene.add(found, torch);
  scene.background = new THREE.Color("#f4f6f8");
  // Most light from above and from the left, so that faces differ; a little from the viewer, so that none is black.
  const lamp = new THREE.DirectionalLight(0xffffff, 0.5);
  lamp.position.set(-0.45, 1, 0.65);
  scene.add(lamp, new THREE.HemisphereLight(0xffffff, 0x8d8478, 0.42));
}

/** Look from a camera at a point, and let the mouse turn it. */
function look(from, focus) {
  camera = from;
  controls = new THREE.TrackballControls(camera, renderer.domElement);
  controls.staticMoving = true;
  controls.panSpeed = 0.8;
  controls.target.set(...focus);
  controls.addEventListener("change", () => { level(); render(); });
  window.addEventListener("resize", frame);
}

/** Open the glTF file of the page; where nothing can be drawn, an element says so. */
function begin(id, start) {
  try {
    renderer = new THREE.WebGLRenderer({ antialias: true });
  } catch {
    at(id).textContent = "This browser cannot draw in 3D (WebGL is missing or switched off).";
    return;
  }
  renderer.setPixelRatio(window.devicePixelRatio);
  renderer.outputEncoding = THREE.sRGBEncoding;
  document.body.prepend(renderer.domElement);
  new THREE.GLTFLoader().parse(bytes(at("glb").textContent).buffer, "", start);
}
