// Checks that hold for every page of the program.
'use strict';

/** Contrast of texts inside charts against the lightest or darkest of what lies behind them, as WCAG 2.1 counts it. */
function chart_text_contrasts() {
  const channel = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const parse = (text) => {
    const context = document.createElement('canvas').getContext('2d');
    context.fillStyle = text;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const made = [];
  for (const text of document.querySelectorAll('.plot svg text')) {
    const box = text.getBoundingClientRect();
    if (!text.textContent || box.width === 0) continue;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const shapes = [...text.closest('svg').querySelectorAll('path')].filter((p) => {
      const b = p.getBoundingClientRect();
      const fill = p.getAttribute('fill');
      return fill && fill !== 'none' && fill !== 'transparent' && b.width * b.height > 0 &&
        b.left <= x && x <= b.right && b.top <= y && y <= b.bottom;
    });
    const behind = shapes.length > 0 ? parse(shapes[shapes.length - 1].getAttribute('fill')) : [255, 255, 255];
    const [light, dark] = [luminance(parse(text.getAttribute('fill'))), luminance(behind)].sort((a, b) => b - a);
    made.push({ text: text.textContent, ratio: (light + 0.05) / (dark + 0.05) });
  }
  return made;
}

/** Distinct colours of each chart, drawn on a canvas. */
async function colours_of_charts() {
  const made = {};
  for (const plot of document.querySelectorAll('.plot')) {
    if (plot.closest('[hidden]')) continue;
    const svg = plot.querySelector('svg');
    made[plot.id] = 0;
    if (!svg) continue;
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [svg.clientWidth, svg.clientHeight];
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const seen = new Set(new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer));
    made[plot.id] = seen.size;
  }
  return made;
}

/** Sees that a page can be read: widths, contrast, and what axe-core finds by the rules of WCAG 2.1 A and AA. */
async function readable(page, { axe, assert }, width) {
  const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(scroll <= width, `page is ${scroll} wide in a window of ${width}`);
  for (const details of await page.locator('details').all()) await details.evaluate((d) => { d.open = true; });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).slice(0, 3).join(' ')}`), []);
  const texts = await page.evaluate(chart_text_contrasts);
  assert.ok(texts.length > 0, 'charts have texts');
  assert.deepEqual(texts.filter((t) => t.ratio < 4.5), []);
}

/** Sees that each chart shows something. */
async function charts_have_content(page, { assert }, expected) {
  const colours = await page.evaluate(colours_of_charts);
  assert.deepEqual(Object.keys(colours).sort(), [...expected].sort());
  for (const [id, count] of Object.entries(colours)) assert.ok(count > 3, `chart ${id} has ${count} colours`);
}

/** Presses Tab until the focus leaves the page: what it stood on, and whether each showed it. */
async function tab_order(page) {
  const seen = [];
  await page.evaluate(() => { document.body.tabIndex = -1; document.body.focus(); });
  for (let i = 0; i < 500; ++i) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      return { id: e.id || e.getAttribute('href') || e.dataset.sort || e.textContent.trim(), tag: e.tagName.toLowerCase(),
        outline: getComputedStyle(e).outlineStyle !== 'none' };
    });
    if (at === null) break;
    seen.push(at);
  }
  return seen;
}

module.exports = { readable, charts_have_content, tab_order };
