// Warnings are left out: AzureDiagnostics is not there yet, and the fuzzy union says so.
// Reads a JSON list of queries on standard input; prints for each what Kusto says against it: a JSON list of lists.
require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
const { Symbols, GlobalState, KustoCode } = globalThis.Kusto.Language;

const TABLES = {
  AzureMetrics:
    'TimeGenerated: datetime, ResourceId: string, MetricName: string, Total: real, Count: real, Maximum: real, ' +
    'Minimum: real, Average: real, TimeGrain: string',
};
const tables = Object.entries(TABLES).map(([name, columns]) => Symbols.TableSymbol.From(`(${columns})`).WithName(name));
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1('workspace', tables));
const queries = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const found = queries.map((query) => {
  const told = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  return Array.from({ length: told.Count }, (_, at) => told.getItem(at))
    .filter((one) => one.Severity === 'Error')
    .map((one) => one.Message);
});
console.log(JSON.stringify(found));
