export * from "./args/ensemble";
export * from "./args/aws";
export * from "./args/config";
export * from "./args/configData";
export * from "./args/docker";
export { ZookeeperEnsemble } from "./ensemble";
export { EnsembleError } from "./errors";
export { MetricsLabelsOutput, MetricsTargetOutput, ServerOutput, ServerVolumesOutput } from "./outputs";
