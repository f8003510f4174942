export { Client, Knock } from "./client";
export { Ec2Simulator, Options } from "./simulator";
