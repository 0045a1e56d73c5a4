"use strict";
const POLL = 1000;
const by = (id) => document.getElementById(id);
const files = new Map();          // number of a data file -> its pictures, oldest first
let told = { files: 0, count: 0, revision: -1 };
let oldest = 0;                   // the oldest data file that is shown
let shown = [];                   // pictures as they stand on the page, from the top
let open = -1;                    // place in `shown` of the large one
let revision = -1;

const address = (path) => place.up + path.split("/").map(encodeURIComponent).join("/");
const make = (tag, text, cls) => {
  const one = document.createElement(tag);
  if (text !== undefined) one.textContent = text;
  if (cls) one.className = cls;
  return one;
};
const load = (path, then) => {
  const script = document.createElement("script");
  script.src = `${address(path)}?${Date.now()}`;
  script.onload = () => { script.remove(); if (then) then(); };
  script.onerror = () => { script.remove(); if (then) then(); };
  document.head.append(script);
};

const hotfolder = {
  index(found) {
    const grew = found.revision !== revision;
    told = found;
    if (!grew) return;
    if (revision < 0) oldest = Math.max(0, found.files - 1);
    revision = found.revision;
    reload();
  },
  data(number, pictures) { files.set(number, pictures); },
  folders(names) { showPlaces(names); },
  live(now) { showNow(now); },
};

const reload = () => {
  const wanted = [];
  for (let number = oldest; number < told.files; number += 1)
    if (number >= told.files - 2 || !files.has(number)) wanted.push(number);
  let left = wanted.length;
  if (!left) return draw();
  for (const number of wanted)
    load(`${place.data}/data-${number}.js`, () => { left -= 1; if (!left) draw(); });
};

const label = (picture) => {
  const board = picture.board || {};
  if (!board.shot) return picture.name;
  return `${board.shot}${board.take ? ` · take ${board.take}` : ""}${board.version > 1 ? ` · v${board.version}` : ""}`;
};

const figure = (picture, index) => {
  const item = make("li"), box = make("figure"), button = make("button"), image = make("img");
  button.type = "button";
  button.setAttribute("aria-label", `${label(picture)}: open`);
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = picture.written || picture.name;
  if (picture.width && picture.height) { image.width = picture.width; image.height = picture.height; }
  image.src = address(picture.thumb || picture.path);
  image.onerror = () => {
    if (image.dataset.again) { item.hidden = true; return; }
    image.dataset.again = "yes";
    image.src = address(picture.path);
  };
  button.append(image);
  button.onclick = () => openLarge(index);
  const caption = make("figcaption");
  caption.append(make("b", label(picture)), make("span", picture.written || ""));
  for (const word of ["dialogue", "action", "notes"])
    if (picture.board && picture.board[word]) caption.append(make("span", picture.board[word]));
  box.append(button, caption);
  item.append(box);
  return item;
};

const draw = () => {
  const asked = by("find").value.trim().toLowerCase();
  let all = [];
  for (let number = oldest; number < told.files; number += 1) all.push(...(files.get(number) || []));
  if (asked) all = all.filter((one) => `${one.path} ${one.written} ${label(one)}`.toLowerCase().includes(asked));
  const isBoard = place.group && all.some((one) => one.board && one.board.shot);
  shown = isBoard ? inShots(all) : all.slice().reverse();
  const top = document.activeElement && document.activeElement.closest ? document.activeElement.closest("li") : null;
  const focused = top ? top.dataset.path : null;
  const rows = [];
  let row = null, last = null;
  shown.forEach((picture, index) => {
    const group = isBoard ? (picture.board || {}).shot || "" : "";
    if (row === null || group !== last) {
      if (isBoard) rows.push(make("h2", group));
      row = make("ul", undefined, "row");
      rows.push(row);
      last = group;
    }
    const item = figure(picture, index);
    item.dataset.path = picture.path;
    row.append(item);
  });
  by("pictures").replaceChildren(...rows);
  by("none").hidden = shown.length > 0;
  by("more").hidden = oldest === 0;
  if (focused !== null) {
    const same = [...document.querySelectorAll("#pictures li")].find((one) => one.dataset.path === focused);
    if (same) same.querySelector("button").focus({ preventScroll: true });
  }
};

const inShots = (all) => {
  const order = new Map();
  for (const one of all) {
    const board = one.board || {};
    const shot = board.shot || "";
    if (!order.has(shot)) order.set(shot, []);
    order.get(shot).push(one);
  }
  const rank = (one) => [(one.board || {}).version || 1, (one.board || {}).take || 0];
  return [...order.entries()]
    .sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }))
    .flatMap(([, takes]) => takes.sort((a, b) => rank(b)[0] - rank(a)[0] || rank(a)[1] - rank(b)[1]));
};

const seconds = (value) => {
  if (value >= 5400) return `${(value / 3600).toFixed(1)} h`;
  if (value >= 90) return `${Math.round(value / 60)} min`;
  return value >= 10 ? `${Math.round(value)} s` : `${value.toFixed(value < 1 ? 2 : 1)} s`;
};

