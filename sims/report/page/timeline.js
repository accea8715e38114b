// What moved and who worked over time: bandwidth with the layers' bands, and the cluster array at a moment.
const timeline = (() => {
  const series = [['dram_read', 'DRAM read', 'memory'], ['dram_write', 'DRAM write', 'memory'], ['iact', 'iact network', 'networks'],
    ['weight', 'weight network', 'networks'], ['psum', 'psum network', 'networks']];
  const quantities = [['utilisation', 'PEs at work'], ['iact_links', 'iact links busy'], ['weight_links', 'weight links busy'],
    ['psum_links', 'psum links busy'], ['banks', 'GLB banks busy']];
  let shown = [];  // windows on the axis: {index, begin, end (cycles), from, to (µs on the axis), layer}
  let held = null;

  function layer_of(layers, begin, end) {
    const middle = (begin + end) / 2;
    return layers.find((l) => l.begin <= middle && middle < l.end) ?? null;
  }

  /** Places the windows on the axis: those of accelerator layers end to end, or the whole run. */
  function windows(time, only_array) {
    const made = [];
    let at = 0;
    for (let i = 0; i + 1 < time.edges.length; ++i) {
      const [begin, end] = [time.edges[i], time.edges[i + 1]];
      const layer = layer_of(time.layers, begin, end);
      if (only_array && layer?.runs_on !== 'accelerator') continue;
      const to = at + (end - begin) / time.clock_mhz;
      made.push({ index: i, begin, end, from: at, to, layer });
      at = to;
    }
    return made;
  }

  function bands() {
    const made = [];
    for (const w of shown) {
      const last = made[made.length - 1];
      if (last && last.layer === w.layer) last.to = w.to;
      else made.push({ layer: w.layer, from: w.from, to: w.to });
    }
    return made.filter((b) => b.layer !== null).map((b, i) => ({ name: b.layer.name, runs_on: b.layer.runs_on,
      from: b.from, to: b.to, odd: i % 2 }));
  }

  function rates(time) {
    return series.filter(([key]) => time.bytes[key]).flatMap(([key, name, panel]) => {
      const points = shown.map((w) => ({ series: name, panel, x: w.from,
        value: time.bytes[key][w.index] / (w.end - w.begin) * time.clock_mhz / 1000 }));
      const last = shown[shown.length - 1];
      return last ? [...points, { ...points[points.length - 1], x: last.to }] : points;
    });
  }

  /** The window at the slider; none where there are no windows. */
  const at_slider = () => shown[Number(document.getElementById('time').value)];

  /** DRAM above, the networks below, on one time axis. */
  function bandwidth(time, width) {
    const names = series.map(([, name]) => name);
    const panels = [['memory', 'DRAM, GB/s', "[height * 0.46, 0]"], ['networks', 'networks, GB/s', "[height, height * 0.54]"]];
    return {
      description: 'Bandwidth of DRAM and of each network over time, with a band for each layer', width, height: 440,
      signals: [{ name: 'at', value: at_slider()?.from ?? 0 }],
      data: [{ name: 'bands', values: bands() }, { name: 'rates', values: rates(time) },
        ...panels.map(([name]) => ({ name, source: 'rates', transform: [{ type: 'filter', expr: `datum.panel === '${name}'` }] }))],
      scales: [{ name: 'x', type: 'linear', range: 'width', zero: false, domain: [shown[0]?.from ?? 0, shown[shown.length - 1]?.to ?? 1] },
        ...panels.map(([name, , range]) => ({ name, type: 'linear', range: { signal: range }, nice: true, zero: true,
          domain: { data: name, field: 'value' } })),
        { name: 'colour', type: 'ordinal', domain: names, range: palette.series },
        { name: 'dash', type: 'ordinal', domain: names, range: palette.dashes }],
      axes: [{ scale: 'x', orient: 'bottom', title: 'time, µs', tickCount: charts.ticks(width) },
        ...panels.map(([name, title]) => ({ scale: name, orient: 'left', grid: true, title, tickCount: 4 }))],
      legends: [charts.legend(width, { stroke: 'colour', strokeDash: 'dash', symbolType: 'stroke', symbolSize: 400 })],
      marks: [
        { type: 'rect', from: { data: 'bands' }, encode: { update: { x: { scale: 'x', field: 'from' }, x2: { scale: 'x', field: 'to' },
          y: { value: 0 }, y2: { signal: 'height' }, tooltip: { field: 'name' },
          fill: [{ test: "datum.runs_on === 'core'", value: '#fdf3e0' }, { test: 'datum.odd', value: '#eaf1f7' }, { value: '#f7fafc' }] } } },
        { type: 'text', interactive: false, from: { data: 'bands' }, encode: { update: {
          x: { signal: "(scale('x', datum.from) + scale('x', datum.to)) / 2" }, y: { value: 4 }, angle: { value: 90 },
          baseline: { value: 'middle' }, fontSize: { value: 11 }, limit: { value: 90 },
          text: { signal: "scale('x', datum.to) - scale('x', datum.from) > 12 ? datum.name : ''" } } } },
        { type: 'group', interactive: false, from: { facet: { name: 'line', data: 'rates', groupby: 'series' } },
          marks: [{ type: 'line', interactive: false, from: { data: 'line' }, encode: { update: { x: { scale: 'x', field: 'x' },
            y: { signal: "datum.panel === 'memory' ? scale('memory', datum.value) : scale('networks', datum.value)" }, interpolate: { value: 'step-after' }, stroke: { scale: 'colour', field: 'series' },
            strokeDash: { scale: 'dash', field: 'series' }, strokeWidth: { value: 1.6 } } } }] },
        { type: 'rule', interactive: false, encode: { update: { x: { scale: 'x', signal: 'at' }, y: { value: 0 }, y2: { signal: 'height' },
          stroke: { value: charts.ink }, strokeWidth: { value: 1.5 } } } },
      ],
    };
  }

  function cells(time, key, index) {
    const values = time.clusters[key][index];
    return Array.from({ length: time.rows * time.columns }, (_, i) => {
      const share = values?.[i] ?? null;  // links of a bus are one, and stand in the first cluster
      return { row: Math.floor(i / time.columns), column: i % time.columns, share, text: share === null ? '' : `${Math.round(100 * share)}` };
    });
  }

  function heat(time, [key, title], width) {
    const numbers = (count) => Array.from({ length: count }, (_, i) => i);
    const cell = Math.max(4, Math.min(36, Math.floor(320 / time.rows)));
    const wide = (width - 50) / time.columns;
    return {
      description: `${title}, in percent, of each cluster at the chosen time`, width, height: cell * time.rows + 40,
      title: { text: `${title}, %`, anchor: 'start' },
      data: [{ name: 'cells', values: cells(time, key, at_slider().index) }],
      scales: [{ name: 'x', type: 'band', domain: numbers(time.columns), range: 'width', padding: 0.04 },
        { name: 'y', type: 'band', domain: numbers(time.rows), range: 'height', padding: 0.04 },
        { name: 'heat', type: 'linear', domain: [0, 1], range: palette.heat, clamp: true }],
      axes: [{ scale: 'x', orient: 'bottom', title: 'cluster column', labelOverlap: true, ticks: false },
        { scale: 'y', orient: 'left', title: 'row', labelOverlap: true, ticks: false }],
      marks: [
        { type: 'rect', from: { data: 'cells' }, encode: { update: { x: { scale: 'x', field: 'column' }, width: { scale: 'x', band: 1 },
          y: { scale: 'y', field: 'row' }, height: { scale: 'y', band: 1 }, stroke: { value: '#8b97a2' }, strokeWidth: { value: 0.5 },
          fill: [{ test: 'datum.share === null', value: '#eceff1' }, { scale: 'heat', field: 'share' }],
          tooltip: { signal: "'cluster ' + datum.row + ', ' + datum.column + ': ' + " +
            "(datum.share === null ? 'no layer runs' : format(datum.share, '.1%'))" } } } },
        { type: 'text', interactive: false, from: { data: 'cells' }, encode: { update: { x: { scale: 'x', field: 'column', band: 0.5 },
          y: { scale: 'y', field: 'row', band: 0.5 }, align: { value: 'center' }, baseline: { value: 'middle' },
          fontSize: { value: 11 }, text: cell >= 14 && wide >= 24 ? { field: 'text' } : { value: '' } } } },
      ],
    };
  }

  function name_moment(w) {
    const what = w.layer === null ? 'between layers' : w.layer.name;
    document.getElementById('moment').textContent =
      `${what}: cycles ${format.whole(w.begin)} to ${format.whole(w.end)}, ` +
      `${format.microseconds(w.begin / held.clock_mhz)} after reset`;
    document.getElementById('time').setAttribute('aria-valuetext', document.getElementById('moment').textContent);
  }

  /** Moves the heat maps and the line in the chart above to the slider's window. */
  function move() {
    const w = at_slider();
    if (!held || !w) return Promise.resolve();
    name_moment(w);
    document.getElementById('jump').value = w.layer?.name ?? '';
    charts.view('bandwidth')?.signal('at', w.from).run();
    return Promise.all(quantities.filter(([key]) => held.clusters[key]).map(([key]) =>
      charts.view(`heat-${key}`)?.data('cells', cells(held, key, w.index)).runAsync()));
  }

  function jump() {
    const first = shown.findIndex((w) => w.layer?.name === document.getElementById('jump').value);
    if (first >= 0) document.getElementById('time').value = first;
    return move();
  }

  function prepare(time) {
    held = time;
    const slider = document.getElementById('time');
    shown = windows(time, document.getElementById('axis').value === 'array');
    slider.max = Math.max(0, shown.length - 1);
    if (Number(slider.value) > shown.length - 1) slider.value = 0;
    const names = [...new Set(shown.filter((w) => w.layer !== null).map((w) => w.layer.name))];
    offer(document.getElementById('jump'), [['', 'between layers'], ...names.map((name) => [name, name])]);
  }

  /** Shows the time line, or says that the run has none. */
  async function show(data) {
    const time = data.timeline;
    for (const part of document.querySelectorAll('.needs-timeline')) part.hidden = !time;
    document.getElementById('no-timeline').hidden = Boolean(time);
    if (!time) return;
    prepare(time);
    if (shown.length === 0) return;
    const present = quantities.filter(([key]) => time.clusters[key]);
    fill('heat', ...present.map(([key]) => element('div', { id: `heat-${key}`, class: 'plot small' })));
    await Promise.all([charts.draw('bandwidth', (width) => bandwidth(time, width)),
      ...present.map((each) => charts.draw(`heat-${each[0]}`, (width) => heat(time, each, width)))]);
    await move();
  }

  return { show, move, jump };
})();
