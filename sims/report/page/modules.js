// Vega's parts come as one CommonJS module a file; this is the loader that they are registered with. The parts that
// draw maps and Voronoi diagrams need libraries which no chart here uses: to them an absent module is an empty one.
const eyerissModules = (() => {
  const absent = new Set(['d3-delaunay', 'd3-geo-projection']);
  const aliases = { 'vega-selections': 'vega-selection' };
  const factories = new Map();
  const loaded = new Map();

  function require(asked) {
    const name = aliases[asked] ?? asked;
    if (!loaded.has(name)) {
      const module = { exports: {} };
      loaded.set(name, module.exports);
      if (!absent.has(name)) {
        if (!factories.has(name)) throw new Error(`module ${name} is not on the page`);
        factories.get(name).call(globalThis, module.exports, module, require, undefined);
        loaded.set(name, module.exports);
      }
    }
    return loaded.get(name);
  }
  return { add: (name, factory) => factories.set(name, factory), require };
})();
