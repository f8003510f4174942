// The parts of AWS, and Docker's package, which the library loads from the start.
import "@pulumi/docker";
import "./importAwsParts";
