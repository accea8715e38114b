// The page: shows one data object (schema eyeriss_vp.report.1), again whenever there is a newer one.
window.eyeriss = (() => {
  let data = null;
  const parts = [overview.show, layers.show_bounds, layers.show_ledger, timeline.show, mapping.show, layers.show_energy, what_if.show];

  function show_heading({ summary: s, manifest }) {
    document.title = `${s.network} on ${s.machine}`;
    fill('title', `${s.network} on ${s.machine}`);
    fill('subtitle', `${s.timing}; ${manifest?.version ? `eyeriss-vp ${manifest.version}` : 'running'}`);
    const lines = [s.error ? `error: ${s.error}` : null, ...(s.notes ?? [])].filter((line) => line);
    fill('notes', ...lines.map((line) => element('li', {}, line)));
    document.getElementById('notes').hidden = lines.length === 0;
  }

  function show_provenance({ manifest, configuration }) {
    fill('command', manifest?.command_line?.join(' ') ?? '–');
    table.show('inputs-table', [column('role', 'role'), column('name', 'name'), column('sha256', 'SHA-256')], manifest?.inputs ?? []);
    table.show('configuration-table', [column('key', 'parameter'), column('value', 'value'), column('origin', 'from')],
      Object.entries(configuration).map(([key, { value, origin }]) => ({ key, value, origin })));
  }

  /** Shows a data object whole; resolves when all charts stand. */
  function show(next) {
    data = next;
    show_heading(data);
    show_provenance(data);
    layers.show_table(data);
    window.eyeriss.ready = Promise.all(parts.map((part) => part(data))).then(() => {});
    return window.eyeriss.ready;
  }

  function again(id, part) {
    document.getElementById(id).addEventListener('change', () => data && part(data));
  }

  function start() {
    again('ledger-scale', layers.show_ledger);
    again('energy-scale', layers.show_energy);
    again('axis', timeline.show);
    again('mapping-layer', mapping.show);
    again('mapping-field', mapping.show);
    document.getElementById('jump').addEventListener('change', timeline.jump);
    document.getElementById('time').addEventListener('input', timeline.move);
    document.getElementById('csv').addEventListener('click', () => layers.save(data));
    new ResizeObserver(() => charts.resized()).observe(document.querySelector('main'));
    const embedded = document.getElementById('data').textContent.trim();
    if (embedded) show(JSON.parse(embedded));
  }

  document.addEventListener('DOMContentLoaded', start);
  return { show, ready: Promise.resolve() };
})();
