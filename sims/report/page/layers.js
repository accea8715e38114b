// What each layer did with its cycles and its energy, and the bounds that it stayed under.
const layers = (() => {
  const bounds = ['layer', 'dataflow', 'lanes', 'dimensions', 'storage', 'bandwidth', 'measured'];
  const on_array = (data) => data.summary.layers.filter((l) => l.runs_on === 'accelerator' && l.cycles > 0);
  const height = (count) => Math.max(80, 22 * count);
  const band = (names) => ({ name: 'y', type: 'band', domain: names, range: 'height', paddingInner: 0.15, paddingOuter: 0.1 });

  /** Horizontal stacked bars, a layer each; parts are [{layer, part, value, order}]. */
  function stacked(width, names, parts, colours, axis, description, unit) {
    const keys = Object.keys(colours);
    return {
      description, width, height: height(names.length) + 60 + 22 * Math.ceil(keys.length / Math.max(1, Math.floor(width / 150))),
      data: [{ name: 'parts', values: parts, transform: [{ type: 'stack', groupby: ['layer'], field: 'value',
        sort: { field: 'order' }, as: ['from', 'to'] }] }],
      scales: [band(names),
        { name: 'x', type: 'linear', range: 'width', nice: axis.format === undefined, zero: true,
          domain: { data: 'parts', fields: ['from', 'to'] } },
        { name: 'colour', type: 'ordinal', domain: keys, range: Object.values(colours) },
        { name: 'name', type: 'ordinal', domain: keys, range: keys.map(format.words) }],
      axes: [{ scale: 'x', orient: 'bottom', grid: true, tickCount: charts.ticks(width), ...axis },
        { scale: 'y', orient: 'left' }],
      legends: [charts.legend(width, { fill: 'colour',
        encode: { labels: { update: { text: { signal: "scale('name', datum.value)" } } } } })],
      marks: [{ type: 'rect', from: { data: 'parts' }, encode: { update: {
        y: { scale: 'y', field: 'layer' }, height: { scale: 'y', band: 1 },
        x: { scale: 'x', field: 'from' }, x2: { scale: 'x', field: 'to' },
        fill: { scale: 'colour', field: 'part' }, stroke: { value: 'white' }, strokeWidth: { value: 0.5 },
        tooltip: { signal: `datum.layer + ', ' + scale('name', datum.part) + ': ' + format(datum.shown, ',.4~r') + ' ${unit}'` } } } }],
    };
  }

  function ledger_parts(list, pes, share) {
    return list.flatMap((l) => Object.keys(palette.causes).map((cause, order) => {
      const cycles = l.pe_cycles[cause] / pes;
      return { layer: l.name, part: cause, order, shown: cycles, value: share ? cycles / l.cycles : cycles };
    }));
  }

  async function show_ledger(data) {
    const list = on_array(data).filter((l) => l.pe_cycles);
    const share = document.getElementById('ledger-scale').value === 'share';
    const causes = Object.keys(palette.causes);
    table.show('ledger-table', [column('name', 'layer'), column('cycles', 'cycles', format.whole),
      ...causes.map((c) => column(c, format.words(c), format.whole))], list.map((l) => ({ ...l, ...l.pe_cycles })));
    if (list.length === 0) return charts.clear('ledger');
    const axis = share ? { title: 'share of the layer\'s PE-cycles', format: '%' } : { title: 'cycles (PE-cycles / PEs)' };
    return charts.draw('ledger', (width) => stacked(width, list.map((l) => l.name),
      ledger_parts(list, data.machine.pes, share), palette.causes, axis,
      'Where each PE-cycle of each layer went, by cause', 'cycles'));
  }

  async function show_energy(data) {
    const list = data.summary.layers.filter((l) => l.energy_uj);
    const parts = Object.keys(palette.energy);
    table.show('energy-table', [column('name', 'layer'), ...[...parts, 'on_chip'].map((p) => column(p, format.words(p), format.number))],
      list.map((l) => ({ name: l.name, ...l.energy_uj })));
    if (list.length === 0) return charts.clear('energy');
    const chip = document.getElementById('energy-scale').value === 'chip';
    const colours = Object.fromEntries(Object.entries(palette.energy).filter(([part]) => !chip || part !== 'dram'));
    const values = list.flatMap((l) => Object.keys(colours).map((part, order) =>
      ({ layer: l.name, part, order, value: l.energy_uj[part], shown: l.energy_uj[part] })));
    return charts.draw('energy', (width) => stacked(width, list.map((l) => l.name), values, colours,
      { title: 'µJ' }, 'Energy of each layer by component', 'µJ'));
  }

  function bounds_spec(width, list) {
    const values = list.flatMap((l) => bounds.map((bound, i) => ({ layer: l.name, bound: `${i + 1} ${bound}`, value: l.eyexam[bound] })))
      .filter((v) => v.value > 0);
    const names = bounds.map((bound, i) => `${i + 1} ${bound}`);
    const ranges = list.map((l) => ({ layer: l.name, from: l.eyexam.measured, to: l.eyexam.layer })).filter((r) => r.from > 0);
    return {
      description: 'Seven upper bounds on each layer\'s throughput, the last one measured', width,
      height: height(list.length) + 110,
      data: [{ name: 'bounds', values }, { name: 'ranges', values: ranges }],
      scales: [band(list.map((l) => l.name)),
        { name: 'x', type: 'log', range: 'width', nice: true, domain: { data: 'bounds', field: 'value' } },
        { name: 'colour', type: 'ordinal', domain: names, range: palette.bounds },
        { name: 'shape', type: 'ordinal', domain: names,
          range: ['cross', 'triangle-up', 'triangle-down', 'square', 'diamond', 'triangle-left', 'circle'] },
        // those of one value lie on each other: the wider ones were drawn before
        { name: 'size', type: 'ordinal', domain: names, range: [60, 60, 200, 160, 90, 50, 60] }],
      axes: [{ scale: 'x', orient: 'bottom', grid: true, format: '~s', tickCount: charts.ticks(width), title: 'effectual MAC / cycle' },
        { scale: 'y', orient: 'left' }],
      legends: [charts.legend(width, { fill: 'colour', stroke: 'colour', shape: 'shape', symbolType: undefined }, 120)],
      marks: [
        { type: 'rule', from: { data: 'ranges' }, encode: { update: { y: { scale: 'y', field: 'layer', band: 0.5 },
          x: { scale: 'x', field: 'from' }, x2: { scale: 'x', field: 'to' }, stroke: { value: '#8b97a2' } } } },
        { type: 'symbol', from: { data: 'bounds' }, encode: { update: { y: { scale: 'y', field: 'layer', band: 0.5 },
          x: { scale: 'x', field: 'value' }, fill: { scale: 'colour', field: 'bound' }, stroke: { scale: 'colour', field: 'bound' },
          shape: { scale: 'shape', field: 'bound' }, size: { scale: 'size', field: 'bound' },
          tooltip: { signal: "datum.layer + ', ' + datum.bound + ': ' + format(datum.value, ',.4~r') + ' MAC/cycle'" } } } },
      ],
    };
  }

  async function show_bounds(data) {
    const list = on_array(data).filter((l) => l.eyexam);
    table.show('bounds-table', [column('name', 'layer'), ...bounds.map((b, i) => column(b, `${i + 1} ${b}`, format.number)),
      column('nominal_macs_per_cycle', 'nominal MAC/cycle', format.number)],
    list.map((l) => ({ name: l.name, ...l.eyexam, nominal_macs_per_cycle: l.nominal_macs_per_cycle })));
    if (list.length === 0) return charts.clear('bounds');
    return charts.draw('bounds', (width) => bounds_spec(width, list));
  }

  const columns = [column('name', 'layer'), column('type', 'type'), column('runs_on', 'runs on'),
    column('cycles', 'cycles', format.whole), column('pe_utilisation', 'PE utilisation', format.percent),
    column('measured', 'effectual MAC/cycle', format.number), column('nominal_macs_per_cycle', 'nominal MAC/cycle', format.number),
    column('macs_nominal', 'MACs nominal', format.whole), column('macs_effectual', 'MACs effectual', format.whole),
    column('dram_read', 'DRAM read, bytes', format.whole), column('dram_write', 'DRAM written, bytes', format.whole),
    column('on_chip_uj', 'on chip, µJ', format.number), column('gops_per_watt', 'GOPS/W', format.number),
    column('bit_exact', 'bit-exact'), column('mapping', 'mapping')];
  const row = (l) => ({ ...l, measured: l.eyexam?.measured, dram_read: l.bytes?.dram_read, dram_write: l.bytes?.dram_write,
    on_chip_uj: l.energy_uj?.on_chip, bit_exact: l.bit_exact === null ? null : l.bit_exact ? 'yes' : 'NO' });

  function show_table(data) {
    table.show('layers-table', columns, data.summary.layers.map(row));
  }

  function save(data) {
    download(`${data.summary.network}-layers.csv`, 'text/csv', table.csv(columns, data.summary.layers.map(row)));
  }

  return { show_ledger, show_energy, show_bounds, show_table, save };
})();
