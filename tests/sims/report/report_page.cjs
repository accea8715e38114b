// The page that `eyeriss-vp report` makes, in a browser: scenarios take the page and the results folder that it shows.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { readable, charts_have_content, tab_order } = require('../../browser/page_checks.cjs');

const widths = [1280, 390];
const json = (folder, name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
const charts = ['roofline', 'bounds', 'ledger', 'bandwidth', 'heat-utilisation', 'heat-iact_links', 'heat-weight_links',
  'heat-psum_links', 'heat-banks', 'mapping', 'energy'];

/** Rows of a table as {key: text of data-value or null}. */
const rows_of = (page, id) => page.locator(`#${id} tbody tr`).evaluateAll((rows) => rows.map((row) =>
  Object.fromEntries([...row.children].map((cell) => [cell.dataset.key, cell.dataset.value ?? null]))));

const text_of = (value) => (value === undefined || value === null ? null : String(value));

/** Holds every figure of the page against the results; throws at the first that differs. */
async function figures_equal(page, folder, assert) {
  const summary = json(folder, 'summary.json');
  const figures = await page.locator('#figures dd[data-key]').evaluateAll((all) =>
    all.map((e) => [e.dataset.key, e.dataset.value ?? null, e.textContent]));
  assert.ok(figures.length >= 10, 'the summary has its figures');
  for (const [key, value, shown] of figures) {
    const expected = key.split('.').reduce((inner, name) => inner?.[name], summary);
    assert.equal(value, text_of(expected), key);
    if (Number.isInteger(expected) && !key.endsWith('_bytes')) assert.equal(shown, expected.toLocaleString('en-US'), `${key} as shown`);
  }
  const on_array = summary.layers.filter((l) => l.runs_on === 'accelerator');
  const tables = [
    ['bounds-table', on_array, (l) => ({ name: l.name, ...l.eyexam, nominal_macs_per_cycle: l.nominal_macs_per_cycle })],
    ['ledger-table', on_array, (l) => ({ name: l.name, cycles: l.cycles, ...l.pe_cycles })],
    ['energy-table', on_array, (l) => ({ name: l.name, ...l.energy_uj })],
    ['layers-table', summary.layers, (l) => ({ name: l.name, type: l.type, runs_on: l.runs_on, cycles: l.cycles,
      pe_utilisation: l.pe_utilisation, measured: l.eyexam?.measured, nominal_macs_per_cycle: l.nominal_macs_per_cycle,
      macs_nominal: l.macs_nominal, macs_effectual: l.macs_effectual, dram_read: l.bytes?.dram_read, dram_write: l.bytes?.dram_write,
      on_chip_uj: l.energy_uj?.on_chip, gops_per_watt: l.gops_per_watt, bit_exact: l.bit_exact ? 'yes' : 'NO', mapping: l.mapping })],
  ];
  for (const [id, layers, figures_of] of tables) {
    const expected = layers.map((l) => Object.fromEntries(Object.entries(figures_of(l)).map(([k, v]) => [k, text_of(v)])));
    assert.deepEqual(await rows_of(page, id), expected, id);
  }
}

const cells = (page, key) => page.locator(`#heat-${key} svg`).evaluate((svg) =>
  [...svg.querySelectorAll('.mark-rect path')].map((p) => p.getAttribute('fill')).join(' '));

/** What the slider says, and what the time line has for the window that it stands on. */
async function heat_equals_timeline(page, folder, assert) {
  const { edges, clusters } = json(folder, 'timeline.json');
  const begin = Number((await page.locator('#moment').textContent()).match(/cycles ([\d,]+) to/)[1].replaceAll(',', ''));
  const window = edges.indexOf(begin);
  assert.ok(window >= 0, `a window begins at ${begin}`);
  const shown = await page.locator('#heat-utilisation svg .mark-text.role-mark text').allTextContents();
  const expected = clusters.utilisation[window].map((share) => String(Math.round(100 * share)));
  assert.deepEqual(shown, expected);
}

module.exports = {
  async every_chart_has_content_at_any_width(tools, page, folder) {
    for (const width of widths) {
      await charts_have_content(await tools.open(pathToFileURL(page).href, width), tools, charts);
    }
  },

  async it_is_readable_at_1280_and_at_390_px(tools, page) {
    for (const width of widths) {
      await readable(await tools.open(pathToFileURL(page).href, width), tools, width);
    }
  },

  async charts_follow_the_width_of_the_window({ open, assert }, page, folder) {
    const shown = await open(pathToFileURL(page).href, 1280);
    const rule = () => shown.locator('#bandwidth svg .mark-rule.role-mark line').evaluate((line) => line.getAttribute('transform'));
    const first = await rule();
    await shown.locator('#time').fill(await shown.locator('#time').getAttribute('max'));
    await shown.waitForTimeout(100);
    await shown.setViewportSize({ width: 390, height: 900 });
    await shown.waitForFunction(() => [...document.querySelectorAll('.plot svg')].every((s) => s.clientWidth <= 390));
    assert.ok(await shown.evaluate(() => document.documentElement.scrollWidth) <= 390);
    await shown.waitForTimeout(500);
    await heat_equals_timeline(shown, folder, assert);
    assert.notEqual(await rule(), first, 'the line stays at the slider\'s time');
  },

  async figures_equal_summary_json({ open, assert }, page, folder) {
    await figures_equal(await open(pathToFileURL(page).href), folder, assert);
  },

  async an_altered_figure_is_found({ open, assert }, page, folder) {
    const html = fs.readFileSync(page, 'utf8');
    const { layers, cycles_accelerator, pe_cycles } = json(folder, 'summary.json');
    const layer = layers.find((l) => l.eyexam);
    for (const [figure, value] of [['cycles_accelerator', cycles_accelerator], ['macs_effectual', layer.macs_effectual],
      ['both_lanes', layer.pe_cycles.both_lanes], ['one_lane', layer.pe_cycles.one_lane]]) {
      const altered = html.replaceAll(`"${figure}":${value}`, `"${figure}":${value + 1}`);
      assert.notEqual(altered, html, `the page has ${figure}`);
      const file = `${page}.${figure}.html`;
      fs.writeFileSync(file, altered);
      const shown = await open(pathToFileURL(file).href);
      await assert.rejects(figures_equal(shown, folder, assert), { name: 'AssertionError' }, figure);
      await shown.close();
      fs.unlinkSync(file);
    }
  },

  async the_slider_moves_the_heat_map_by_mouse_and_by_key({ open, assert }, page, folder) {
    const shown = await open(pathToFileURL(page).href);
    const slider = shown.locator('#time');
    const last = Number(await slider.getAttribute('max'));
    assert.ok(last > 10, 'there are windows');
    const seen = new Set();
    for (const at of [0, Math.floor(last / 3), Math.floor(last / 2), last]) {
      await slider.fill(String(at));
      await shown.waitForTimeout(100);
      await heat_equals_timeline(shown, folder, assert);
      seen.add(await cells(shown, 'utilisation'));
    }
    assert.ok(seen.size > 1, 'windows look different');
    await slider.fill('0');
    const before = await shown.locator('#moment').textContent();
    await slider.focus();
    await shown.keyboard.press('ArrowRight');
    assert.notEqual(await shown.locator('#moment').textContent(), before);
    await heat_equals_timeline(shown, folder, assert);
  },

  async choosing_a_layer_moves_the_slider_to_it({ open, assert }, page) {
    const shown = await open(pathToFileURL(page).href);
    const names = await shown.locator('#jump option').evaluateAll((all) => all.map((o) => o.value).filter((v) => v));
    for (const name of [names[names.length - 1], names[0]]) {
      await shown.locator('#jump').selectOption(name);
      assert.match(await shown.locator('#moment').textContent(), new RegExp(`^${name}: `));
    }
  },

  async tables_sort_by_any_column_both_ways({ open, assert }, page) {
    const shown = await open(pathToFileURL(page).href);
    const values = async (key) => (await rows_of(shown, 'layers-table')).map((row) => row[key]).filter((v) => v !== null);
    for (const [key, first] of [['cycles', -1], ['macs_nominal', -1], ['name', 1]]) {
      for (const [direction, state] of [[first, first < 0 ? 'descending' : 'ascending'], [-first, first < 0 ? 'ascending' : 'descending']]) {
        await shown.locator(`#layers-table button[data-sort="${key}"]`).click();
        const found = await values(key);
        const number = !Number.isNaN(Number(found[0]));
        const order = number ? (a, b) => Number(a) - Number(b) : (a, b) => a.localeCompare(b, 'en', { numeric: true });
        assert.deepEqual(found, [...found].sort((a, b) => direction * order(a, b)), `${key} ${state}`);
        assert.equal(await shown.locator(`#layers-table th:has(button[data-sort="${key}"])`).getAttribute('aria-sort'), state);
      }
    }
    await shown.locator('#layers-table button[data-sort="name"]').focus();
    await shown.keyboard.press('Enter');
    assert.equal(await shown.evaluate(() => document.activeElement.dataset.sort), 'name', 'the focus stays');
  },

  async the_table_comes_as_csv({ open, assert }, page, folder) {
    const shown = await open(pathToFileURL(page).href);
    const [download] = await Promise.all([shown.waitForEvent('download'), shown.locator('#csv').click()]);
    const summary = json(folder, 'summary.json');
    assert.equal(download.suggestedFilename(), `${summary.network}-layers.csv`);
    const lines = fs.readFileSync(await download.path(), 'utf8').trimEnd().split('\n');
    const names = lines[0].split(',');
    assert.equal(lines.length, summary.layers.length + 1);
    summary.layers.forEach((l, i) => assert.equal(lines[i + 1].split(',')[names.indexOf('cycles')], String(l.cycles)));
  },

  async every_layer_is_drawn_on_the_array({ open, assert }, page, folder) {
    const shown = await open(pathToFileURL(page).href);
    const layers = json(folder, 'summary.json').layers.filter((l) => l.runs_on === 'accelerator');
    const options = await shown.locator('#mapping-layer option').allTextContents();
    assert.deepEqual(options, layers.map((l) => l.name));
    for (let i = 0; i < options.length; ++i) {
      await shown.locator('#mapping-layer').selectOption(String(i));
      await shown.waitForFunction((map) => document.getElementById('mapping-text').textContent.includes(map), layers[i].mapping);
      await shown.waitForSelector('#mapping svg .mark-rect path');
      const fills = await shown.locator('#mapping svg .mark-rect.role-mark path').evaluateAll((all) => all.map((p) => p.getAttribute('fill')));
      const working = fills.filter((fill) => fill !== '#d5dadf').length;
      const { passes, cycles, pe_cycles: { not_mapped }, active_pes } = layers[i];
      assert.ok(working <= Math.round(active_pes * fills.length), `PEs with work in ${options[i]}`);
      if (passes === 1) assert.equal(working, fills.length - not_mapped / cycles, `PEs with work in ${options[i]}`);
      if (not_mapped === 0) assert.equal(working, fills.length, `PEs with work in ${options[i]}`);
    }
  },

  async all_controls_are_reached_by_key_and_show_it({ open, assert }, page) {
    const shown = await open(pathToFileURL(page).href);
    const order = await tab_order(shown);
    const reached = new Set(order.map((at) => at.id));
    for (const id of ['ledger-scale', 'energy-scale', 'axis', 'jump', 'time', 'mapping-layer', 'mapping-field', 'csv', 'cycles',
      'layers-table', '#summary', 'Bounds as numbers']) {
      assert.ok(reached.has(id), `Tab reaches ${id}; it reached ${[...reached].join(' ')}`);
    }
    assert.deepEqual(order.filter((at) => !at.outline), [], 'the focus is seen');
  },

  async showing_the_same_data_again_changes_nothing({ open, assert }, page) {
    const shown = await open(pathToFileURL(page).href);
    const text = () => shown.evaluate(() => document.querySelector('main').innerText);
    const before = await text();
    await shown.evaluate(() => window.eyeriss.show(JSON.parse(document.getElementById('data').textContent)));
    assert.equal(await text(), before);
  },

  async a_run_that_has_only_begun_can_be_shown({ open, assert }, page) {
    const shown = await open(pathToFileURL(page).href);
    await shown.evaluate(() => {
      const data = JSON.parse(document.getElementById('data').textContent);
      const { summary } = data;
      for (const key of ['cycles_total', 'cycles_accelerator', 'pe_utilisation', 'energy_uj', 'inferences_per_second', 'pe_cycles']) delete summary[key];
      summary.layers = summary.layers.map(({ name, type, runs_on, shape }) => ({ name, type, runs_on, shape, done: false, bit_exact: null }));
      Object.assign(data, { manifest: null, timeline: null, placements: summary.layers.map(() => null) });
      return window.eyeriss.show(data);
    });
    assert.equal(await shown.locator('#no-timeline').isVisible(), true);
    assert.equal(await shown.locator('#ledger svg').count(), 0);
    assert.ok(await shown.locator('#layers-table tbody tr').count() > 0);
  },
};
