"use strict";
const POLL = 1000;
const by = (id) => document.getElementById(id);
const files = new Map();          // number of a data file -> its pictures, oldest first
let told = { files: 0, count: 0, revision: -1 };
let oldest = 0;                   // the oldest data file that is shown
let shown = [];                   // pictures as they stand on the page, from the top
let open = -1;                    // place in `shown` of the large one
let revision = -1;
let board = null;                 // what the board of this folder wants, if it is one's
let boardMark = "";

// bytes of a name that are no text come as halves of letters, as Python tells them
const coded = (name) => !/[\udc80-\udcff]/.test(name) ? encodeURIComponent(name) : [...name].map((one) => {
  const byte = one.charCodeAt(0) - 0xdc00;
  return one.length === 1 && byte >= 0x80 && byte <= 0xff ? `%${byte.toString(16)}` : encodeURIComponent(one);
}).join("");
const address = (path) => place.up + path.split("/").map(coded).join("/");
// another picture may take the place of one that the browser remembers
const asItIs = (picture, path) => `${address(path)}?${picture.changed}`;
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
    if (found.board) oldest = 0;
    else if (revision < 0) oldest = Math.max(0, found.files - 1);
    revision = found.revision;
    if ((found.board || "") === boardMark) return reload();
    boardMark = found.board || "";
    board = null;
    if (boardMark) load(`${place.data}/board.js`, reload);
    else reload();
  },
  data(number, pictures) { files.set(number, pictures); },
  board(found) { board = found; },
  folders(names) { showPlaces(names); },
  marked(found) { saved = found; draw(); },
  live(now) { askForMarks(now.marks || ""); showNow(now); showWrong(now.troubles || []); },
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

// what a row of `vary` holds, in words
const rowOf = (picture) => Object.entries(((picture.job || {}).written || {}).vary || {})
  .map(([key, value]) => (typeof value === "string" ? value : `${key} ${JSON.stringify(value)}`).slice(0, 60)).join(", ");

// the folders that a picture lies in, below that of this page
const foldersOf = (picture) => picture.path.split("/").slice(place.group ? 1 : 0, -1);

const isFinal = (picture) => foldersOf(picture).pop() === "final";

const label = (picture) => {
  const board = picture.board || {};
  const name = board.shot ? [board.shot, rowOf(picture), board.take ? `take ${board.take}` : "", board.version > 1 ? `v${board.version}` : ""] : [picture.name];
  return [...name, isFinal(picture) ? "final" : ""].filter(Boolean).join(" · ");
};

const drawings = (picture) => {
  const said = (picture.job || {}).controls || [];
  return (picture.drawn || []).map((path, index) => ({ ...said[index], path })).filter((one) => one.path);
};

const drawing = (one) => {
  const box = make("span"), image = make("img");
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = `The ${drawnAs(one)} that it follows: ${one.image || ""}`;
  image.src = address(one.path);
  let tries = 0;  // it may be told of before it is written, and who writes it stands back behind all others
  image.onerror = () => {
    tries += 1;
    box.hidden = true;
    image.loading = "eager";  // what is hidden is never come to
    setTimeout(() => { if (box.isConnected) image.src = `${address(one.path)}?${tries}`; }, 1000 * Math.min(tries, 30));
  };
  image.onload = () => { box.hidden = false; };
  box.append(image, make("i", drawnAs(one), "badge"));
  return box;
};

const drawnAs = (one) => (!one.kind || one.kind === "lines" ? "drawing" : one.kind);

const figure = (picture, index) => {
  const item = make("li"), box = make("figure"), button = make("button"), image = make("img");
  button.type = "button";
  button.setAttribute("aria-label", `${label(picture)}: open`);
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = picture.written || picture.name;
  if (picture.width && picture.height) { image.width = picture.width; image.height = picture.height; }
  image.src = asItIs(picture, picture.thumb || picture.path);
  image.onerror = () => {
    if (image.dataset.again) { item.hidden = true; return; }
    image.dataset.again = "yes";
    image.src = asItIs(picture, picture.path);
  };
  button.append(image);
  button.onclick = () => openLarge(index);
  const caption = make("figcaption");
  const where = foldersOf(picture).filter((one) => one !== "final").join("/");
  caption.append(make("b", label(picture)), make("span", picture.written || ""), ...(where ? [make("span", `in ${where}`, "where")] : []));
  const drawn = make("div", undefined, "drawn");
  drawn.append(...drawings(picture).map(drawing));
  box.append(button, ...(drawn.children.length ? [drawn] : []), caption);
  item.append(box);
  return item;
};

