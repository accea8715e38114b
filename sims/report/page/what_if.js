// How much faster the run could be without one of its limits.
const what_if = (() => {
  function spec(limits, width) {
    const values = limits.map((l) => ({ ideal: l.ideal, value: l.speed_up }));
    return {
      description: 'Bound on the speed-up when one limit is removed', width, height: 28 * limits.length + 50,
      data: [{ name: 'limits', values }],
      scales: [{ name: 'y', type: 'band', domain: limits.map((l) => l.ideal), range: 'height', padding: 0.2 },
        { name: 'x', type: 'linear', range: 'width', zero: true, nice: true, domain: { data: 'limits', field: 'value' } }],
      axes: [{ scale: 'x', orient: 'bottom', grid: true, title: 'speed-up of the whole run, times', tickCount: charts.ticks(width) },
        { scale: 'y', orient: 'left' }],
      marks: [{ type: 'rect', from: { data: 'limits' }, encode: { update: { y: { scale: 'y', field: 'ideal' },
        height: { scale: 'y', band: 1 }, x: { scale: 'x', value: 0 }, x2: { scale: 'x', field: 'value' }, fill: { value: '#0a86c9' },
        tooltip: { signal: "datum.ideal + ': ' + format(datum.value, '.3f') + ' times'" } } } }],
    };
  }

  /** Shows the section when the run was asked what if. */
  async function show(data) {
    const limits = data.summary.what_if?.limits ?? [];
    document.getElementById('what-if').hidden = limits.length === 0;
    document.getElementById('to-what-if').hidden = limits.length === 0;
    if (limits.length === 0) return charts.clear('what-if-chart');
    table.show('what-if-table', [column('ideal', 'without the limit of'), column('cycles', 'cycles in all', format.whole),
      column('cycles_accelerator', 'cycles on the accelerator', format.whole), column('speed_up', 'speed-up', format.number)], limits);
    return charts.draw('what-if-chart', (width) => spec(limits, width));
  }
  return { show };
})();
