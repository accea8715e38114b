// Vega views in the page: one a place, redrawn when data or width change.
const charts = (() => {
  const ink = '#1b2733';
  const muted = '#46535f';
  const font = 'system-ui, sans-serif';
  const text = { labelColor: ink, titleColor: ink, labelFont: font, titleFont: font, labelFontSize: 12, titleFontSize: 12,
    titleFontWeight: 'normal' };
  const config = {
    background: null,
    axis: { ...text, gridColor: '#e3e8ed', domainColor: muted, tickColor: muted, labelLimit: 150 },
    legend: { ...text, labelLimit: 180, symbolStrokeWidth: 2 },
    text: { font, fontSize: 12, fill: ink },
    title: { color: ink, font, fontSize: 13, fontWeight: 'normal' },
  };
  const views = new Map();
  const makers = new Map();

  function place(id) {
    return document.getElementById(id);
  }

  /** The chart's description speaks for its marks, which would else be announced one by one; axes and legends have words. */
  const unannounced = (marks) => marks.map((mark) => ({ ...mark, aria: false, ...(mark.marks ? { marks: unannounced(mark.marks) } : {}) }));

  /** Draws what `make(width in pixels)` specifies in the element `id`; resolves to the view. */
  async function draw(id, make) {
    const host = place(id);
    const width = Math.floor(host.clientWidth);
    makers.set(id, { make, width });
    views.get(id)?.finalize();
    host.replaceChildren();
    const made = make(width);
    const spec = { padding: 4, autosize: { type: 'fit', contains: 'padding' }, ...made, marks: unannounced(made.marks) };
    const view = new vega.View(vega.parse(spec, config, { ast: true }),
      { renderer: 'svg', container: host, hover: true, expr: vega.expressionInterpreter });
    views.set(id, view);
    await view.runAsync();
    return view;
  }

  /** Empties a place. */
  function clear(id) {
    views.get(id)?.finalize();
    views.delete(id);
    makers.delete(id);
    place(id).replaceChildren();
  }

  /** Draws again what stands in a place that has another width now. */
  function resized() {
    return Promise.all([...makers].filter(([id, { width }]) => Math.floor(place(id).clientWidth) !== width)
      .map(([id, { make }]) => draw(id, make)));
  }

  /** A legend below the chart in as many columns as fit. */
  const legend = (width, channel, wide = 150) => ({ ...channel, orient: 'bottom', direction: 'horizontal',
    columns: Math.max(1, Math.floor(width / wide)), symbolType: channel.symbolType ?? 'square' });

  /** A time axis has few ticks on a narrow page. */
  const ticks = (width) => Math.max(3, Math.floor(width / 110));

  /** 1, 2 and 5 of each decade around these numbers, for a logarithmic axis. */
  function log_ticks(numbers) {
    const [first, last] = [Math.floor(Math.log10(Math.min(...numbers))), Math.ceil(Math.log10(Math.max(...numbers)))];
    const made = Array.from({ length: last - first }, (_, i) => 10 ** (first + i)).flatMap((decade) => [decade, 2 * decade, 5 * decade]);
    return [...made, 10 ** last];
  }

  return { draw, clear, resized, legend, ticks, log_ticks, view: (id) => views.get(id), ink, muted };
})();

// Colours: Okabe and Ito's and their lighter and darker kin, so that neighbours in a stack differ in lightness, too.
const palette = {
  causes: {
    both_lanes: '#00527f', one_lane: '#0a86c9', stored_zero: '#9bd3f5',
    bubble: '#6b6b6b', loading_weights: '#f0c92f', psum_ports: '#a97400',
    wait_iact: '#00694d', wait_weight: '#12b585', wait_psum_in: '#a6e3cf', wait_psum_out: '#4f8f7d',
    wait_config: '#f7a13d', wait_dram: '#b83e00',
    finished_early: '#cf82b0', not_mapped: '#d9d9d9',
  },
  energy: {
    mac: '#00527f', iact_spad: '#0a86c9', weight_spad: '#9bd3f5', psum_spad: '#00694d', glb: '#12b585', noc: '#f0c92f',
    pe_to_pe: '#a97400', requantiser: '#6b6b6b', port: '#b83e00', clock: '#cf82b0', leakage: '#d9d9d9', dram: '#7a2a5c',
  },
  series: ['#b83e00', '#f7a13d', '#00527f', '#12b585', '#8a3a73'],
  dashes: [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 4]],
  bounds: ['#bcbcbc', '#f0c92f', '#f7a13d', '#cf82b0', '#12b585', '#0a86c9', '#00324d'],
  heat: ['#ffffff', '#56a3d9'],
};
