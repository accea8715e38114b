// The run as a whole, and where its layers stand under the machine's roofline.
const overview = (() => {
  const rows = (data) => data.summary.layers.filter((l) => l.eyexam && l.bytes).map((l) => {
    const bytes = l.bytes.dram_read + l.bytes.dram_write;
    return { name: l.name, type: l.type, intensity: bytes > 0 ? l.macs_effectual / bytes : null,
      measured: l.eyexam.measured, nominal_macs_per_cycle: l.nominal_macs_per_cycle };
  }).filter((r) => r.intensity > 0 && r.measured > 0);

  function figures({ summary: s, machine: m }) {
    const exact = s.bit_exact === null ? 'not all compared' : s.bit_exact ? 'bit-exact' : 'DIFFERS from the reference';
    return [
      ['outputs', exact, null], ['whole run', s.complete ? 'yes' : s.stopped_by ? `no, stopped by ${s.stopped_by}` : 'not yet', null],
      ['cycles on the accelerator', format.whole(s.cycles_accelerator), 'cycles_accelerator'],
      ['cycles in all', format.whole(s.cycles_total), 'cycles_total'],
      ['inferences/s', format.number(s.inferences_per_second), 'inferences_per_second'],
      ['PE utilisation', format.percent(s.pe_utilisation), 'pe_utilisation'],
      ['MACs, nominal', format.whole(s.macs_nominal), 'macs_nominal'],
      ['MACs, effectual', format.whole(s.macs_effectual), 'macs_effectual'],
      ['DRAM read', format.bytes(s.dram_read_bytes), 'dram_read_bytes'],
      ['DRAM written', format.bytes(s.dram_write_bytes), 'dram_write_bytes'],
      ['energy on chip', s.energy_uj ? `${format.number(s.energy_uj.on_chip)} µJ` : '–', 'energy_uj.on_chip'],
      ['inferences/J', format.number(s.inferences_per_joule), 'inferences_per_joule'],
      ['lanes', `${m.pes} PEs x ${m.lanes_per_pe}`, null],
    ];
  }

  function at(object, path) {
    return path.split('.').reduce((inner, key) => inner?.[key], object);
  }

  function show_figures(data) {
    fill('figures', ...figures(data).map(([name, text, key]) => element('div', {},
      element('dt', {}, name),
      element('dd', { 'data-key': key, 'data-value': key === null ? null : at(data.summary, key) ?? null }, text))));
  }

  function roofs(machine, points) {
    const lanes = machine.pes * machine.lanes_per_pe;
    const rate = machine.memory_bytes_per_cycle;
    const least = Math.min(...points.map((p) => p.intensity)) / 2;
    const most = Math.max(...points.map((p) => p.intensity)) * 2;
    if (rate === null) return [{ x: least, y: lanes }, { x: most, y: lanes }];
    const ridge = lanes / rate;
    return [{ x: Math.min(least, ridge / 4), y: Math.min(least, ridge / 4) * rate }, { x: ridge, y: lanes },
      { x: Math.max(most, ridge * 4), y: lanes }];
  }

  function roofline(machine, points, width) {
    const types = [...new Set(points.map((p) => p.type))];
    const roof = roofs(machine, points);
    const across = charts.log_ticks([...points.map((p) => p.intensity), ...roof.map((r) => r.x)]);
    const up = charts.log_ticks([...points.map((p) => p.measured), ...roof.map((r) => r.y)]);
    const scale = (name, range, fields) => ({ name, type: 'log', range, nice: true,
      domain: { fields: fields.map(([data, field]) => ({ data, field })) } });
    return {
      description: 'Effectual MACs a cycle of each layer over effectual MACs a byte of DRAM, under the machine\'s roofs',
      width, height: 320,
      data: [{ name: 'layers', values: points }, { name: 'roof', values: roof }],
      scales: [scale('x', 'width', [['layers', 'intensity'], ['roof', 'x']]),
        scale('y', 'height', [['layers', 'measured'], ['roof', 'y']]),
        { name: 'colour', type: 'ordinal', domain: types, range: ['#00527f', '#b83e00', '#00694d'] },
        { name: 'shape', type: 'ordinal', domain: types, range: ['circle', 'triangle-up', 'square'] }],
      axes: [{ scale: 'x', orient: 'bottom', grid: true, title: 'effectual MAC / byte of DRAM traffic', format: '~g',
        values: across, labelOverlap: 'greedy' },
      { scale: 'y', orient: 'left', grid: true, title: 'effectual MAC / cycle', format: '~g',
        values: up, labelOverlap: 'greedy' }],
      legends: [charts.legend(width, { fill: 'colour', shape: 'shape', symbolType: undefined })],
      marks: [
        { type: 'line', from: { data: 'roof' }, encode: { update: { x: { scale: 'x', field: 'x' },
          y: { scale: 'y', field: 'y' }, stroke: { value: charts.ink }, strokeWidth: { value: 2 } } } },
        { type: 'symbol', from: { data: 'layers' }, encode: { update: { x: { scale: 'x', field: 'intensity' },
          y: { scale: 'y', field: 'measured' }, fill: { scale: 'colour', field: 'type' },
          shape: { scale: 'shape', field: 'type' }, size: { value: 80 }, stroke: { value: 'white' },
          tooltip: { signal: "datum.name + ': ' + format(datum.measured, '.4~g') + ' MAC/cycle at ' + " +
            "format(datum.intensity, '.4~g') + ' MAC/byte'" } } } },
      ],
    };
  }

  /** Shows the figures of the run and the roofline. */
  async function show(data) {
    show_figures(data);
    const points = rows(data);
    const memory = data.machine.memory_bytes_per_cycle === null
      ? `DRAM model "${data.machine.memory}" has no limit, so the lanes are the only roof.`
      : `The slope is DRAM's peak, ${format.number(data.machine.memory_bytes_per_cycle)} bytes a cycle.`;
    fill('roofline-note', `${data.machine.pes * data.machine.lanes_per_pe} lanes are the flat roof. ${memory}`);
    if (points.length === 0) return charts.clear('roofline');
    return charts.draw('roofline', (width) => roofline(data.machine, points, width));
  }
  return { show };
})();
