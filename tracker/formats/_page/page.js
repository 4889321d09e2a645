"use strict";
(() => {
  const STEP = 100;
  const data = JSON.parse(document.getElementById("data").textContent);
  const [NAME, SLUG, COMPANY, POSITION, VERDICT, SIGNS, ANSWERED, USUALLY, LAST] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const UNTESTED = data.verdicts.length - 1;
  const signs = new Map(data.signs.map(([letter, sign, kind, words]) => [letter, { sign, kind, words }]));
  const body = document.querySelector("#people tbody");
  const find = document.getElementById("find");
  const count = document.getElementById("count");
  const more = document.getElementById("more");
  const chips = [...document.querySelectorAll(".chip")];
  const headings = [...document.querySelectorAll("#people thead th")];

  const number = (value) => value.toLocaleString("en");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const companies = data.companies.map(fold);
  const positions = data.positions.map(fold);
  const people = data.people;
  const names = people.map((one) => fold(one[NAME]));
  const has = (place, word) =>
    names[place].includes(word) ||
    companies[people[place][COMPANY] || 0].includes(word) ||
    positions[people[place][POSITION] || 0].includes(word);

  // What a column sorts by: a figure for each person, Infinity for nothing, which always comes last.
  const figure = (field) => people.map((one) => one[field] || Infinity);
  const ranks = () => {
    const order = [...names.keys()].sort((a, b) => (names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : a - b));
    const rank = new Array(order.length);
    order.forEach((place, at) => { rank[place] = at; });
    return rank;
  };
  const length = (one) => {
    const text = one[SIGNS] || "";
    if (!text || text[0] === "=") return Infinity;
    const [, hidden, shown] = /^(?:\+(\d+) )?(.*)$/.exec(text);
    return -(Number(hidden || 0) + shown.length);
  };
  const columns = {
    name: ranks,
    verdict: () => [...people.keys()],
    asks: () => people.map(length),
    answered: () => figure(ANSWERED),
    usually: () => figure(USUALLY),
    last: () => figure(LAST),
  };
  const figures = new Map();
  let order = [...people.keys()];
  let found = [];
  let shown = 0;

  function element(name, kind, ...content) {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    made.append(...content);
    return made;
  }

  function asksOf(one) {
    const cell = element("td", "asks");
    const text = one[SIGNS] || "";
    if (text[0] === "=" || !text) {
      if (text) cell.append(element("i", "", text.slice(1)));
      return cell;
    }
    const [, hidden, letters] = /^(?:\+(\d+) )?(.*)$/.exec(text);
    const group = element("span", "");
    group.setAttribute("role", "img");
    const told = [];
    for (const [letter, { words }] of signs) {
      const many = letters.split(letter).length - 1;
      if (many) told.push(`${many} ${words}`);
    }
    group.setAttribute("aria-label", (hidden ? `${hidden} earlier, then ` : "") + told.join(", "));
    if (hidden) group.append(element("span", "more", `+${hidden} `));
    for (const run of letters.match(/(.)\1*/g)) {
      const { sign, kind } = signs.get(run[0]);
      group.append(element("span", `sign ${kind}`, sign.repeat(run.length)));
    }
    cell.append(group);
    return cell;
  }

  function rowOf(one) {
    const [verdict, sign] = data.verdicts[one[VERDICT] || 0];
    const who = element("th", "who");
    who.scope = "row";
    const name = element("bdi", "", one[NAME]);
    if (one[SLUG]) {
      const link = element("a", "", name);
      link.href = data.profile + encodeURIComponent(one[SLUG]);
      link.rel = "noreferrer noopener";
      who.append(link);
    } else {
      who.append(name);
    }
    const job = [data.positions[one[POSITION] || 0], data.companies[one[COMPANY] || 0]].filter(Boolean);
    if (job.length) {
      const line = element("span", "job");
      job.forEach((part, at) => line.append(...(at ? [", "] : []), element("bdi", "", part)));
      who.append(line);
    }
    const mark = element("span", "", sign);
    mark.ariaHidden = "true";
    return element(
      "tr",
      verdict,
      who,
      element("td", "verdict", mark, " ", element("span", "word", verdict)),
      asksOf(one),
      element("td", "number", data.answered[one[ANSWERED] || 0]),
      element("td", "number usually", data.usually[one[USUALLY] || 0]),
      element("td", "number last", data.last[one[LAST] || 0]),
    );
  }

  function show(until) {
    const rows = document.createDocumentFragment();
    for (const place of found.slice(shown, until)) rows.append(rowOf(people[place]));
    body.append(rows);
    shown = Math.min(until, found.length);
    const listed = `${number(found.length)} ${found.length === 1 ? "person" : "people"}`;
    count.textContent = shown < found.length ? `${listed}, ${number(shown)} shown` : listed;
    more.hidden = shown >= found.length;
  }

  function list() {
    const words = fold(find.value).split(/\s+/).filter(Boolean);
    const pressed = new Set(chips.filter((chip) => chip.ariaPressed === "true").map((chip) => chip.dataset.verdict));
    const asked = people.some((one) => (one[VERDICT] || 0) !== UNTESTED);
    found = order.filter((place) => {
      const verdict = people[place][VERDICT] || 0;
      // The never asked are many, and nothing is said about them: listed only when they are looked for.
      const wanted = pressed.size ? pressed.has(data.verdicts[verdict][0]) : words.length || !asked || verdict !== UNTESTED;
      return wanted && words.every((word) => has(place, word));
    });
    body.replaceChildren();
    shown = 0;
    show(STEP);
  }

  function sort(heading, key) {
    const descending = heading.ariaSort === "ascending";
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.ariaSort = descending ? "descending" : "ascending";
    if (!figures.has(key)) figures.set(key, columns[key]());
    const by = figures.get(key);
    const turn = descending ? -1 : 1;
    order.sort((a, b) => {
      if (by[a] === by[b]) return a - b;
      if (by[a] === Infinity || by[b] === Infinity) return by[a] === Infinity ? 1 : -1;
      return turn * (by[a] - by[b]);
    });
    list();
  }

  for (const chip of chips) {
    chip.disabled = false;
    chip.addEventListener("click", () => {
      chip.ariaPressed = chip.ariaPressed === "true" ? "false" : "true";
      list();
    });
  }
  for (const heading of headings) {
    const button = heading.querySelector("button");
    button.disabled = false;
    button.addEventListener("click", () => sort(heading, button.dataset.sort));
  }
  find.addEventListener("input", list);
  more.addEventListener("click", () => show(shown + STEP));
  document.querySelector(".tools").hidden = false;
  list();
})();