const lines = (about, words) => words.filter((word) => about && about[word]).map((word) => make("span", about[word], word));

const blank = (title, text, words, cls) => {
  const one = make("li"), box = make("figure", undefined, `todo ${cls || ""}`), caption = make("figcaption");
  const card = make("div", text, "blank");
  const like = shown.find((each) => each.width && each.height);
  card.style.aspectRatio = like ? `${like.width} / ${like.height}` : "1";
  caption.append(make("b", title), make("span", words || ""));
  box.append(card, caption);
  one.append(box);
  return one;
};

const pictured = (title, path, alt, words, note) => {
  const one = blank(title, note || "", words, "pictured"), image = make("img");
  image.loading = "lazy";
  image.alt = alt;
  image.src = address(path);
  one.querySelector(".blank").prepend(image);
  return one;
};

const STATES = { "": "still to come" };
const stateOf = (take) => STATES[take.state] || take.state;

const drawCast = (rows) => {
  if (!board || !board.cast.length) return;
  const row = make("ul", undefined, "row cast");
  for (const one of board.cast)
    row.append(one.look ? pictured(one.name, one.look, `The look of ${one.name}`) : blank(one.name, "no picture"));
  rows.push(make("h2", "Cast"), row);
};

const takeName = (shot, take) => [shot.shot, take.label, shot.takes.length > 1 ? `take ${take.take}` : ""].filter(Boolean).join(" · ");

const shotHead = (id, about) => {
  const head = make("h2", id || "Other pictures");
  if (about.title) head.append(make("small", ` ${about.title}`));
  if (about.seconds) head.append(make("small", ` ${about.seconds} s`));
  return head;
};

// which picture a take of the board has now, and what the others of its shot are
const isAgain = (picture, numbers) => {
  const source = numbers.get((picture.job || {}).parent);
  if (!source || !(picture.board || {}).key || picture.board.key !== (source.board || {}).key) return false;
  const [mine, its] = [picture, source].map((one) => foldersOf(one).join("/"));
  return mine === its || (source.number < picture.number && isAgain(source, numbers));
};
const standingOf = (picture, shot, numbers) => {
  const folder = foldersOf(picture).pop(), take = shot && shot.takes.find((one) => one.key === (picture.board || {}).key);
  const again = isAgain(picture, numbers) ? "again" : "";
  if (shot && !take) return ["earlier version", again].filter(Boolean).join(", ");
  if (again) return again;
  if (!take || !take.image || folder === "final" || folder === "rejected") return "";
  return take.image === picture.path ? "current" : "made before";
};
let standings = new Map();
const stand = (all) => {
  const shots = new Map((board ? board.shots : []).map((shot) => [shot.shot, shot]));
  const numbers = new Map(all.map((one) => [one.number, one]));
  const found = new Map(all.map((one) => [one.path, standingOf(one, shots.get((one.board || {}).shot), numbers)]));
  const told = new Set(all.filter((one) => !["", "current"].includes(found.get(one.path))).map((one) => (one.board || {}).shot));
  standings = new Map(all.filter((one) => told.has((one.board || {}).shot)).map((one) => [one.path, found.get(one.path)]));
};

const toCome = (shot, take) => {
  const name = takeName(shot, take);
  const card = take.drawn
    ? pictured(name, take.drawn, shot.written, shot.written, `drawn; ${stateOf(take)}`)
    : blank(name, stateOf(take), shot.written);
  if (take.why) card.querySelector(".blank").after(make("div", take.why, "why"));
  return card;
};

