// Text and elements; everything else on the page is made of these.
const format = (() => {
  const count = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });
  const known = (value) => typeof value === 'number' && Number.isFinite(value);

  /** A whole number with its thousands apart; a dash where there is none. */
  const whole = (value) => (known(value) ? count.format(value) : '–');
  /** Four significant digits, but all of a whole number. */
  const number = (value) => (known(value) ? (Number.isInteger(value) ? count : short).format(value) : '–');
  /** A ratio. */
  const times = (value) => (known(value) ? value.toFixed(3) : '–');
  const percent = (share) => (known(share) ? `${(100 * share).toFixed(1)} %` : '–');
  /** Bytes in the largest binary unit that leaves at least 1. */
  function bytes(value) {
    if (!known(value)) return '–';
    const units = ['B', 'KiB', 'MiB', 'GiB'];
    const step = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10));
    return `${short.format(value / 2 ** (10 * step))} ${units[step]}`;
  }
  const microseconds = (value) => `${short.format(value)} µs`;
  /** A key of the results as words. */
  const words = (key) => key.replaceAll('_', ' ');
  return { known, whole, number, times, percent, bytes, microseconds, words };
})();

/** An element with attributes (null: none) and children, strings among them as text. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Puts children in the place of what an element held. */
function fill(id, ...children) {
  document.getElementById(id).replaceChildren(...children);
}

/** Offers text as a file. */
function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = element('a', { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** Gives a select these options [value, text] and keeps what was chosen, if it is still there. */
function offer(select, options) {
  const before = select.value;
  select.replaceChildren(...options.map(([value, text]) => element('option', { value }, text)));
  if (options.some(([value]) => value === before)) select.value = before;
}
