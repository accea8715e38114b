// The live page's controls and its stream of events; the report's own script draws what comes.
(() => {
  'use strict';
  const speeds = [[0, 'as fast as it can'], [1000, '1 ms a second'], [100, '100 µs a second'], [10, '10 µs a second']];
  const make = (tag, text) => Object.assign(document.createElement(tag), text === undefined ? {} : { textContent: text });

  const place = document.getElementById('live');
  place.className = 'controls';
  place.setAttribute('role', 'group');
  place.setAttribute('aria-label', 'The run');
  const say = make('p');
  say.id = 'live-state';
  say.setAttribute('role', 'status');
  const button = (text, action) => {
    const b = make('button', text);
    b.id = `live-${action}`;
    b.type = 'button';
    b.className = 'button';
    b.addEventListener('click', () => control({ action }));
    return b;
  };
  const pause = button('Pause', 'pause');
  const go = button('Go on', 'go');
  const step = button('Next layer', 'step');
  const speed = make('select');
  speed.id = 'live-speed';
  for (const [value, text] of speeds) speed.append(Object.assign(make('option', text), { value }));
  speed.addEventListener('change', () => control({ action: 'speed', simulated_us_per_s: Number(speed.value) }));
  const label = make('label', 'Speed ');
  label.append(speed);
  place.append(pause, go, step, label, say);

  async function control(what) {
    try {
      await fetch('/control', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(what) });
    } catch {
      lost();
    }
  }

  function lost() {
    say.textContent = 'The run has ended or cannot be reached; what it told last stands below.';
    for (const b of [pause, go, step, speed]) b.disabled = true;
  }

  function show_state(s) {
    const done = s.phase === 'done';
    pause.disabled = done || s.paused;
    go.disabled = done || !s.paused;
    step.disabled = done;
    speed.disabled = done;
    if (document.activeElement !== speed) speed.value = String(s.simulated_us_per_s);
    const time = `${(s.simulated_seconds * 1e3).toFixed(3)} ms`;
    const where = s.name ? `layer ${s.layer + 1} of ${s.layers}, ${s.name}` : s.phase;
    say.textContent = done ? `Done at ${time}.` : `${s.paused ? 'Paused' : 'Running'}: ${where}, ${time}`;
  }

  // Drawing takes time: what came meanwhile is drawn next, and only the last of it.
  let waiting = null;
  let drawing = false;
  async function draw(data) {
    waiting = data;
    if (drawing) return;
    drawing = true;
    while (waiting) {
      const next = waiting;
      waiting = null;
      await window.eyeriss.show(next);
    }
    drawing = false;
  }

  const events = new EventSource('/events');
  events.addEventListener('data', (e) => draw(JSON.parse(e.data)));
  events.addEventListener('state', (e) => {
    const state = JSON.parse(e.data);
    show_state(state);
    if (state.phase === 'done') events.close();
  });
  // A server that is gone does not come back: the next run has a page of its own.
  events.addEventListener('error', () => {
    events.close();
    lost();
  });
})();
