// How much faster the run could be without one of its limits.
const what_if = (() => {
  const kinds = [['speed_up', 'whole run'], ['speed_up_accelerator', 'layers on the accelerator']];

  /** Bars from 1, which is no gain, with their values behind them. */
  function spec(limits, width) {
    const names = kinds.map(([, name]) => name);
    const values = limits.flatMap((l) => kinds.filter(([key]) => format.known(l[key]))
      .map(([key, name]) => ({ ideal: l.ideal, kind: name, value: l[key] })));
    const most = Math.max(1.1, ...values.map((v) => v.value));
    const row = "scale('y', datum.ideal) + scale('kind', datum.kind)";
    return {
      description: 'Bound on the speed-up when one limit is removed', width, height: 44 * limits.length + 80,
      data: [{ name: 'limits', values }],
      scales: [{ name: 'y', type: 'band', domain: limits.map((l) => l.ideal), range: 'height', padding: 0.2 },
        { name: 'kind', type: 'band', domain: names, range: [0, { signal: "bandwidth('y')" }] },
        { name: 'colour', type: 'ordinal', domain: names, range: ['#00527f', '#9bd3f5'] },
        { name: 'x', type: 'linear', range: 'width', zero: false, domain: [1, 1 + (most - 1) * 1.08] }],
      axes: [{ scale: 'x', orient: 'bottom', grid: true, title: 'speed-up, times', tickCount: charts.ticks(width) },
        { scale: 'y', orient: 'left' }],
      legends: [charts.legend(width, { fill: 'colour' }, 200)],
      marks: [
        { type: 'rect', from: { data: 'limits' }, encode: { update: { y: { signal: row }, height: { scale: 'kind', band: 1 },
          x: { scale: 'x', value: 1 }, x2: { scale: 'x', field: 'value' }, fill: { scale: 'colour', field: 'kind' },
          tooltip: { signal: "datum.ideal + ', ' + datum.kind + ': ' + format(datum.value, '.3f') + ' times'" } } } },
        { type: 'text', interactive: false, from: { data: 'limits' }, encode: { update: {
          y: { signal: `${row} + bandwidth('kind') / 2` }, baseline: { value: 'middle' },
          x: { signal: "scale('x', datum.value) + (datum.value > 1 + 0.8 * (domain('x')[1] - 1) ? -4 : 4)" },
          align: { signal: "datum.value > 1 + 0.8 * (domain('x')[1] - 1) ? 'right' : 'left'" },
          fill: { signal: `datum.kind === '${names[0]}' && datum.value > 1 + 0.8 * (domain('x')[1] - 1) ? 'white' : '${charts.ink}'` },
          fontSize: { value: 11 }, text: { signal: "format(datum.value, '.3f')" } } } },
      ],
    };
  }

  /** Shows the section when the run was asked what if. */
  async function show(data) {
    const limits = (data.summary.what_if?.limits ?? []).map((l) => ({ ...l,
      speed_up_accelerator: l.cycles_accelerator > 0 ? data.summary.cycles_accelerator / l.cycles_accelerator : null }));
    document.getElementById('what-if').hidden = limits.length === 0;
    document.getElementById('to-what-if').hidden = limits.length === 0;
    if (limits.length === 0) return charts.clear('what-if-chart');
    table.show('what-if-table', [column('ideal', 'without the limit of'), column('cycles', 'cycles in all', format.whole),
      column('speed_up', 'speed-up', format.times), column('cycles_accelerator', 'cycles on the accelerator', format.whole),
      column('speed_up_accelerator', 'speed-up there', format.times)], limits);
    return charts.draw('what-if-chart', (width) => spec(limits, width));
  }
  return { show };
})();
