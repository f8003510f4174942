// Command plugin is Pulumi's Docker plugin, built from its Go modules where the released one cannot be downloaded:
// upstream's provider behind Pulumi's bridge, as in the release.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/terraform-providers/terraform-provider-docker/plugin/information"
)

// Made by schemagen.
//
//go:embed schema.json
var schema []byte

// Set by the linker to the version of the release, without its "v".
var version = "0.0.0"

func main() {
	tfbridge.Main("docker", version, information.Of(version), schema)
}
