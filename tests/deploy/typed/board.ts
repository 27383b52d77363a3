// A dashboard as Grafana's own types have it, with the panels and the data source that ours use. JSON has the values of
// enums, not their names: `Plain` is the type of these.
import type { Dashboard, DataQuery, DataSourceRef, Panel, RowPanel } from "@grafana/schema";
import type * as stat from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type * as timeseries from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

type Plain<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends ReadonlyArray<infer One>
      ? Plain<One>[]
      : { [Key in keyof T]: Plain<T[Key]> };

interface Query extends DataQuery {
  expr: string;
  instant: boolean;
  range: boolean;
  legendFormat: string;
}

interface Drawn<Type extends string, Options, Custom> extends Omit<Panel<Options, Custom>, "type" | "options" | "targets"> {
  type: Type;
  title: string;
  description: string;
  datasource: DataSourceRef;
  targets: Query[];
  options: Options;
}

type Row = Omit<RowPanel, "type"> & { type: "row" };
type Shown = Drawn<"timeseries", timeseries.Options, timeseries.FieldConfig> | Drawn<"stat", stat.Options, object>;

export type Board = Plain<Omit<Dashboard, "panels"> & { panels: (Row | Shown)[] }>;