const drawShots = (rows, asked) => {
  const cards = new Map();
  shown.forEach((picture, index) => {
    const shot = (picture.board || {}).shot || "";
    if (!cards.has(shot)) cards.set(shot, []);
    cards.get(shot).push([picture, index]);
  });
  let scene = "", grid = null;
  const put = (id, shot) => {
    const made = cards.get(id) || [];
    const keys = new Set(made.map(([picture]) => (picture.board || {}).key));
    const left = shot && !asked ? shot.takes.filter((take) => take.state !== "done" && !keys.has(take.key)) : [];
    if (!made.length && !left.length) return;
    const about = (shot && shot.told) || {};
    const begins = about.scene && about.scene !== scene;
    if (begins) rows.push(make("h2", about.scene, "scene"));
    if (begins || !grid) rows.push(grid = make("div", undefined, "shots"));
    scene = about.scene || scene;
    const one = make("section", undefined, "shot"), row = make("ul", undefined, "row"), said = lines(about, ["action", "dialogue", "notes"]);
    const picked = shot && shot.pick ? (shot.takes[shot.pick - 1] || {}).key : null;
    for (const [picture, index] of made) row.append(item(picture, index, picked && (picture.board || {}).key === picked));
    row.append(...left.map((take) => toCome(shot, take)));
    one.style.setProperty("--n", row.children.length);
    one.append(shotHead(id, about), row);
    if (said.length) one.append(make("p", undefined, "said"));
    if (said.length) one.lastChild.append(...said);
    grid.append(one);
  };
  for (const shot of board ? board.shots : []) { put(shot.shot, shot); cards.delete(shot.shot); }
  for (const id of cards.keys()) put(id, null);
};

const item = (picture, index, picked) => {
  const one = figure(picture, index), standing = standings.get(picture.path);
  one.dataset.path = picture.path;
  if (standing) one.querySelector("figcaption b").append(make("wbr"), make("i", standing, `badge ${standing}`));
  if (standing) one.querySelector("button").setAttribute("aria-label", `${label(picture)}, ${standing}: open`);
  if (picked) one.querySelector("figcaption b").append(make("wbr"), make("i", "picked", "badge"));
  const mark = markOf(picture);
  if (mark) showMark(one, mark);
  return one;
};

const draw = () => {
  const asked = by("find").value.trim().toLowerCase();
  let all = [];
  for (let number = oldest; number < told.files; number += 1) all.push(...(files.get(number) || []));
  stand(all);  // of all: what a search leaves out counts, too
  if (asked) all = all.filter((one) => `${one.path} ${one.written} ${label(one)}`.toLowerCase().includes(asked));
  const isBoard = place.group && (board || all.some((one) => one.board && one.board.shot));
  shown = isBoard ? inShots(all) : all.slice().reverse();
  const top = document.activeElement && document.activeElement.closest ? document.activeElement.closest("li") : null;
  const focused = top ? top.dataset.path : null;
  const rows = [];
  if (isBoard) {
    drawCast(rows);
    drawShots(rows, asked);
  } else if (shown.length) {
    const row = make("ul", undefined, "row");
    row.append(...shown.map((picture, index) => item(picture, index)));
    rows.push(row);
  }
  by("pictures").replaceChildren(...rows);
  by("none").hidden = rows.length > 0;
  by("more").hidden = oldest === 0;
  if (focused) {
    const same = itemOf(focused);
    if (same) same.querySelector("button").focus({ preventScroll: true });
  }
};

const itemOf = (path) => [...document.querySelectorAll("#pictures li[data-path]")].find((one) => one.dataset.path === path);

const inShots = (all) => {
  const order = new Map();
  for (const one of all) {
    const board = one.board || {};
    const shot = board.shot || "";
    if (!order.has(shot)) order.set(shot, []);
    order.get(shot).push(one);
  }
  const rank = (one) => [(one.board || {}).version || 1, (one.board || {}).take || 0];
  const first = (one) => ["current", undefined, "", "again"].indexOf(standings.get(one.path)) >>> 0;  // all others last
  const places = new Map((board ? board.shots : []).map((shot, index) => [shot.shot, index]));
  const at = (shot) => (places.has(shot) ? places.get(shot) : Infinity);
  return [...order.entries()]
    .sort(([a], [b]) => (at(a) === at(b) ? a.localeCompare(b, undefined, { numeric: true }) : at(a) - at(b)))
    .flatMap(([, takes]) => takes.sort((a, b) => first(a) - first(b) || rank(b)[0] - rank(a)[0] || rank(a)[1] - rank(b)[1] || isFinal(a) - isFinal(b)));
};

