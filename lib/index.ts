export * from "./args";
export * from "./awsArgs";
export * from "./configArgs";
export * from "./configDataArgs";
export * from "./dockerArgs";
export { ZookeeperEnsemble } from "./ensemble";
export { EnsembleError } from "./errors";
export { ServerOutput, ServerVolumesOutput } from "./outputs";
