// Tables: sortable by any column, with their numbers as CSV.

/** A column: `key` of the row, `title`, `text` of a value; `number` ones stand at the right. */
const column = (key, title, text = null) => ({ key, title, text: text ?? ((v) => v ?? '–'), number: text !== null });

const table = (() => {
  const orders = new Map();

  function compare(a, b) {
    if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
    if (b === null || b === undefined) return -1;
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return String(a).localeCompare(String(b), 'en', { numeric: true });
  }

  function sorted(rows, order) {
    if (!order) return rows;
    const present = rows.filter((row) => row[order.key] !== null && row[order.key] !== undefined);
    const absent = rows.filter((row) => !present.includes(row));
    present.sort((a, b) => (order.descending ? -1 : 1) * compare(a[order.key], b[order.key]));
    return [...present, ...absent];
  }

  function cell(row, { key, text, number }, first) {
    const value = row[key] ?? null;
    const shown = value === null ? '–' : text(value, row);
    const attributes = { class: number ? 'number' : null, 'data-key': key, 'data-value': value };
    return element(first ? 'th' : 'td', first ? { ...attributes, scope: 'row' } : attributes, String(shown));
  }

  function heading(place, columns, rows, { key, title, number }) {
    const order = orders.get(place);
    const mine = order?.key === key;
    const button = element('button', { type: 'button', 'data-sort': key }, title,
      element('span', { 'aria-hidden': 'true' }, mine ? (order.descending ? ' ▼' : ' ▲') : ''));
    button.addEventListener('click', () => {
      orders.set(place, { key, descending: mine ? !order.descending : number });
      show(place, columns, rows);
      document.querySelector(`#${place} button[data-sort="${key}"]`).focus();
    });
    const state = mine ? (order.descending ? 'descending' : 'ascending') : 'none';
    return element('th', { scope: 'col', 'aria-sort': state, class: number ? 'number' : null }, button);
  }

  /** Shows rows in the element `place`, in the order that was chosen there. */
  function show(place, columns, rows) {
    const head = element('tr', {}, ...columns.map((each) => heading(place, columns, rows, each)));
    const lines = sorted(rows, orders.get(place)).map((row) =>
      element('tr', {}, ...columns.map((each, i) => cell(row, each, i === 0))));
    fill(place, element('table', {}, element('thead', {}, head), element('tbody', {}, ...lines)));
  }

  const quoted = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  /** The rows' values as they are in the results, not as they are shown. */
  const csv = (columns, rows) => [columns.map((c) => c.key), ...rows.map((row) => columns.map((c) => row[c.key] ?? ''))]
    .map((line) => line.map((value) => quoted(String(value))).join(',')).join('\n') + '\n';

  return { show, csv };
})();
