// Two runs side by side (schema eyeriss_vp.diff.1).
const difference = (() => {
  const signed = (value) => (format.known(value) ? `${value > 0 ? '+' : ''}${format.number(value)}` : '–');
  const minus = (a, b) => (format.known(a) && format.known(b) ? b - a : null);
  const causes = Object.keys(palette.causes);

  const layer_columns = [column('name', 'layer'), column('cycles_a', 'cycles A', format.whole),
    column('cycles_b', 'cycles B', format.whole), column('change', 'change', signed),
    column('utilisation_a', 'PE utilisation A', format.percent), column('utilisation_b', 'PE utilisation B', format.percent),
    column('dram_a', 'DRAM bytes A', format.whole), column('dram_b', 'DRAM bytes B', format.whole),
    column('energy_a', 'µJ A', format.number), column('energy_b', 'µJ B', format.number),
    ...causes.map((cause) => column(cause, `${format.words(cause)}, cycles`, signed))];
  const sum = (a, b) => (format.known(a) && format.known(b) ? a + b : null);
  const layer_row = (l) => ({ name: l.name, cycles_a: l.cycles[0], cycles_b: l.cycles[1], change: minus(...l.cycles),
    utilisation_a: l.pe_utilisation[0], utilisation_b: l.pe_utilisation[1],
    dram_a: sum(l.dram_read[0], l.dram_write[0]), dram_b: sum(l.dram_read[1], l.dram_write[1]),
    energy_a: l.energy_uj[0], energy_b: l.energy_uj[1], ...l.causes });

  function spec(layers, width) {
    const names = layers.map((l) => l.name);
    const values = layers.flatMap((l) => causes.filter((c) => l.causes[c]).map((cause) =>
      ({ layer: l.name, cause, value: l.causes[cause], order: causes.indexOf(cause) })));
    return {
      description: 'Change in cycles of each layer, by cause', width,
      height: Math.max(80, 22 * names.length) + 60 + 22 * Math.ceil(causes.length / Math.max(1, Math.floor(width / 150))),
      data: [{ name: 'changes', values, transform: [{ type: 'stack', groupby: ['layer'], field: 'value', sort: { field: 'order' },
        as: ['from', 'to'] }] }],
      scales: [{ name: 'y', type: 'band', domain: names, range: 'height', paddingInner: 0.15 },
        { name: 'x', type: 'linear', range: 'width', nice: true, zero: true, domain: { data: 'changes', fields: ['from', 'to'] } },
        { name: 'colour', type: 'ordinal', domain: causes, range: Object.values(palette.causes) },
        { name: 'name', type: 'ordinal', domain: causes, range: causes.map(format.words) }],
      axes: [{ scale: 'x', orient: 'bottom', grid: true, title: 'cycles, B less A', tickCount: charts.ticks(width) },
        { scale: 'y', orient: 'left' }],
      legends: [charts.legend(width, { fill: 'colour',
        encode: { labels: { update: { text: { signal: "scale('name', datum.value)" } } } } })],
      marks: [{ type: 'rect', from: { data: 'changes' }, encode: { update: { y: { scale: 'y', field: 'layer' },
        height: { scale: 'y', band: 1 }, x: { scale: 'x', field: 'from' }, x2: { scale: 'x', field: 'to' },
        fill: { scale: 'colour', field: 'cause' }, stroke: { value: 'white' }, strokeWidth: { value: 0.5 },
        tooltip: { signal: "datum.layer + ', ' + scale('name', datum.cause) + ': ' + format(datum.value, '+,.4~r') + ' cycles'" } } } }],
    };
  }

  function show_changes(data) {
    const kinds = [['parameters', 'key', 'parameter'], ['inputs', 'role', 'input'], ['mappings', 'layer', 'mapping of layer']];
    for (const [kind, key, title] of kinds) {
      const place = document.getElementById(`${kind}-table`);
      place.hidden = data[kind].length === 0;
      if (!place.hidden) table.show(place.id, [column(key, title), column('a', 'A'), column('b', 'B')], data[kind]);
    }
    document.getElementById('nothing').hidden = kinds.some(([kind]) => data[kind].length > 0);
  }

  /** Shows a comparison whole; resolves when the chart stands. */
  function show(data) {
    const name = (run) => `${run.network} on ${run.machine}, ${run.timing}: ${run.place}`;
    document.title = `${data.a.network} compared`;
    fill('run-a', name(data.a));
    fill('run-b', name(data.b));
    show_changes(data);
    table.show('totals-table', [column('name', 'figure'), column('a', 'A', format.number), column('b', 'B', format.number),
      column('change', 'change', signed)], data.totals.map((t) => ({ ...t, change: minus(t.a, t.b) })));
    table.show('layers-table', layer_columns, data.layers.map(layer_row));
    document.getElementById('csv').addEventListener('click', () =>
      download('layers.csv', 'text/csv', table.csv(layer_columns, data.layers.map(layer_row))));
    const changed = data.layers.filter((l) => Object.keys(l.causes).length > 0);
    if (changed.length === 0) {
      fill('causes-chart', 'No cause has another number of cycles.');
      return Promise.resolve();
    }
    return charts.draw('causes-chart', (width) => spec(changed, width));
  }
  return { show };
})();

window.eyeriss = { show: difference.show, ready: Promise.resolve() };
document.addEventListener('DOMContentLoaded', () => {
  new ResizeObserver(() => charts.resized()).observe(document.querySelector('main'));
  window.eyeriss.ready = difference.show(JSON.parse(document.getElementById('data').textContent)).then(() => {});
});
