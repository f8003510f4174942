/** By this the engine and its states know the component. */
export const COMPONENT_TYPE = "zookeeper-ensemble:index:ZookeeperEnsemble";
