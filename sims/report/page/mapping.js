// What each PE works on in the first pass of a layer.
const mapping = (() => {
  const fields = [['g', 'group'], ['n', 'batch'], ['m', 'first output channel'], ['e', 'output row'], ['c', 'first input channel'],
    ['r', 'filter row']];

  /** A layer's PEs by place on the whole array; tiles lie as [g, n, m, e, c, r, position in chain], null without work. */
  function pes(machine, placement) {
    const { pe_rows, pe_columns, cluster_columns } = machine;
    return placement.map((tile, i) => {
      const inside = i % (pe_rows * pe_columns);
      const cluster = Math.floor(i / (pe_rows * pe_columns));
      const row = Math.floor(cluster / cluster_columns) * pe_rows + Math.floor(inside / pe_columns);
      const col = (cluster % cluster_columns) * pe_columns + inside % pe_columns;
      const named = tile === null ? null : Object.fromEntries(fields.map(([key], k) => [key, tile[k]]));
      return { row, col, work: tile !== null, ...named, words: tile === null ? 'no work' :
        `${fields.map(([key, name], k) => `${name} ${tile[k]}`).join(', ')}, position ${tile[6]} in its chain` };
    });
  }

  /** The index that tells most PEs apart is shown first. */
  function varying(placement) {
    const distinct = (k) => new Set(placement.filter((t) => t !== null).map((t) => t[k])).size;
    return fields.map(([key, name], k) => ({ key, name, count: distinct(k) })).filter((f) => f.count > 1)
      .sort((a, b) => b.count - a.count);
  }

  function spec(machine, list, field, width) {
    const rows = machine.cluster_rows * machine.pe_rows;
    const columns = machine.cluster_columns * machine.pe_columns;
    const cell = Math.max(4, Math.min(26, Math.floor(640 / rows)));
    const values = list.map((pe) => ({ ...pe, shown: pe.work ? pe[field] : null }));
    const numbers = [...new Set(values.filter((v) => v.work).map((v) => v.shown))].sort((a, b) => a - b);
    const cuts = (count, size) => Array.from({ length: count - 1 }, (_, i) => ({ at: (i + 1) * size }));
    const roomy = cell >= 14 && (width - 60) / columns >= 26;
    return {
      description: 'The array\'s PEs and what each works on in the first pass', width, height: cell * rows + 50,
      data: [{ name: 'pes', values }, { name: 'across', values: cuts(machine.cluster_rows, machine.pe_rows) },
        { name: 'along', values: cuts(machine.cluster_columns, machine.pe_columns) }],
      scales: [{ name: 'x', type: 'linear', domain: [0, columns], range: 'width' },
        { name: 'y', type: 'linear', domain: [0, rows], range: 'height', reverse: true },
        { name: 'heat', type: 'point', domain: numbers, range: [0, 1] },
        { name: 'shade', type: 'linear', domain: [0, 1], range: ['#e3f1fb', '#56a3d9'] }],
      axes: [{ scale: 'x', orient: 'bottom', title: 'PE column of the array', tickMinStep: 1, tickCount: charts.ticks(width) },
        { scale: 'y', orient: 'left', title: 'PE row of the array', tickMinStep: 1 }],
      marks: [
        { type: 'rect', from: { data: 'pes' }, encode: { update: { x: { scale: 'x', field: 'col' }, x2: { scale: 'x', signal: 'datum.col + 1' },
          y: { scale: 'y', field: 'row' }, y2: { scale: 'y', signal: 'datum.row + 1' }, stroke: { value: 'white' },
          fill: [{ test: '!datum.work', value: '#d5dadf' }, { scale: 'shade', signal: "scale('heat', datum.shown)" }],
          tooltip: { signal: "'PE ' + datum.row + ', ' + datum.col + ': ' + datum.words" } } } },
        { type: 'text', interactive: false, from: { data: 'pes' }, encode: { update: { x: { scale: 'x', signal: 'datum.col + 0.5' },
          y: { scale: 'y', signal: 'datum.row + 0.5' }, align: { value: 'center' }, baseline: { value: 'middle' }, fontSize: { value: 11 },
          text: roomy ? { signal: `datum.work ? '${field}' + datum.shown : '–'` } : { value: '' } } } },
        ...[['across', 'y', 'x', 'width'], ['along', 'x', 'y', 'height']].map(([name, fixed, free, size]) => ({
          type: 'rule', interactive: false, from: { data: name }, encode: { update: { [fixed]: { scale: fixed, field: 'at' },
            [free]: { value: 0 }, [`${free}2`]: { signal: size }, stroke: { value: charts.ink }, strokeWidth: { value: 1.5 } } } })),
      ],
    };
  }

  /** Draws the chosen layer; the page offers those that have a mapping. */
  async function show(data) {
    const choice = document.getElementById('mapping-layer');
    const with_mapping = data.summary.layers.map((l, i) => ({ l, placement: data.placements[i] })).filter((p) => p.placement);
    offer(choice, with_mapping.map(({ l }, i) => [String(i), l.name]));
    const chosen = with_mapping[Number(choice.value)];
    if (!chosen) {
      fill('mapping-text', 'No layer has a mapping.');
      return charts.clear('mapping');
    }
    const ways = varying(chosen.placement);
    const field = document.getElementById('mapping-field');
    offer(field, (ways.length > 0 ? ways : [{ key: 'm', name: 'first output channel' }]).map((w) => [w.key, w.name]));
    fill('mapping-text', `${chosen.l.shape}. ${chosen.l.mapping}.`);
    const list = pes(data.machine, chosen.placement);
    return charts.draw('mapping', (width) => spec(data.machine, list, field.value, width));
  }
  return { show };
})();