// Marks: kept by the browser for these pages, and written to a file to hand on, since a page can't write.
const STORE = `hotfolder marks ${new URL(place.up || ".", location.href).pathname}`;
let marks = {};
try { marks = JSON.parse(localStorage.getItem(STORE) || "{}") || {}; } catch { marks = {}; }
const MARKS = { keep: "kept", reject: "rejected" };

// what was handed on: of a rejected picture as long as it lies aside, where another may have come since
let saved = {}, savedMark = "";
const askForMarks = (mark) => {
  if (mark && mark !== savedMark) load(".page/marked.js");
  savedMark = mark;
};
const isAside = (picture) => picture.path.split("/").slice(-2)[0] === "rejected";
const handedOn = (picture) => {
  const aside = isAside(picture), found = saved[aside ? picture.path.replace(/(^|\/)rejected\/([^/]*)$/, "$1$2") : picture.path];
  return found && (found.mark === "reject") === aside ? found : aside ? { mark: "reject" } : null;
};
const markOf = (picture) => marks[picture.path] || handedOn(picture);

const showMark = (one, mark) => {
  const caption = one.querySelector("figcaption");
  caption.querySelectorAll(".mark").forEach((old) => old.remove());
  if (mark.mark) caption.querySelector("b").append(make("i", MARKS[mark.mark], `badge mark ${mark.mark}`));
  if (mark.note) caption.append(make("span", mark.note, "mark note"));
  one.querySelector("figure").classList.toggle("rejected", mark.mark === "reject");
};

const setMark = (picture, change) => {
  const mark = { ...marks[picture.path], ...change };
  if (mark.mark || mark.note) marks[picture.path] = mark;
  else delete marks[picture.path];
  try { localStorage.setItem(STORE, JSON.stringify(marks)); } catch { /* they last as long as the page */ }
  const one = itemOf(picture.path);
  if (one) showMark(one, markOf(picture) || {});
  countMarks();
  showMarks(picture);
};

const countMarks = () => {
  const number = Object.keys(marks).length;
  by("save-marks").hidden = by("forget-marks").hidden = by("hand-on").hidden = !number;
  by("save-marks").textContent = `Save marks (${number})`;
};

const choosing = (picture) => {
  const { shot, take, takes } = picture.board || {};
  const pick = shot && takes > 1 ? ` To choose this take, write pick: ${take} at shot ${shot} of the board.` : "";
  return `Marks are kept by this browser until you save them, and what is kept changes nothing.${pick}`;
};

const showMarks = (picture) => {
  const mark = marks[picture.path] || {}, before = (handedOn(picture) || {}).note;
  by("note").placeholder = before ? `Noted: ${before}` : "Note";
  by("keep").setAttribute("aria-pressed", String(mark.mark === "keep"));
  by("reject").setAttribute("aria-pressed", String(mark.mark === "reject"));
  if (by("note").value.trim() !== (mark.note || "")) by("note").value = mark.note || "";
};

const toggle = (word) => {
  const picture = shown[open];
  setMark(picture, { mark: (marks[picture.path] || {}).mark === word ? "" : word });
};

const saveMarks = () => {
  const all = Object.entries(marks).map(([picture, mark]) => ({ picture, ...mark }));
  const text = JSON.stringify({ hotfolder: "marks", schema: 1, marks: all }, null, 1);
  const link = make("a");
  link.href = `data:application/json;charset=utf-8,${encodeURIComponent(text)}`;
  link.download = "marks.json";
  link.click();
};

const seconds = (value) => {
  if (value >= 5400) return `${(value / 3600).toFixed(1)} h`;
  if (value >= 90) return `${Math.round(value / 60)} min`;
  return value >= 10 ? `${Math.round(value)} s` : `${value.toFixed(value < 1 ? 2 : 1)} s`;
};