const showNow = (now) => {
  const hands = now.pictures || [];
  const words = hands.slice(0, 3).map((one) =>
    `${one.name}${one.count > 1 ? ` ${one.picture}/${one.count}` : ""}: step ${one.step} of ${one.steps}` +
    (one.eta === null || one.eta === undefined ? "" : `, ${seconds(one.eta)} left`));
  if (hands.length > 3) words.push(`${hands.length - 3} more`);
  if (!hands.length && now.state && now.state !== "idle" && now.state !== "stopped")
    words.push(now.state + (now.reason ? `: ${now.reason}` : ""));
  if (now.waiting)
    words.push(`${now.waiting} waiting${now.estimate ? `, about ${seconds(now.estimate)}` : ""}`);
  const text = words.join(" · ");
  by("now").hidden = !text;
  if (by("told").textContent !== text) by("told").textContent = text;
  const first = hands[0];
  by("bar").hidden = !first;
  if (first) by("bar").value = first.steps ? first.step / first.steps : 0;
  const preview = by("preview");
  preview.hidden = !now.preview;
  if (now.preview) preview.src = `${address(now.preview)}?${now.at}`;
};

const settings = (picture) => {
  const job = picture.job || {}, found = {};
  if (picture.width) found.size = `${picture.width} x ${picture.height}`;
  for (const key of ["seed", "steps", "guidance_scale", "sampler", "schedule", "negative_prompt", "strength", "model", "clip_skip", "strict"])
    if (job[key] !== undefined && job[key] !== null && job[key] !== "") found[key] = String(job[key]);
  if (picture.seed !== undefined) found.seed = String(picture.seed);
  if (picture.model) found.model = picture.model;
  for (const key of ["references", "loras"])
    if (Array.isArray(job[key]) && job[key].length)
      found[key] = job[key].map((one) => `${one.name || one.image} (${one.scale ?? 1})`).join(", ");
  if (job.image) found.image = job.image;
  if (picture.at) found.made = new Date(picture.at).toLocaleString();
  return found;
};

const list = (target, pairs) => {
  target.replaceChildren(...Object.entries(pairs).flatMap(([key, value]) => [make("dt", key.replaceAll("_", " ")), make("dd", value)]));
};

const openLarge = (index) => {
  if (index < 0 || index >= shown.length) return;
  open = index;
  const picture = shown[index];
  by("big").src = address(picture.path);
  by("big").alt = picture.written || picture.name;
  by("caption").textContent = label(picture);
  by("written").textContent = picture.written || "";
  const whole = (picture.job || {}).prompt || "";
  by("expanded").hidden = !whole || whole === picture.written;
  by("prompt").textContent = whole;
  const mine = settings(picture);
  list(by("facts"), mine);
  const beside = shown[index + 1] || shown[index - 1];
  const differs = {};
  if (beside) {
    const theirs = { prompt: beside.written, ...settings(beside) };
    for (const [key, value] of Object.entries({ prompt: picture.written, ...mine }))
      if (key !== "made" && theirs[key] !== value) differs[key] = theirs[key] === undefined ? value : `${value}, not ${theirs[key]}`;
  }
  list(by("differs"), differs);
  by("differs-head").hidden = !Object.keys(differs).length;
  times(picture);
  by("warnings").replaceChildren(...(picture.warnings || []).map((text) => make("li", text)));
  by("copied").textContent = "";
  by("previous").disabled = index === 0;
  by("next").disabled = index === shown.length - 1;
  if (!by("large").open) by("large").showModal();
};

const times = (picture) => {
  const stages = Object.entries(picture.timings || {});
  const most = Math.max(...stages.map(([, value]) => value), 0.001);
  by("times").replaceChildren(...stages.map(([name, value]) => {
    const line = make("div", undefined, "time"), bar = make("i");
    bar.style.width = `${Math.max(1, 100 * value / most)}%`;
    line.append(make("span", name.replaceAll("_", " ")), bar, make("b", seconds(value)));
    return line;
  }));
  if (picture.steps && picture.steps.length) {
    const each = picture.steps.slice().sort((a, b) => a - b)[Math.floor(picture.steps.length / 2)];
    by("times").append(make("p", `${picture.steps.length} steps of ${seconds(each)}; ${seconds(picture.total || 0)} in all`));
  }
};

const copy = (text) => {
  const done = () => { by("copied").textContent = "Copied."; };
  const plainly = () => {
    const area = make("textarea", text);
    by("large").append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    done();
  };
  if (navigator.clipboard && navigator.clipboard.writeText) navigator.clipboard.writeText(text).then(done, plainly);
  else plainly();
};

by("previous").onclick = () => openLarge(open - 1);
by("next").onclick = () => openLarge(open + 1);
by("copy-job").onclick = () => copy(JSON.stringify(shown[open].job || {}, null, 2));
by("copy-path").onclick = () => copy(decodeURIComponent(new URL(address(shown[open].path), location.href).pathname));
by("large").addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") openLarge(open - 1);
  else if (event.key === "ArrowRight") openLarge(open + 1);
  else return;
  event.preventDefault();
});
by("large").addEventListener("close", () => {
  const item = document.querySelectorAll("#pictures li")[open];
  if (item) item.querySelector("button").focus();
});
by("find").oninput = draw;
by("older").onclick = () => { oldest = Math.max(0, oldest - 1); reload(); };
if (place.group) {
  const link = make("a", "All pictures");
  link.href = "../index.html";
  by("places").append(link);
}
const showPlaces = (names) => {
  by("places").replaceChildren(...names.map((name) => {
    const link = make("a", name);
    link.href = `${encodeURIComponent(name)}/index.html`;
    return link;
  }));
};
const poll = () => {
  if (document.hidden) return;
  load(`${place.data}/index.js`);
  load(place.live);
  if (!place.group) load(".page/folders.js");
};
poll();
setInterval(poll, POLL);
document.addEventListener("visibilitychange", poll);
