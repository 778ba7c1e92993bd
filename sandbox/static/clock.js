// The clock in the admin's bar: shows business time, moves it on, changes its speed.
(() => {
  "use strict";
  const box = document.getElementById("clock");
  const face = box.querySelector("time");
  const note = document.getElementById("clock-note");
  const speed = box.querySelector("select");
  let anchor = Date.now();
  let then = Date.now();
  let rate = 1;

  const format = new Intl.DateTimeFormat(undefined, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
    timeZoneName: "short",
  });

  function draw() {
    const now = new Date(then + (Date.now() - anchor) * rate);
    face.dateTime = now.toISOString();
    face.textContent = format.format(now);
  }

  async function read() {
    const said = await (await fetch("/api/clock")).json();
    then = Date.parse(said.now);
    anchor = Date.now();
    rate = said.speed;
    if ([...speed.options].some((o) => Number(o.value) === rate)) speed.value = String(rate);
    draw();
  }

  async function ask(change, words) {
    box.setAttribute("aria-busy", "true");
    note.textContent = words;
    try {
      const answer = await fetch("/api/clock", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(change),
      });
      note.textContent = answer.ok ? "" : (await answer.json()).error;
    } catch (problem) {
      note.textContent = String(problem);
    }
    box.removeAttribute("aria-busy");
    await read();
  }

  box.addEventListener("click", (event) => {
    const advance = event.target.dataset && event.target.dataset.advance;
    if (advance) ask({ advance }, `Living through ${advance} …`);
  });
  box.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const advance = new FormData(event.target).get("advance");
    if (advance) ask({ advance }, `Living through ${advance} …`);
  });
  speed.addEventListener("change", () => ask({ speed: Number(speed.value) }, "Changing speed …"));
  read();
  setInterval(draw, 500);
  setInterval(read, 15000);
})();
