// What the charts use of Vega, put together as Vega's own index does.
const vega = (() => {
  const { require } = eyerissModules;
  const { transforms } = require('vega-dataflow');
  for (const name of ['vega-transforms', 'vega-view-transforms', 'vega-encode']) {
    Object.assign(transforms, require(name));
  }
  return {
    View: require('vega-view').View,
    parse: require('vega-parser').parse,
    expressionInterpreter: require('vega-interpreter').expressionInterpreter,
  };
})();