const showNow = (now) => {
  const hands = now.pictures || [];
  const words = hands.slice(0, 3).map((one) =>
    `${one.project && one.project !== place.group ? `${one.project}/` : ""}${one.name}${one.count > 1 ? ` ${one.picture}/${one.count}` : ""}: step ${one.step} of ${one.steps}` +
    (one.eta === null || one.eta === undefined ? "" : `, ${seconds(one.eta)} left`));
  if (hands.length > 3) words.push(`${hands.length - 3} more`);
  const state = !hands.length && !["idle", "stopped"].includes(now.state) && now.state || "";
  if (state && state !== "paused") words.push(state + (now.reason ? `: ${now.reason}` : ""));
  if (now.paused || state === "paused") words.push("paused until `hotfolder resume`");
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

// what a person should look at: on the page of a folder that folder's own
let troubled = "";
const showWrong = (troubles) => {
  const mine = troubles.filter((one) => !place.group || one.of === place.group);
  const told = JSON.stringify(mine);
  if (told === troubled) return;
  troubled = told;
  const kinds = new Map();
  for (const one of mine) kinds.set(one.kind, [...(kinds.get(one.kind) || []), one]);
  const words = [...kinds].map(([kind, all]) => {
    if (kind === "paused" && all.length <= 3) return all.map((one) => `${place.group ? "" : `${one.of} `}paused`).join(" · ");
    const number = all.reduce((sum, one) => sum + one.count, 0);
    return kind === "paused" || kind === "mistaken" ? `${number} ${number === 1 ? "board" : "boards"} ${kind}` : `${number} ${kind}`;
  });
  by("wrong").hidden = !mine.length;
  by("wrong").open = mine.length <= 2;
  by("wrong").querySelector("summary").textContent = words.join(" · ");
  by("wrong").querySelector("ul").replaceChildren(...mine.map((one) => make("li", `${one.kind}: ${one.text}`)));
};

const settings = (picture) => {
  const job = picture.job || {}, found = {};
  if (picture.width) found.size = `${picture.width} x ${picture.height}`;
  for (const key of ["seed", "steps", "guidance_scale", "sampler", "schedule", "negative_prompt", "strength", "model", "clip_skip", "strict"])
    if (job[key] !== undefined && job[key] !== null && job[key] !== "" && job[key] !== false) found[key] = String(job[key]);
  if (picture.seed !== undefined) found.seed = String(picture.seed);
  if (picture.model) found.model = picture.model;
  for (const key of ["references", "loras"])
    if (Array.isArray(job[key]) && job[key].length)
      found[key] = job[key].map((one) => `${one.name || one.image} (${one.scale ?? 1})`).join(", ");
  for (const one of job.controls || [])
    found[drawnAs(one)] = [found[drawnAs(one)], `${one.image} (${one.scale}, until ${one.end} of the steps)`].filter(Boolean).join(", ");
  if (job.image) found.image = job.image;
  if (rowOf(picture)) found.varies = rowOf(picture);
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
  by("big").src = asItIs(picture, picture.path);
  by("big").alt = picture.written || picture.name;
  by("drawn").replaceChildren(...drawings(picture).map(drawing));
  by("drawn").hidden = !by("drawn").children.length;
  by("caption").textContent = [label(picture), standings.get(picture.path)].filter(Boolean).join(" · ");
  by("choose").textContent = choosing(picture);
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
  showMarks(picture);
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
  if (event.target === by("note")) return;
  if (event.key === "ArrowLeft") openLarge(open - 1);
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === "k") toggle("keep");
  else if (event.key === "x") toggle("reject");
  else if (event.key === "n") by("note").focus();
  else if (event.key === "ArrowRight") openLarge(open + 1);
  else return;
  event.preventDefault();
});
by("large").addEventListener("close", () => {
  const one = shown[open] && itemOf(shown[open].path);
  if (one) one.querySelector("button").focus();
});
by("keep").onclick = () => toggle("keep");
by("reject").onclick = () => toggle("reject");
by("note").oninput = () => setMark(shown[open], { note: by("note").value.trim() });
by("save-marks").onclick = saveMarks;
by("forget-marks").onclick = () => {
  if (!confirm("Forget all marks of these pages?")) return;
  marks = {};
  try { localStorage.removeItem(STORE); } catch { /* nothing was kept */ }
  countMarks();
  draw();
};
countMarks();
by("find").oninput = draw;
by("older").onclick = () => { oldest = Math.max(0, oldest - 1); reload(); };
if (place.group) {
  const link = make("a", "All pictures");
  link.href = "../index.html";
  by("places").append(link);
}
let placed = "";
const showPlaces = (names) => {
  const told = JSON.stringify(names);
  if (told === placed) return;  // a link that is exchanged while it is pressed leads nowhere
  placed = told;
  by("places").replaceChildren(...names.map((name) => {
    const link = make("a", name);
    link.href = `${coded(name)}/index.html`;
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
